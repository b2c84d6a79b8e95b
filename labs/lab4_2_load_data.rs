//! Lab 4-2: loading data, beside lab4_2_load_data.ipynb.
#![allow(non_snake_case)] // W, X and Y are the notebook's names

use zerotoall::{lab_prelude::*, println};

fn main() {
    let defaults = train::Defaults { epochs: 3, drop_last: false };
    lab::main_with_training(
        "lab4_2_load_data",
        "Lab 4-2: loading data: slices, files, batches",
        defaults,
        run,
    )
}

fn run(lab: &Lab) -> Result<()> {
    // ## Slicing a list
    lab.cell(1);
    let mut nums = [0, 1, 2, 3, 4];

    lab.cell(2);
    println!("{:?}", nums);

    lab.cell(3);
    println!("{:?}", &nums[2..4]);

    lab.cell(4);
    println!("{:?}", &nums[2..]);

    lab.cell(5);
    println!("{:?}", &nums[..2]);

    lab.cell(6);
    println!("{:?}", &nums[..]);

    lab.cell(7);
    println!("{:?}", &nums[..nums.len() - 1]);

    lab.cell(8);
    nums[2..4].copy_from_slice(&[8, 9]);

    lab.cell(9);
    println!("{:?}", nums);

    // ## Slicing an array
    // In[10] imports NumPy.
    lab.cell(11);
    let b: np::Array2<i64> = np::array![[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]];

    lab.cell(12);
    println!("{}", b.str());

    lab.cell(13);
    show!(b.slice(np::s![.., 1]));

    lab.cell(14);
    show!(b.slice(np::s![-1, ..])); // b[-1]; ndarray names every axis

    lab.cell(15);
    show!(b.slice(np::s![-1, ..]));

    lab.cell(16);
    show!(b.slice(np::s![-1, ..]));

    lab.cell(17);
    show!(b.slice(np::s![0..2, ..]));

    // ## Loading a file
    // In[18] imports NumPy again.
    lab.cell(19);
    let xy = np::loadtxt(lab.csv("data-01-test-score.csv", 4))?;

    lab.cell(20);
    let x_data = xy.slice(np::s![.., ..-1]);
    let y_data = xy.slice(np::s![.., -1..]);

    lab.cell(21);
    println!("{:?}", x_data.dim());
    println!("{}", x_data.nrows());
    println!("{}", np::head(&x_data, 5).str());

    lab.cell(22);
    println!("{:?}", y_data.dim());
    println!("{}", y_data.nrows());
    println!("{}", np::head(&y_data, 5).str());

    // ## Training on all rows at once
    // In[23] imports PyTorch.
    lab.cell(24);
    torch::manual_seed(lab.seed(1));

    lab.cell(25);
    let x_train = torch::FloatTensor(&x_data);
    let y_train = torch::FloatTensor(&y_data);
    let W = torch::zeros([3, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(1e-5));
    let nb_epochs = lab.epochs(20);
    for epoch in 0..=nb_epochs {
        let hypothesis = x_train.matmul(&W) + &b;
        let cost = torch::mean((hypothesis - &y_train).pow(2));
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
    }

    lab.cell(26);
    module! {
        struct MultivariateLinearRegressionModel {
            linear: nn::Linear(3, 1),
        }

        fn forward(&self, x) {
            self.linear.forward(x)
        }
    }

    lab.cell(27);
    let x_train = torch::FloatTensor(&x_data);
    let y_train = torch::FloatTensor(&y_data);
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

    // ## Dataset and DataLoader
    lab.cell(28);
    torch::manual_seed(lab.seed(1));

    struct CustomDataset {
        x_data: [[i32; 3]; 5],
        y_data: [[i32; 1]; 5],
    }

    impl CustomDataset {
        fn new() -> Self {
            Self {
                x_data: [[73, 80, 75], [93, 88, 93], [89, 91, 90], [96, 98, 100], [73, 66, 70]],
                y_data: [[152], [185], [180], [196], [142]],
            }
        }
    }

    impl Dataset for CustomDataset {
        fn len(&self) -> usize {
            self.x_data.len()
        }

        fn getitem(&self, idx: i64) -> (Tensor, Tensor) {
            let x = torch::FloatTensor(self.x_data[idx as usize]);
            let y = torch::FloatTensor(self.y_data[idx as usize]);
            (x, y)
        }
    }

    let dataset = CustomDataset::new();
    let dataloader = DataLoader::new(dataset, 2)?.shuffle(true);
    let model = nn::Linear::new(3, 1);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1e-5));
    let nb_epochs = lab.epochs(20);
    for epoch in 0..=nb_epochs {
        for (batch_idx, (x_train, y_train)) in dataloader.iter().enumerate() {
            let prediction = model.forward(&x_train);
            let cost = F::mse_loss(&prediction, &y_train);
            optimizer.zero_grad();
            cost.backward();
            optimizer.step();
            println!(
                "Epoch {epoch:4}/{nb_epochs} Batch {}/{} Cost: {:.6}",
                batch_idx + 1,
                dataloader.len(),
                cost.item()
            );
        }
    }

    // ## Batch, mini-batch, stochastic
    lab.cell(29);
    let x_train = torch::FloatTensor(&x_data);
    let y_train = torch::FloatTensor(&y_data);
    let dataset = TensorDataset::new(&x_train, &y_train);
    for (name, batch_size) in [("batch", 25), ("mini-batch", 5), ("stochastic", 1)] {
        torch::manual_seed(lab.seed(1));
        let model = nn::Linear::new(3, 1);
        let optimizer = optim::SGD::new(model.parameters(), lab.lr(1e-5));
        let dataloader = DataLoader::new(&dataset, batch_size)?.shuffle(true);
        let nb_epochs = lab.epochs(20);
        let mut steps = 0;
        for epoch in 1..=nb_epochs {
            for (x, y) in &dataloader {
                let cost = F::mse_loss(&model.forward(&x), &y);
                optimizer.zero_grad();
                cost.backward();
                optimizer.step();
                steps += 1;
            }
            let cost = torch::no_grad(|| F::mse_loss(&model.forward(&x_train), &y_train));
            println!(
                "{name:<10} batch_size {batch_size:2} Epoch {epoch:2}/{nb_epochs} Steps {steps:3} Cost: {:.6}",
                cost.item()
            );
        }
    }

    // ## MNIST in batches of 256
    lab.cell(30);
    let batch_size = lab.batch_size(256);
    let mnist_train = MNIST::new(lab.data_dir(), true)?;
    let data_loader = DataLoader::new(mnist_train.clone(), batch_size)?.shuffle(true);
    println!("{}", mnist_train.len());
    println!("{}", data_loader.len());
    println!("{}", DataLoader::new(&mnist_train, batch_size)?.shuffle(true).drop_last(true).len());
    let (X, Y) = data_loader.iter().next().context("the loader has no batch")?;
    println!("{}", X.shape());
    println!("{}", Y.shape());
    println!("{}", X.view([-1, 28 * 28]).shape());
    println!("{}", Y.i(..10));

    lab.cell(31);
    torch::manual_seed(lab.seed(777));
    let device = lab.device();
    let linear = nn::Linear::new(784, 10).to(device);
    let criterion = nn::CrossEntropyLoss::new().to(device);
    let optimizer = optim::SGD::new(linear.parameters(), lab.lr(0.1));
    let training_epochs = lab.epochs(3);
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
    // ## The three ways, from above
    lab.cell(32);
    let exam = (x_train.i((.., ..1)) - x_train.i((.., ..1)).mean()) / x_train.i((.., ..1)).std();
    let score = (&y_train - y_train.mean()) / y_train.std();
    let dataset = TensorDataset::new(&exam, &score);
    let nb_epochs = lab.epochs(10);
    let mut histories = Vec::new();
    for (name, batch_size) in [("batch", 25), ("mini-batch", 5), ("stochastic", 1)] {
        torch::manual_seed(lab.seed(1));
        let model = nn::Linear::new(1, 1);
        let optimizer = optim::SGD::new(model.parameters(), lab.lr(0.1));
        let dataloader = DataLoader::new(&dataset, batch_size)?.shuffle(true);
        let parameters = model.parameters();
        let (w, b) = (&parameters[0], &parameters[1]);
        let (mut ws, mut bs) = (vec![w.item()], vec![b.item()]);
        let (mut step_costs, mut epoch_costs) = (Vec::new(), Vec::new());
        for _ in 1..=nb_epochs {
            for (x, y) in &dataloader {
                let cost = F::mse_loss(&model.forward(&x), &y);
                optimizer.zero_grad();
                cost.backward();
                optimizer.step();
                ws.push(w.item());
                bs.push(b.item());
                step_costs.push(cost.item());
            }
            epoch_costs.push(torch::no_grad(|| F::mse_loss(&model.forward(&exam), &score)).item());
        }
        println!(
            "{name:<10} Steps {:3} w: {:.6} b: {:.6} Cost: {:.6}",
            step_costs.len(),
            ws[ws.len() - 1],
            bs[bs.len() - 1],
            epoch_costs[epoch_costs.len() - 1]
        );
        histories.push((name, ws, bs, step_costs, epoch_costs));
    }

    lab.cell(33);
    let w = torch::linspace(0.2, 1.4, 61);
    let b = torch::linspace(-0.6, 0.6, 61);
    let error = w.view([1, -1, 1]) * exam.view([1, 1, -1]) + b.view([-1, 1, 1]) - score.view([1, 1, -1]);
    plt::figure().figsize((8., 5.));
    plt::contour(&w, &b, error.pow(2).mean_dim(2)).levels(20).cmap("Greys");
    for i in [2, 1, 0] {
        let (name, ws, bs, _, _) = &histories[i];
        plt::plot(ws, bs).fmt(".-").color(&format!("C{i}")).linewidth(1.).label(name);
    }
    plt::title("From the same start to the least cost");
    plt::xlabel("$w$");
    plt::ylabel("$b$");
    plt::legend();
    plt::show();

    lab.cell(34);
    plt::figure().figsize((10., 4.));
    plt::subplot(1, 2, 1);
    for (name, _, _, step_costs, _) in &histories {
        plt::plot(1..step_costs.len() as i64 + 1, step_costs).label(name);
    }
    plt::title("The cost of the batch, at each step");
    plt::xlabel("step");
    plt::ylabel("cost");
    plt::legend();
    plt::subplot(1, 2, 2);
    for (name, _, _, _, epoch_costs) in &histories {
        plt::plot(1..nb_epochs + 1, epoch_costs).fmt(".-").label(name);
    }
    plt::title("The cost of all rows, after each epoch");
    plt::xlabel("epoch");
    plt::legend();
    plt::tight_layout();
    plt::show();

    // ## What is in a batch
    lab.cell(35);
    let (X, Y) = data_loader.iter().next().context("the loader has no batch")?;
    let count = X.shape()[0].min(16);
    println!("{}", Y.i(..count));
    plt::figure().figsize((6., 6.));
    for i in 0..count {
        plt::subplot(4, 4, i as usize + 1);
        plt::imshow(X.i(i).squeeze()).cmap("gray");
        plt::title(&Y.i(i).item_int().to_string());
        plt::axis("off");
    }
    plt::tight_layout();
    plt::show();
    plt::figure().figsize((10., 1.5));
    plt::imshow(X.i(0).view([1, -1])).aspect("auto").cmap("gray");
    plt::yticks([0; 0]);
    plt::xlabel("pixel");
    plt::show();
    Ok(())
}
