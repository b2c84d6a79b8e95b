//! Lab 9-4: a deeper network, beside lab9_4_mnist_nn_deep.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab9_4_mnist_nn_deep", "Lab 9-4: a deeper network", run)
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
    let relu = nn::ReLU::new();

    lab.cell(7);
    nn::init::xavier_uniform_(&linear1.weight);
    nn::init::xavier_uniform_(&linear2.weight);
    nn::init::xavier_uniform_(&linear3.weight);
    nn::init::xavier_uniform_(&linear4.weight);
    show!(nn::init::xavier_uniform_(&linear5.weight));

    // ## Model
    lab.cell(8);
    // sic: linear4 and linear5 are left out, a slip of the course's notebook; the model has 512 classes.
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

    // ## 512 classes
    lab.cell(12);
    let scores = torch::no_grad(|| {
        let prediction = model.forward(&(&X_test / 255));
        println!("Scores: {}", prediction.shape());
        println!("Answers above 9: {}", torch::argmax(&prediction, 1).gt(9).sum().item_int());
        let accuracy = torch::argmax(&prediction, 1).eq(&Y_test).float().mean();
        println!("Accuracy, pixels divided by 255: {:.4}", accuracy.item());
        prediction.mean_dim(0).cpu()
    });
    plt::plot(torch::arange_start(10, 512), scores.i(10..)).fmt(".").label("no digit");
    plt::plot(torch::arange(10), scores.i(..10)).fmt("o").label("digits");
    plt::xlabel("class");
    plt::ylabel("mean score");
    plt::legend();
    plt::show();

    // ## As it was meant
    lab.cell(13);
    let X = mnist_train.data.i(..1000).view([-1, 28 * 28]).float().to(device) / 255;
    let Y = mnist_train.targets.i(..1000).to(device);
    torch::manual_seed(lab.seed(777));
    let linear1 = nn::Linear::new(784, 512);
    let linear2 = nn::Linear::new(512, 512);
    let linear3 = nn::Linear::new(512, 512);
    let linear4 = nn::Linear::new(512, 512);
    let linear5 = nn::Linear::new(512, 10);
    nn::init::xavier_uniform_(&linear1.weight);
    nn::init::xavier_uniform_(&linear2.weight);
    nn::init::xavier_uniform_(&linear3.weight);
    nn::init::xavier_uniform_(&linear4.weight);
    nn::init::xavier_uniform_(&linear5.weight);
    let layers = sequential![linear1, linear2, linear3, linear4, linear5].to(device);
    let mut a = X;
    let mut z = a.shallow_clone();
    for k in 0..5 {
        z = layers[k].forward(&a);
        println!("layer {} outputs: std {:.4}", k + 1, z.std().item());
        a = relu.forward(&z);
    }
    let cost = criterion.forward(&z, &Y);
    cost.backward();
    for k in 0..5 {
        let weight = &layers.at::<nn::Linear>(k).weight;
        let gradient = weight.grad().context("backward gave no gradient")?.abs().mean();
        println!("layer {} gradients: mean size {:.6}", k + 1, gradient.item());
    }
    Ok(())
}
