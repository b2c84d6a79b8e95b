//! Lab 9-2: a network on MNIST, beside lab9_2_mnist_nn.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab9_2_mnist_nn", "Lab 9-2: a network on MNIST", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    random::seed(lab.seed(111));
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

    // ## Model
    lab.cell(6);
    let linear1 = nn::Linear::new(784, 256);
    let linear2 = nn::Linear::new(256, 256);
    let linear3 = nn::Linear::new(256, 10);
    let relu = nn::ReLU::new();

    lab.cell(7);
    nn::init::normal_(&linear1.weight, 0., 1.);
    nn::init::normal_(&linear2.weight, 0., 1.);
    show!(nn::init::normal_(&linear3.weight, 0., 1.));

    lab.cell(8);
    let model = sequential![linear1, relu, linear2, relu, linear3].to(device);

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
    torch::no_grad(|| {
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
    });

    // ## Why the cost begins so high
    lab.cell(12);
    let X = mnist_train.data.i(..1000).view([-1, 28 * 28]).float().to(device) / 255;
    let Y = mnist_train.targets.i(..1000).to(device);
    torch::manual_seed(lab.seed(777));
    let linear1 = nn::Linear::new(784, 256);
    let linear2 = nn::Linear::new(256, 256);
    let linear3 = nn::Linear::new(256, 10);
    nn::init::normal_(&linear1.weight, 0., 1.);
    nn::init::normal_(&linear2.weight, 0., 1.);
    nn::init::normal_(&linear3.weight, 0., 1.);
    let model = sequential![linear1, relu, linear2, relu, linear3].to(device);
    let z1 = model[0].forward(&X);
    let z2 = model[2].forward(&relu.forward(&z1));
    let z3 = model[4].forward(&relu.forward(&z2));
    let cost = criterion.forward(&z3, &Y);
    cost.backward();
    println!("Cost: {:.4}", cost.item());
    plt::figure().figsize((12., 4.));
    for (k, z) in [z1, z2, z3].iter().enumerate() {
        let weight = &model.at::<nn::Linear>(2 * k).weight;
        let gradient = weight.grad().context("backward gave no gradient")?.abs().mean();
        println!(
            "layer {} outputs: std {:.4} gradients: mean size {:.6}",
            k + 1,
            z.std().item(),
            gradient.item()
        );
        plt::subplot(1, 3, k + 1);
        plt::hist(z.detach().double().cpu().view([-1])).bins(50);
        plt::title(&format!("layer {}: std {:.2}", k + 1, z.std().item()));
    }
    plt::tight_layout();
    plt::show();

    // ## Other scales
    lab.cell(13);
    for scale in [1., 0.3, 0.1, 0.05, 0.01] {
        torch::manual_seed(lab.seed(777));
        let model = sequential![
            nn::Linear::new(784, 256),
            relu,
            nn::Linear::new(256, 256),
            relu,
            nn::Linear::new(256, 10)
        ]
        .to(device);
        for k in 0..3 {
            nn::init::normal_(&model.at::<nn::Linear>(2 * k).weight, 0., scale);
        }
        let z1 = model[0].forward(&X);
        let z2 = model[2].forward(&relu.forward(&z1));
        let z3 = model[4].forward(&relu.forward(&z2));
        let cost = criterion.forward(&z3, &Y);
        cost.backward();
        let weight = &model.at::<nn::Linear>(0).weight;
        let gradient = weight.grad().context("backward gave no gradient")?.abs().mean();
        println!(
            "Scale: {scale} Cost: {:.4} Gradients of layer 1: mean size {:.6}",
            cost.item(),
            gradient.item()
        );
        plt::figure().figsize((12., 4.));
        for (k, z) in [z1, z2, z3].iter().enumerate() {
            plt::subplot(1, 3, k + 1);
            plt::hist(z.detach().double().cpu().view([-1])).bins(50);
            plt::title(&format!("layer {}: std {:.4}", k + 1, z.std().item()));
        }
        plt::tight_layout();
        plt::show();
    }
    Ok(())
}
