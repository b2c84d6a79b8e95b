//! Lab 9-5: dropout, beside lab9_5_mnist_nn_dropout.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use std::rc::Rc;

use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab9_5_mnist_nn_dropout", "Lab 9-5: dropout", run)
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
    let drop_prob = 0.3;

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
    let dropout = Rc::new(nn::Dropout::new(drop_prob));

    lab.cell(7);
    nn::init::xavier_uniform_(&linear1.weight);
    nn::init::xavier_uniform_(&linear2.weight);
    nn::init::xavier_uniform_(&linear3.weight);
    nn::init::xavier_uniform_(&linear4.weight);
    show!(nn::init::xavier_uniform_(&linear5.weight));

    // ## Model
    lab.cell(8);
    let model = sequential![
        linear1, relu, &dropout, linear2, relu, &dropout, linear3, relu, &dropout, linear4, relu, &dropout,
        linear5
    ]
    .to(device);

    lab.cell(9);
    let criterion = nn::CrossEntropyLoss::new().to(device);
    let optimizer = optim::Adam::new(model.parameters(), learning_rate);

    // ## Training
    lab.cell(10);
    let total_batch = data_loader.len() as i64;
    model.train(true);
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
        model.eval();
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

    // ## One image, a hundred thinned networks
    lab.cell(12);
    let (label, whole, thinned) = torch::no_grad(|| {
        let image = X_test.i(8..9) / 255;
        let label = Y_test.i(8).item_int();
        let whole = torch::softmax(model.forward(&image), 1).i((0, label)).item();
        model.train(true);
        let images = torch::cat(vec![&image; 100], 0);
        let thinned = torch::softmax(model.forward(&images), 1).i((.., label)).cpu();
        model.eval();
        (label, whole, thinned)
    });
    println!(
        "Label: {label} whole: {:.4} thinned: mean {:.4} lowest {:.4}",
        whole,
        thinned.mean().item(),
        thinned.min().item()
    );
    plt::hist(thinned.double()).bins(20).range((0., 1.));
    plt::axvline(whole).color("C1").linestyle("--");
    plt::title("probability of the label");
    plt::show();

    // ## What it is for
    lab.cell(13);
    let X = mnist_train.data.i(..1000).view([-1, 28 * 28]).float().to(device) / 255;
    let Y = mnist_train.targets.i(..1000).to(device);
    let X_test = X_test.i(..2000) / 255;
    let Y_test = Y_test.i(..2000);
    let nb_epochs = lab.epochs(20);
    plt::figure().figsize((10., 4.));
    for (i, p) in [0., drop_prob].into_iter().enumerate() {
        torch::manual_seed(lab.seed(777));
        let linear1 = nn::Linear::new(784, 512);
        let linear2 = nn::Linear::new(512, 512);
        let linear3 = nn::Linear::new(512, 512);
        let linear4 = nn::Linear::new(512, 512);
        let linear5 = nn::Linear::new(512, 10);
        let dropout = Rc::new(nn::Dropout::new(p));
        let model = sequential![
            linear1, relu, &dropout, linear2, relu, &dropout, linear3, relu, &dropout, linear4, relu,
            &dropout, linear5
        ]
        .to(device);
        let optimizer = optim::Adam::new(model.parameters(), learning_rate);
        let (mut train_costs, mut test_costs) = (Vec::new(), Vec::new());
        let mut accuracy = torch::tensor(f64::NAN);
        for _ in 0..nb_epochs {
            model.train(true);
            for k in (0..1000).step_by(100) {
                let cost = criterion.forward(&model.forward(&X.i(k..k + 100)), &Y.i(k..k + 100));
                optimizer.zero_grad();
                cost.backward();
                optimizer.step();
            }
            model.eval();
            torch::no_grad(|| {
                train_costs.push(criterion.forward(&model.forward(&X), &Y).item());
                let prediction = model.forward(&X_test);
                test_costs.push(criterion.forward(&prediction, &Y_test).item());
                accuracy = torch::argmax(&prediction, 1).eq(&Y_test).float().mean();
            });
        }
        println!(
            "p: {p} Training cost: {:.4} Test cost: {:.4} Accuracy: {:.4}",
            train_costs[train_costs.len() - 1],
            test_costs[test_costs.len() - 1],
            accuracy.item()
        );
        plt::subplot(1, 2, i + 1);
        plt::plot_y(&train_costs).label("training images");
        plt::plot_y(&test_costs).label("test images");
        plt::ylim(0, 1);
        plt::title(&format!("p = {p}"));
        plt::xlabel("epoch");
        plt::ylabel("cost");
        plt::legend();
    }
    plt::tight_layout();
    plt::show();
    Ok(())
}
