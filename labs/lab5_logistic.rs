//! Lab 5: logistic regression, beside lab5_logistic.ipynb.
#![allow(non_snake_case)] // W is the notebook's name

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab5_logistic", "Lab 5: logistic regression", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(1));

    // ## Six samples of two features
    lab.cell(3);
    let x_data = [[1, 2], [2, 3], [3, 1], [4, 3], [5, 3], [6, 2]];
    let y_data = [[0], [0], [0], [1], [1], [1]];

    lab.cell(4);
    let x_train = torch::FloatTensor(x_data);
    let y_train = torch::FloatTensor(y_data);

    lab.cell(5);
    println!("{}", x_train.shape());
    println!("{}", y_train.shape());

    // ## The hypothesis, by hand and with sigmoid
    lab.cell(6);
    println!("e^1 equals:  {}", torch::exp(torch::FloatTensor([1])));

    lab.cell(7);
    let W = torch::zeros([2, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();

    lab.cell(8);
    let hypothesis = 1 / (1 + torch::exp(-(x_train.matmul(&W) + &b)));

    lab.cell(9);
    println!("{}", hypothesis);
    println!("{}", hypothesis.shape());

    lab.cell(10);
    println!("1/(1+e^{{-1}}) equals:  {}", torch::sigmoid(torch::FloatTensor([1])));

    lab.cell(11);
    let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);

    lab.cell(12);
    println!("{}", hypothesis);
    println!("{}", hypothesis.shape());

    // ## The cost, by hand and with binary_cross_entropy
    lab.cell(13);
    println!("{}", hypothesis);
    println!("{}", y_train);

    lab.cell(14);
    show!(
        -(y_train.i(0) * torch::log(hypothesis.i(0)) + (1 - y_train.i(0)) * torch::log(1 - hypothesis.i(0)))
    );

    lab.cell(15);
    let losses = -(&y_train * torch::log(&hypothesis) + (1 - &y_train) * torch::log(1 - &hypothesis));
    println!("{}", losses);

    lab.cell(16);
    let cost = losses.mean();
    println!("{}", cost);

    lab.cell(17);
    show!(F::binary_cross_entropy(&hypothesis, &y_train));

    // ## Training, with the cost by hand
    lab.cell(18);
    let x_data = [[1, 2], [2, 3], [3, 1], [4, 3], [5, 3], [6, 2]];
    let y_data = [[0], [0], [0], [1], [1], [1]];
    let x_train = torch::FloatTensor(x_data);
    let y_train = torch::FloatTensor(y_data);

    lab.cell(19);
    let W = torch::zeros([2, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(1.0));
    let nb_epochs = lab.epochs(1000);
    for epoch in 0..=nb_epochs {
        let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);
        let cost =
            -(&y_train * torch::log(&hypothesis) + (1 - &y_train) * torch::log(1 - &hypothesis)).mean();
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 100 == 0 {
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    }

    // ## Training with binary_cross_entropy
    lab.cell(20);
    let W = torch::zeros([2, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(1.0));
    let nb_epochs = lab.epochs(1000);
    for epoch in 0..=nb_epochs {
        let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);
        let cost = F::binary_cross_entropy(&hypothesis, &y_train);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 100 == 0 {
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    }

    // ## Real data: who has diabetes
    // In[21] imports NumPy.
    lab.cell(22);
    let xy = np::loadtxt(lab.csv("data-03-diabetes.csv", 9)?)?;
    let x_data = xy.slice(np::s![.., ..-1]);
    let y_data = xy.slice(np::s![.., -1..]);
    let x_train = torch::FloatTensor(&x_data);
    let y_train = torch::FloatTensor(&y_data);

    lab.cell(23);
    println!("{}", x_train.i(..5));
    println!("{}", y_train.i(..5));

    lab.cell(24);
    let W = torch::zeros([8, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(1.0));
    let nb_epochs = lab.epochs(100);
    for epoch in 0..=nb_epochs {
        let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);
        let cost =
            -(&y_train * torch::log(&hypothesis) + (1 - &y_train) * torch::log(1 - &hypothesis)).mean();
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 10 == 0 {
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    }

    lab.cell(25);
    let W = torch::zeros([8, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(1.0));
    let nb_epochs = lab.epochs(100);
    for epoch in 0..=nb_epochs {
        let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);
        let cost = F::binary_cross_entropy(&hypothesis, &y_train);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 10 == 0 {
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    }

    // ## How good is it
    lab.cell(26);
    let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);
    println!("{}", hypothesis.i(..5));

    lab.cell(27);
    let prediction = hypothesis.ge(0.5);
    println!("{}", prediction.i(..5));

    lab.cell(28);
    println!("{}", prediction.i(..5));
    println!("{}", y_train.i(..5));

    lab.cell(29);
    let correct_prediction = prediction.float().eq(&y_train);
    println!("{}", correct_prediction.i(..5));

    lab.cell(30);
    let accuracy = correct_prediction.float().mean().item();
    println!("The model has an accuracy of {:2.2}% for the training set.", accuracy * 100);

    // ## The model as a module
    lab.cell(31);
    module! {
        struct BinaryClassifier {
            linear: nn::Linear(8, 1),
            sigmoid: nn::Sigmoid(),
        }

        fn forward(&self, x) {
            self.sigmoid.forward(&self.linear.forward(x))
        }
    }

    lab.cell(32);
    let model = BinaryClassifier::new();

    lab.cell(33);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1.0));
    let nb_epochs = lab.epochs(100);
    for epoch in 0..=nb_epochs {
        let hypothesis = model.forward(&x_train);
        let cost = F::binary_cross_entropy(&hypothesis, &y_train);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 10 == 0 {
            let prediction = hypothesis.ge(0.5);
            let correct_prediction = prediction.float().eq(&y_train);
            let accuracy = correct_prediction.float().mean().item();
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6} Accuracy {:2.2}%", cost.item(), accuracy * 100);
        }
    }

    // ## Threshold
    lab.cell(34);
    let hypothesis = torch::no_grad(|| model.forward(&x_train));
    let positive = y_train.eq(1);
    for threshold in [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] {
        let prediction = hypothesis.ge(threshold);
        let accuracy = prediction.eq(&positive).float().mean().item() * 100;
        let positives = prediction.sum().item_int();
        let tp = (&prediction & &positive).sum().item();
        let precision = tp / positives as f64;
        let recall = tp / positive.sum().item();
        println!(
            "threshold {threshold:.1} positives {positives:3} accuracy {accuracy:.2}% precision {precision:.3} recall {recall:.3}"
        );
    }
    Ok(())
}
