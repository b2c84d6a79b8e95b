//! Lab 2: linear regression, beside lab2_linear_regression.ipynb.
#![allow(non_snake_case)] // W is the notebook's name

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab2_linear_regression", "Lab 2: linear regression", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(1));

    // ## The data
    lab.cell(3);
    let x_train = torch::FloatTensor([[1], [2], [3]]);
    let y_train = torch::FloatTensor([[1], [2], [3]]);

    lab.cell(4);
    println!("{}", x_train);
    println!("{}", x_train.shape());

    lab.cell(5);
    println!("{}", y_train);
    println!("{}", y_train.shape());

    // ## The hypothesis
    lab.cell(6);
    let W = torch::zeros([1]).requires_grad_();
    println!("{}", W);

    lab.cell(7);
    let b = torch::zeros([1]).requires_grad_();
    println!("{}", b);

    lab.cell(8);
    let hypothesis = &x_train * &W + &b;
    println!("{}", hypothesis);

    // ## The cost
    lab.cell(9);
    println!("{}", hypothesis);

    lab.cell(10);
    println!("{}", y_train);

    lab.cell(11);
    println!("{}", &hypothesis - &y_train);

    lab.cell(12);
    println!("{}", (&hypothesis - &y_train).pow(2));

    lab.cell(13);
    let cost = torch::mean((&hypothesis - &y_train).pow(2));
    println!("{}", cost);

    // ## One step of gradient descent
    lab.cell(14);
    let optimizer = optim::SGD::new([&W, &b], lab.lr(0.01));

    lab.cell(15);
    optimizer.zero_grad();
    cost.backward();
    optimizer.step();

    lab.cell(16);
    println!("{}", W);
    println!("{}", b);

    lab.cell(17);
    let hypothesis = &x_train * &W + &b;
    println!("{}", hypothesis);

    lab.cell(18);
    let cost = torch::mean((&hypothesis - &y_train).pow(2));
    println!("{}", cost);

    // ## Training
    lab.cell(19);
    let x_train = torch::FloatTensor([[1], [2], [3]]);
    let y_train = torch::FloatTensor([[1], [2], [3]]);
    let W = torch::zeros([1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(0.01));
    let nb_epochs = lab.epochs(1000);
    for epoch in 0..=nb_epochs {
        let hypothesis = &x_train * &W + &b;
        let cost = torch::mean((hypothesis - &y_train).pow(2));
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 100 == 0 {
            println!(
                "Epoch {epoch:4}/{nb_epochs} W: {:.3}, b: {:.3} Cost: {:.6}",
                W.item(),
                b.item(),
                cost.item()
            );
        }
    }

    // ## The model as a module
    lab.cell(20);
    let x_train = torch::FloatTensor([[1], [2], [3]]);
    let y_train = torch::FloatTensor([[1], [2], [3]]);

    lab.cell(21);
    module! {
        struct LinearRegressionModel {
            linear: nn::Linear(1, 1),
        }

        fn forward(&self, x) {
            self.linear.forward(x)
        }
    }

    lab.cell(22);
    let model = LinearRegressionModel::new();

    lab.cell(23);
    let hypothesis = model.forward(&x_train);

    lab.cell(24);
    println!("{}", hypothesis);

    lab.cell(25);
    println!("{}", hypothesis);
    println!("{}", y_train);

    lab.cell(26);
    let cost = F::mse_loss(&hypothesis, &y_train);

    lab.cell(27);
    println!("{}", cost);

    lab.cell(28);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(0.01));

    lab.cell(29);
    optimizer.zero_grad();
    cost.backward();
    optimizer.step();

    lab.cell(30);
    let x_train = torch::FloatTensor([[1], [2], [3]]);
    let y_train = torch::FloatTensor([[1], [2], [3]]);
    let model = LinearRegressionModel::new();
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(0.01));
    let nb_epochs = lab.epochs(1000);
    for epoch in 0..=nb_epochs {
        let prediction = model.forward(&x_train);
        let cost = F::mse_loss(&prediction, &y_train);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 100 == 0 {
            let params = model.parameters();
            let W = params[0].item();
            let b = params[1].item();
            println!("Epoch {epoch:4}/{nb_epochs} W: {W:.3}, b: {b:.3} Cost: {:.6}", cost.item());
        }
    }
    Ok(())
}
