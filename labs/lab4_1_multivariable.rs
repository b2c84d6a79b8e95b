//! Lab 4-1: multivariable linear regression, beside lab4_1_multivariable.ipynb.
#![allow(non_snake_case)] // W is the notebook's name

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab4_1_multivariable", "Lab 4-1: multivariable linear regression", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(1));

    // ## One weight for each exam
    lab.cell(3);
    let x1_train = torch::FloatTensor([[73], [93], [89], [96], [73]]);
    let x2_train = torch::FloatTensor([[80], [88], [91], [98], [66]]);
    let x3_train = torch::FloatTensor([[75], [93], [90], [100], [70]]);
    let y_train = torch::FloatTensor([[152], [185], [180], [196], [142]]);

    lab.cell(4);
    let w1 = torch::zeros([1]).requires_grad_();
    let w2 = torch::zeros([1]).requires_grad_();
    let w3 = torch::zeros([1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&w1, &w2, &w3, &b], lab.lr(1e-5));
    let nb_epochs = lab.epochs(1000);
    for epoch in 0..=nb_epochs {
        let hypothesis = &x1_train * &w1 + &x2_train * &w2 + &x3_train * &w3 + &b;
        let cost = torch::mean((hypothesis - &y_train).pow(2));
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 100 == 0 {
            // sic: w3 stands in the place of w2, a slip of the course's notebook that its output shows.
            println!(
                "Epoch {epoch:4}/{nb_epochs} w1: {:.3} w2: {:.3} w3: {:.3} b: {:.3} Cost: {:.6}",
                w1.item(),
                w3.item(),
                w3.item(),
                b.item(),
                cost.item()
            );
        }
    }

    // ## All exams in one matrix
    lab.cell(5);
    let x_train = torch::FloatTensor([[73, 80, 75], [93, 88, 93], [89, 91, 90], [96, 98, 100], [73, 66, 70]]);
    let y_train = torch::FloatTensor([[152], [185], [180], [196], [142]]);

    lab.cell(6);
    println!("{}", x_train.shape());
    println!("{}", y_train.shape());

    lab.cell(7);
    let W = torch::zeros([3, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(1e-5));
    let nb_epochs = lab.epochs(20);
    for epoch in 0..=nb_epochs {
        let hypothesis = x_train.matmul(&W) + &b;
        let cost = torch::mean((&hypothesis - &y_train).pow(2));
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        println!(
            "Epoch {epoch:4}/{nb_epochs} hypothesis: {} Cost: {:.6}",
            hypothesis.squeeze().detach(),
            cost.item()
        );
    }

    // ## The model as a module
    lab.cell(8);
    module! {
        // The notebook does not use it either.
        struct LinearRegressionModel {
            linear: nn::Linear(1, 1),
        }

        fn forward(&self, x) {
            self.linear.forward(x)
        }
    }

    lab.cell(9);
    module! {
        struct MultivariateLinearRegressionModel {
            linear: nn::Linear(3, 1),
        }

        fn forward(&self, x) {
            self.linear.forward(x)
        }
    }

    lab.cell(10);
    let x_train = torch::FloatTensor([[73, 80, 75], [93, 88, 93], [89, 91, 90], [96, 98, 100], [73, 66, 70]]);
    let y_train = torch::FloatTensor([[152], [185], [180], [196], [142]]);
    let model = MultivariateLinearRegressionModel::new();
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1e-5));
    let nb_epochs = lab.epochs(20);
    for epoch in 0..=nb_epochs {
        let prediction = model.forward(&x_train);
        let cost = F::mse_loss(&prediction, &y_train);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
    }
    // ## The loss of a sample, the cost of all
    lab.cell(11);
    let losses = (model.forward(&x_train) - &y_train).pow(2).detach().squeeze();
    let cost = losses.mean().item();
    for i in 0..5 {
        println!("Sample {} Loss: {:.6}", i + 1, losses.i(i).item());
    }
    println!("Cost: {:.6}", cost);
    plt::bar(1..6, &losses);
    plt::axhline(cost).color("C1").linestyle("--").label("cost: the mean");
    plt::title("The loss of each sample");
    plt::xlabel("sample");
    plt::ylabel("squared error");
    plt::legend();
    plt::show();
    Ok(())
}
