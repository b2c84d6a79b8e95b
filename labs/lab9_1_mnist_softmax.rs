//! Lab 9-1: softmax and Adam on MNIST, beside lab9_1_mnist_softmax.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab9_1_mnist_softmax", "Lab 9-1: softmax and Adam on MNIST", run)
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

    // ## Model, cost, optimizer
    lab.cell(6);
    let linear = nn::Linear::new(784, 10).to(device);

    lab.cell(7);
    show!(nn::init::normal_(&linear.weight, 0., 1.));

    lab.cell(8);
    let criterion = nn::CrossEntropyLoss::new().to(device);
    let optimizer = optim::Adam::new(linear.parameters(), learning_rate);

    // ## Training
    lab.cell(9);
    let total_batch = data_loader.len() as i64;
    for epoch in 0..training_epochs {
        let mut avg_cost = torch::tensor(0.0).to(device); // Python's 0
        for (X, Y) in lab.progress(&data_loader)? {
            let X = X.view([-1, 28 * 28]).to(device);
            let Y = Y.to(device);
            optimizer.zero_grad();
            let hypothesis = linear.forward(&X);
            let cost = criterion.forward(&hypothesis, &Y);
            cost.backward();
            optimizer.step();
            avg_cost += cost / total_batch;
        }
        println!("Epoch: {:04} cost = {:.9}", epoch + 1, avg_cost);
    }
    println!("Learning finished");

    // ## Test
    lab.cell(10);
    let (X_test, Y_test) = torch::no_grad(|| {
        // sic: not divided by 255 as the training images were, a slip of the course's notebook.
        let X_test = mnist_test.data.view([-1, 28 * 28]).float().to(device);
        let Y_test = mnist_test.targets.to(device);
        let prediction = linear.forward(&X_test);
        let correct_prediction = torch::argmax(&prediction, 1).eq(&Y_test);
        let accuracy = correct_prediction.float().mean();
        println!("Accuracy: {}", accuracy.item());
        let r = random::randint(0, mnist_test.len() as i64 - 1);
        let X_single_data = mnist_test.data.i(r..r + 1).view([-1, 28 * 28]).float().to(device);
        let Y_single_data = mnist_test.targets.i(r..r + 1).to(device);
        println!("Label:  {}", Y_single_data.item_int());
        let single_prediction = linear.forward(&X_single_data);
        println!("Prediction:  {}", torch::argmax(&single_prediction, 1).item_int());
        (X_test, Y_test)
    });

    lab.cell(11);
    torch::no_grad(|| {
        for scale in [1, 255] {
            let prediction = linear.forward(&(&X_test / scale));
            let accuracy = torch::argmax(&prediction, 1).eq(&Y_test).float().mean();
            println!("Pixels divided by {scale}: {:.4}", accuracy.item());
        }
    });

    // ## What it begins with stays
    lab.cell(12);
    let lit = mnist_train.data.view([-1, 28 * 28]).max_dim(0)[0].gt(0);
    println!("Pixels that are 0 in every image: {}", (!lit).sum().item_int());
    let W = linear.weight.detach().cpu();
    plt::figure().figsize((10., 4.));
    for digit in 0..10 {
        plt::subplot(2, 5, digit + 1);
        plt::imshow(W.i(digit as i64).view([28, 28])).cmap("RdBu").vmin(-3).vmax(3);
        plt::title(&digit.to_string());
        plt::axis("off");
    }
    plt::tight_layout();
    plt::show();
    Ok(())
}
