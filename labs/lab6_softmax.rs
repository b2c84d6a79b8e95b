//! Lab 6: softmax classification, beside lab6_softmax.ipynb.
#![allow(non_snake_case)] // W, X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    let defaults = train::Defaults { epochs: 15, drop_last: true };
    lab::main_with_training("lab6_softmax", "Lab 6: softmax classification", defaults, run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(1));

    // ## Softmax
    lab.cell(3);
    let z = torch::FloatTensor([1, 2, 3]);

    lab.cell(4);
    let hypothesis = F::softmax(&z, 0);
    println!("{}", hypothesis);

    lab.cell(5);
    show!(hypothesis.sum());

    // ## The cross entropy, by hand
    lab.cell(6);
    let z = torch::rand([3, 5]).requires_grad_();
    let hypothesis = F::softmax(&z, 1);
    println!("{}", hypothesis);

    lab.cell(7);
    let y = torch::randint(0, 5, [3]);
    println!("{}", y);

    lab.cell(8);
    let y_one_hot = torch::zeros_like(&hypothesis);
    show!(y_one_hot.scatter_(1, &y.unsqueeze(1), 1));

    lab.cell(9);
    let cost = (&y_one_hot * -torch::log(&hypothesis)).sum_dim(1).mean();
    println!("{}", cost);

    // ## The cross entropy, with torch.nn.functional
    lab.cell(10);
    show!(torch::log(F::softmax(&z, 1)));

    lab.cell(11);
    show!(F::log_softmax(&z, 1));

    lab.cell(12);
    show!((&y_one_hot * -torch::log(F::softmax(&z, 1))).sum_dim(1).mean());

    lab.cell(13);
    show!(F::nll_loss(&F::log_softmax(&z, 1), &y));

    lab.cell(14);
    show!(F::cross_entropy(&z, &y));

    // ## Training, with the cost by hand
    lab.cell(15);
    let x_train = [
        [1, 2, 1, 1],
        [2, 1, 3, 2],
        [3, 1, 3, 4],
        [4, 1, 5, 5],
        [1, 7, 5, 5],
        [1, 2, 5, 6],
        [1, 6, 6, 6],
        [1, 7, 7, 7],
    ];
    let y_train = [2, 2, 2, 1, 1, 1, 0, 0];
    let x_train = torch::FloatTensor(x_train);
    let y_train = torch::LongTensor(y_train);

    lab.cell(16);
    let W = torch::zeros([4, 3]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(0.1));
    let nb_epochs = lab.epochs(1000);
    for epoch in 0..=nb_epochs {
        let hypothesis = F::softmax(&(x_train.matmul(&W) + &b), 1);
        let y_one_hot = torch::zeros_like(&hypothesis);
        y_one_hot.scatter_(1, &y_train.unsqueeze(1), 1);
        // sic: softmax a second time, a slip of the course's notebook; the cost learns more slowly for it.
        let cost = (&y_one_hot * -torch::log(F::softmax(&hypothesis, 1))).sum_dim(1).mean();
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 100 == 0 {
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    }

    // ## Training with cross_entropy
    lab.cell(17);
    let W = torch::zeros([4, 3]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(0.1));
    let nb_epochs = lab.epochs(1000);
    for epoch in 0..=nb_epochs {
        let z = x_train.matmul(&W) + &b;
        let cost = F::cross_entropy(&z, &y_train);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 100 == 0 {
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    }

    // ## The model as a module
    lab.cell(18);
    module! {
        struct SoftmaxClassifierModel {
            linear: nn::Linear(4, 3),
        }

        fn forward(&self, x) {
            self.linear.forward(x)
        }
    }

    lab.cell(19);
    let model = SoftmaxClassifierModel::new();

    lab.cell(20);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(0.1));
    let nb_epochs = lab.epochs(1000);
    for epoch in 0..=nb_epochs {
        let prediction = model.forward(&x_train);
        let cost = F::cross_entropy(&prediction, &y_train);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 100 == 0 {
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    }

    // ## Cross-entropy learns faster than squared error
    lab.cell(21);
    let y_one_hot = torch::zeros([8, 3]).scatter_(1, &y_train.unsqueeze(1), 1);
    let nb_epochs = lab.epochs(1000);
    let mut history = [Vec::new(), Vec::new()];
    for (i, name) in ["MSE", "CE"].into_iter().enumerate() {
        torch::manual_seed(lab.seed(1));
        let model = SoftmaxClassifierModel::new();
        let optimizer = optim::SGD::new(model.parameters(), lab.lr(0.1));
        for epoch in 0..=nb_epochs {
            let prediction = model.forward(&x_train);
            let cost = if name == "MSE" {
                F::mse_loss(&F::softmax(&prediction, 1), &y_one_hot)
            } else {
                F::cross_entropy(&prediction, &y_train)
            };
            optimizer.zero_grad();
            cost.backward();
            optimizer.step();
            if epoch % 100 == 0 {
                let correct_prediction = torch::argmax(&prediction, 1).eq(&y_train);
                history[i].push((epoch, cost.item(), correct_prediction.float().mean().item() * 100));
            }
        }
    }
    for ((epoch, mse, mse_accuracy), (_, ce, ce_accuracy)) in history[0].iter().zip(&history[1]) {
        println!(
            "Epoch {epoch:4}/{nb_epochs} MSE: {mse:.6} Accuracy {mse_accuracy:2.2}%   CE: {ce:.6} Accuracy {ce_accuracy:2.2}%"
        );
    }

    // ## MNIST
    lab.cell(22);
    torch::manual_seed(lab.seed(777));
    let device = lab.device();
    let training_epochs = lab.epochs(15);
    let batch_size = lab.batch_size(256);
    let mnist_train = MNIST::new(lab.data_dir(), true)?;
    let mnist_test = MNIST::new(lab.data_dir(), false)?;
    let data_loader = DataLoader::new(mnist_train, batch_size)?.shuffle(true).drop_last(true);
    let linear = nn::Linear::new(784, 10).to(device);
    let criterion = nn::CrossEntropyLoss::new().to(device);
    let optimizer = optim::SGD::new(linear.parameters(), lab.lr(0.1));
    let total_batch = data_loader.len() as f64;
    for epoch in 0..training_epochs {
        let mut avg_cost = Float(0.0);
        for (X, Y) in lab.progress(&data_loader)? {
            let X = X.view([-1, 28 * 28]).to(device);
            let Y = Y.to(device);
            let hypothesis = linear.forward(&X);
            let cost = criterion.forward(&hypothesis, &Y);
            optimizer.zero_grad();
            cost.backward();
            optimizer.step();
            avg_cost += cost.item() / total_batch;
        }
        println!("Epoch: {:04} cost = {avg_cost:.9}", epoch + 1);
    }
    println!("Learning finished");

    lab.cell(23);
    let (X_test, Y_test) = torch::no_grad(|| {
        let X_test = (mnist_test.data.float() / 255).view([-1, 28 * 28]).to(device);
        let Y_test = mnist_test.targets.to(device);
        let prediction = linear.forward(&X_test);
        let correct_prediction = torch::argmax(&prediction, 1).eq(&Y_test);
        let accuracy = correct_prediction.float().mean();
        println!("Accuracy: {:.4}", accuracy.item());
        let r = torch::randint(0, mnist_test.len() as i64, [1]).item_int();
        println!("Label:  {}", Y_test.i(r).item_int());
        println!("Prediction:  {}", torch::argmax(prediction.i(r), 0).item_int());
        (X_test, Y_test)
    });
    // ## From scores to probabilities
    lab.cell(24);
    let z = torch::FloatTensor([1, 2, 3]);
    let (fig, axes) = plt::subplots(1, 3);
    fig.set_size_inches(10., 3.);
    for (i, (name, values)) in
        [("scores", z.clone()), ("exponentials", torch::exp(&z)), ("probabilities", F::softmax(&z, 0))]
            .into_iter()
            .enumerate()
    {
        println!("{name}: {:.4} {:.4} {:.4}", values.i(0).item(), values.i(1).item(), values.i(2).item());
        axes[i].bar(0..3, &values);
        axes[i].set_title(name);
    }
    plt::tight_layout();
    plt::show();

    lab.cell(25);
    let z = torch::linspace(-2., 2., 81);
    for base in [2., std::f64::consts::E, 4.] {
        let rate = torch::log(torch::tensor(base)).item();
        println!("base {base:.3} slope / height {:.4}", rate);
        plt::plot(&z, torch::exp(&z * rate)).label(&format!("{base:.3} to the $z$"));
        plt::plot(&z, rate * torch::exp(&z * rate)).fmt("--").label("its slope");
    }
    plt::xlabel("$z$");
    plt::legend();
    plt::show();

    // ## Cross entropy beside squared error
    lab.cell(26);
    plt::figure().figsize((10., 4.));
    for (k, what) in [(1, "cost"), (2, "accuracy (%)")] {
        plt::subplot(1, 2, k);
        for (i, name) in ["squared error", "cross entropy"].into_iter().enumerate() {
            let epochs: Vec<_> = history[i].iter().map(|line| line.0).collect();
            let values: Vec<Float> =
                history[i].iter().map(|line| if k == 1 { line.1 } else { line.2 }).collect();
            plt::plot(epochs, values).fmt(".-").label(name);
        }
        plt::xlabel("epoch");
        plt::ylabel(what);
        plt::legend();
    }
    plt::tight_layout();
    plt::show();

    // ## What the model looks for
    lab.cell(27);
    let W = linear.weight.detach();
    let largest = W.abs().max().item();
    println!("Largest weight: {:.6}", largest);
    plt::figure().figsize((10., 4.));
    for digit in 0..10 {
        plt::subplot(2, 5, digit + 1);
        plt::imshow(W.i(digit as i64).view([28, 28])).cmap("RdBu").vmin(-largest).vmax(largest);
        plt::title(&digit.to_string());
        plt::axis("off");
    }
    plt::tight_layout();
    plt::show();

    // ## The mistakes it is surest of
    lab.cell(28);
    let best = torch::no_grad(|| F::softmax(&linear.forward(&X_test), 1).max_dim(1));
    let (probability, digit): (Vec<f32>, Vec<i64>) = (best.values.to_vec(), best.indices.to_vec());
    let label: Vec<i64> = Y_test.to_vec();
    let mut mistakes: Vec<(f32, usize)> =
        (0..label.len()).filter(|&i| digit[i] != label[i]).map(|i| (probability[i], i)).collect();
    mistakes.sort_by(|a, b| b.partial_cmp(a).unwrap_or(std::cmp::Ordering::Equal));
    println!("Mistakes: {} of {}", mistakes.len(), label.len());
    plt::figure().figsize((10., 5.));
    for (k, &(p, i)) in mistakes.iter().take(10).enumerate() {
        let text = format!("{} taken for {}: {p:.4}", label[i], digit[i]);
        println!("{text}");
        plt::subplot(2, 5, k + 1);
        plt::imshow(mnist_test.data.i(i as i64)).cmap("Greys");
        plt::title(&text);
        plt::axis("off");
    }
    plt::tight_layout();
    plt::show();
    Ok(())
}
