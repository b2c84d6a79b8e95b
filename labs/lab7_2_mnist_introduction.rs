//! Lab 7-2: MNIST introduction, beside lab7_2_mnist_introduction.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab7_2_mnist_introduction", "Lab 7-2: MNIST introduction", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    random::seed(lab.seed(777));
    torch::manual_seed(lab.seed(777));
    let device = lab.device();

    lab.cell(3);
    let training_epochs = lab.epochs(15);
    let batch_size = lab.batch_size(100);

    // ## MNIST, in batches
    lab.cell(4);
    let mnist_train = MNIST::new(lab.data_dir(), true)?;
    let mnist_test = MNIST::new(lab.data_dir(), false)?;

    lab.cell(5);
    let data_loader = DataLoader::new(mnist_train, batch_size)?.shuffle(true).drop_last(true);

    // ## The model
    lab.cell(6);
    let linear = nn::Linear::new(784, 10).to(device);

    lab.cell(7);
    let criterion = nn::CrossEntropyLoss::new().to(device);
    let optimizer = optim::SGD::new(linear.parameters(), lab.lr(0.1));

    // ## Training
    lab.cell(8);
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
    lab.cell(9);
    torch::no_grad(|| {
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
        plt::imshow(mnist_test.data.i(r)).cmap("Greys").interpolation("nearest");
        plt::show();
    });
    Ok(())
}
