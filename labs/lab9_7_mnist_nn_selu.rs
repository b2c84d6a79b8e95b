//! Lab 9-7: SELU on MNIST, beside lab9_7_mnist_nn_selu.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab9_7_mnist_nn_selu", "Lab 9-7: SELU on MNIST", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    random::seed(lab.seed(777));
    torch::manual_seed(lab.seed(777));
    let device = lab.device();

    // ## Settings
    lab.cell(3);
    let learning_rate = lab.lr(0.001);
    let training_epochs = lab.epochs(3);
    let batch_size = lab.batch_size(100);

    lab.cell(4);
    let mnist_train = MNIST::new(lab.data_dir(), true)?;
    let mnist_test = MNIST::new(lab.data_dir(), false)?;

    lab.cell(5);
    let data_loader = DataLoader::new(mnist_train.clone(), batch_size)?.shuffle(true).drop_last(true);

    lab.cell(6);
    let linear1 = nn::Linear::new(784, 512);
    let linear2 = nn::Linear::new(512, 512);
    let linear3 = nn::Linear::new(512, 512);
    let linear4 = nn::Linear::new(512, 512);
    let linear5 = nn::Linear::new(512, 10);
    let selu = nn::SELU::new();

    lab.cell(7);
    nn::init::xavier_uniform_(&linear1.weight);
    nn::init::xavier_uniform_(&linear2.weight);
    nn::init::xavier_uniform_(&linear3.weight);
    nn::init::xavier_uniform_(&linear4.weight);
    show!(nn::init::xavier_uniform_(&linear5.weight));

    lab.cell(8);
    let model = sequential![linear1, selu, linear2, selu, linear3, selu, linear4, selu, linear5].to(device);

    lab.cell(9);
    let criterion = nn::CrossEntropyLoss::new().to(device);
    let optimizer = optim::Adam::new(model.parameters(), learning_rate);

    // ## Training
    lab.cell(10);
    let total_batch = data_loader.len() as i64;
    for epoch in 0..training_epochs {
        let mut avg_cost = torch::tensor(0.0).to(device); // Python's 0
        for (X, Y) in lab.progress(&data_loader)? {
            let X = X.view([-1, 28 * 28]).to(device);
            let Y = Y.to(device);
            optimizer.zero_grad();
            let hypothesis = model.forward(&X);
            let cost = criterion.forward(&hypothesis, &Y);
            cost.backward();
            optimizer.step();
            avg_cost += cost / total_batch;
        }
        println!("Epoch: {:04} cost = {:.9}", epoch + 1, avg_cost);
    }
    println!("Learning finished");

    // ## Test
    lab.cell(11);
    let (X_test, Y_test) = torch::no_grad(|| {
        // sic: not divided by 255 as the training images were, a slip of the course's notebook.
        let X_test = mnist_test.data.view([-1, 28 * 28]).float().to(device);
        let Y_test = mnist_test.targets.to(device);
        let prediction = model.forward(&X_test);
        let correct_prediction = torch::argmax(&prediction, 1).eq(&Y_test);
        let accuracy = correct_prediction.float().mean();
        println!("Accuracy: {}", accuracy.item());
        let r = random::randint(0, mnist_test.len() as i64 - 1);
        let X_single_data = mnist_test.data.i(r..r + 1).view([-1, 28 * 28]).float().to(device);
        let Y_single_data = mnist_test.targets.i(r..r + 1).to(device);
        println!("Label:  {}", Y_single_data.item_int());
        let single_prediction = model.forward(&X_single_data);
        println!("Prediction:  {}", torch::argmax(&single_prediction, 1).item_int());
        (X_test, Y_test)
    });

    // ## What becomes of it when they are scaled
    lab.cell(12);
    let scales = [1, 2, 4, 8, 16, 32, 64, 128, 255, 512];
    let mut accuracies = Vec::new();
    torch::no_grad(|| {
        for scale in scales {
            let prediction = model.forward(&(&X_test / scale));
            let accuracy = torch::argmax(&prediction, 1).eq(&Y_test).float().mean();
            accuracies.push(accuracy.item());
            println!("Pixels divided by {scale}: {:.4}", accuracy.item());
        }
    });
    plt::semilogx(scales, &accuracies).fmt("o-");
    plt::axvline(255).color("gray").linestyle(":");
    plt::xlabel("pixels divided by");
    plt::ylabel("accuracy");
    plt::show();

    // ## The function
    lab.cell(13);
    let x = torch::linspace(-5., 3., 161);
    for value in [-100., -5., -1., 1.] {
        println!("selu({value:.0}) = {:.4}", selu.forward(&torch::tensor(value)).item());
    }
    plt::plot(&x, selu.forward(&x)).label("SELU");
    plt::plot(&x, torch::relu(&x)).fmt("--").label("ReLU");
    plt::xlabel("$x$");
    plt::legend();
    plt::show();

    // ## Mean 0, standard deviation 1
    lab.cell(14);
    torch::manual_seed(lab.seed(777));
    let mut spreads = [Vec::new(), Vec::new()];
    let mut a = torch::randn([1000, 256]);
    let mut b = a.shallow_clone();
    for k in 0..10 {
        let W = torch::randn([256, 256]) / 16;
        a = selu.forward(&a.matmul(&W));
        b = torch::relu(b.matmul(&W));
        spreads[0].push(a.std().item());
        spreads[1].push(b.std().item());
        println!(
            "layer {:2} SELU: mean {:.2} std {:.2} ReLU: mean {:.2} std {:.2}",
            k + 1,
            a.mean().item(),
            a.std().item(),
            b.mean().item(),
            b.std().item()
        );
    }
    plt::semilogy(1..=10, &spreads[0]).fmt("o-").label("SELU");
    plt::semilogy(1..=10, &spreads[1]).fmt("o-").label("ReLU");
    plt::xlabel("layer");
    plt::ylabel("standard deviation");
    plt::legend();
    plt::show();
    Ok(())
}
