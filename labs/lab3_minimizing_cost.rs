//! Lab 3: minimizing the cost, beside lab3_minimizing_cost.ipynb.
#![allow(non_snake_case)] // W is the notebook's name

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab3_minimizing_cost", "Lab 3: minimizing the cost", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(1));

    // ## The data, and the line
    lab.cell(3);
    let x_train = torch::FloatTensor([[1], [2], [3]]);
    let y_train = torch::FloatTensor([[1], [2], [3]]);

    lab.cell(4);
    plt::scatter(&x_train, &y_train);
    let xs = np::linspace(1., 3., 1000);
    show!(plt::plot(&xs, &xs));

    // ## The cost as a function of W
    lab.cell(5);
    let W_l = np::linspace(-5., 7., 1000);
    let mut cost_l = Vec::new();
    for &W in &W_l {
        let hypothesis = W * &x_train;
        let cost = torch::mean((hypothesis - &y_train).pow(2));
        cost_l.push(cost.item());
    }

    lab.cell(6);
    plt::plot(&W_l, &cost_l);
    plt::xlabel("$W$");
    plt::ylabel("Cost");
    plt::show();

    // ## Gradient descent, by hand
    lab.cell(7);
    let W = 0;

    lab.cell(8);
    let gradient = torch::sum((W * &x_train - &y_train) * &x_train);
    println!("{}", gradient);

    lab.cell(9);
    let lr = lab.lr(0.1);
    let W = W - lr * gradient;
    println!("{}", W);

    // ## Training
    lab.cell(10);
    let x_train = torch::FloatTensor([[1], [2], [3]]);
    let y_train = torch::FloatTensor([[1], [2], [3]]);
    let mut W = torch::zeros([1]);
    let lr = lab.lr(0.1);
    let nb_epochs = lab.epochs(10);
    for epoch in 0..=nb_epochs {
        let hypothesis = &x_train * &W;
        let cost = torch::mean((hypothesis - &y_train).pow(2));
        let gradient = torch::sum((&W * &x_train - &y_train) * &x_train);
        println!("Epoch {epoch:4}/{nb_epochs} W: {:.3}, Cost: {:.6}", W.item(), cost.item());
        W -= lr * gradient;
    }

    // ## Training, with optim
    lab.cell(11);
    let x_train = torch::FloatTensor([[1], [2], [3]]);
    let y_train = torch::FloatTensor([[1], [2], [3]]);
    let W = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W], lab.lr(0.15));
    let nb_epochs = lab.epochs(10);
    for epoch in 0..=nb_epochs {
        let hypothesis = &x_train * &W;
        let cost = torch::mean((hypothesis - &y_train).pow(2));
        println!("Epoch {epoch:4}/{nb_epochs} W: {:.3} Cost: {:.6}", W.item(), cost.item());
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
    }
    Ok(())
}
