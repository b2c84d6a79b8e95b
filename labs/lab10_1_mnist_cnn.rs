//! Lab 10-1: a convolutional network on MNIST, beside lab10_1_mnist_cnn.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab10_1_mnist_cnn", "Lab 10-1: a convolutional network", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(777));
    let device = lab.device();

    // ## Settings
    lab.cell(3);
    let learning_rate = lab.lr(0.001);
    let training_epochs = lab.epochs(2);
    let batch_size = lab.batch_size(100);

    lab.cell(4);
    let mnist_train = MNIST::new(lab.data_dir(), true)?;
    let mnist_test = MNIST::new(lab.data_dir(), false)?;

    lab.cell(5);
    let data_loader = DataLoader::new(mnist_train.clone(), batch_size)?.shuffle(true).drop_last(true);

    // ## Model
    lab.cell(6);
    module! {
        struct CNN {
            layer1: nn::Sequential = sequential![
                nn::Conv2d::new(1, 32, 3).stride(1).padding(1),
                nn::ReLU::new(),
                nn::MaxPool2d::new(2).stride(2)
            ],
            layer2: nn::Sequential = sequential![
                nn::Conv2d::new(32, 64, 3).stride(1).padding(1),
                nn::ReLU::new(),
                nn::MaxPool2d::new(2).stride(2)
            ],
            fc: nn::Linear(7 * 7 * 64, 10).bias(true),
            nn::init::xavier_uniform_(&fc.weight);
        }

        fn forward(&self, x) {
            let out = self.layer1.forward(x);
            let out = self.layer2.forward(&out);
            let out = out.view([out.size_dim(0), -1]);
            self.fc.forward(&out)
        }
    }

    lab.cell(7);
    let model = CNN::new().to(device);
    show!(model);

    // ## Shapes
    lab.cell(8);
    let value = torch::zeros([1, 1, 28, 28]).to(device);
    println!("{}", model.layer1.at::<nn::Conv2d>(0).forward(&value).shape());
    println!("{}", model.layer1.forward(&value).shape());
    println!("{}", model.layer2.forward(&model.layer1.forward(&value)).shape());
    println!("{}", model.forward(&value).shape());

    lab.cell(9);
    let criterion = nn::CrossEntropyLoss::new().to(device);
    let optimizer = optim::Adam::new(model.parameters(), learning_rate);
    let filters_before = model.layer1.at::<nn::Conv2d>(0).weight.detach().clone();

    // ## Training
    lab.cell(10);
    let total_batch = data_loader.len() as i64;
    println!("Learning started.");
    for epoch in 0..training_epochs {
        let mut avg_cost = torch::tensor(0.0).to(device); // Python's 0
        for (X, Y) in lab.progress(&data_loader)? {
            let X = X.to(device);
            let Y = Y.to(device);
            optimizer.zero_grad();
            let hypothesis = model.forward(&X);
            let cost = criterion.forward(&hypothesis, &Y);
            cost.backward();
            optimizer.step();
            avg_cost += cost / total_batch;
        }
        println!("[Epoch: {:>4}] cost = {:>#.9}", epoch + 1, avg_cost);
    }
    println!("Learning finished.");

    // ## Test
    lab.cell(11);
    let (X_test, Y_test) = torch::no_grad(|| {
        // sic: not divided by 255 as the training images were, a slip of the course's notebook.
        let X_test = mnist_test.data.view([mnist_test.len() as i64, 1, 28, 28]).float().to(device);
        let Y_test = mnist_test.targets.to(device);
        let prediction = model.forward(&X_test);
        let correct_prediction = torch::argmax(&prediction, 1).eq(&Y_test);
        let accuracy = correct_prediction.float().mean();
        println!("Accuracy: {}", accuracy.item());
        (X_test, Y_test)
    });

    // ## The 32 windows
    lab.cell(12);
    let filters_after = model.layer1.at::<nn::Conv2d>(0).weight.detach();
    plt::figure().figsize((9., 3.));
    for (i, filters) in [filters_before, filters_after].into_iter().enumerate() {
        let with_gaps = F::pad(&filters.cpu(), [1, 1, 1, 1], "constant", Some(0.));
        let grid = with_gaps.view([4, 8, 5, 5]).permute([0, 2, 1, 3]).reshape([20, 40]);
        plt::subplot(1, 2, i + 1);
        plt::imshow(grid).cmap("RdBu").vmin(-0.6).vmax(0.6).interpolation("nearest");
        plt::title(["before", "after"][i]);
        plt::axis("off");
    }
    plt::show();

    // ## One digit through the layers
    lab.cell(13);
    let (convolved, positive, pooled) = torch::no_grad(|| {
        let image = X_test.i(0..1) / 255;
        let convolved = model.layer1.at::<nn::Conv2d>(0).forward(&image);
        let positive = model.layer1.at::<nn::ReLU>(1).forward(&convolved);
        let pooled = model.layer1.at::<nn::MaxPool2d>(2).forward(&positive);
        (convolved, positive, pooled)
    });
    plt::figure().figsize((8., 3.5));
    for (i, maps) in [convolved, positive, pooled].into_iter().enumerate() {
        let strip = maps.i((0, ..8)).permute([1, 0, 2]).reshape([maps.size_dim(2), -1]).cpu();
        plt::subplot(3, 1, i + 1);
        plt::imshow(strip).cmap("gray").interpolation("nearest");
        plt::title(["convolution", "ReLU", "pooling"][i]);
        plt::axis("off");
    }
    plt::tight_layout();
    plt::show();

    // ## A digit that is not in the middle
    lab.cell(14);
    torch::no_grad(|| {
        let images = X_test.i(..1000) / 255;
        let labels = Y_test.i(..1000);
        for shift in (0..9).step_by(2) {
            let shifted = F::pad(&images, [shift, 0], "constant", None).i((.., .., .., ..28));
            let accuracy = torch::argmax(&model.forward(&shifted), 1).eq(&labels).float().mean();
            println!("shift: {} accuracy: {:.2}", shift, accuracy.item());
        }
    });
    Ok(())
}
