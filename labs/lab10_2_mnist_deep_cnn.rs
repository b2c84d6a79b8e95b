//! Lab 10-2: a deep convolutional network on MNIST, beside lab10_2_mnist_deep_cnn.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab10_2_mnist_deep_cnn", "Lab 10-2: a deep convolutional network", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(777));
    let device = lab.device();

    // ## Settings
    lab.cell(3);
    let learning_rate = lab.lr(0.001);
    let training_epochs = lab.epochs(1);
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
            keep_prob: f64 = 0.5,
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
            layer3: nn::Sequential = sequential![
                nn::Conv2d::new(64, 128, 3).stride(1).padding(1),
                nn::ReLU::new(),
                nn::MaxPool2d::new(2).stride(2).padding(1)
            ],
            fc1: Rc<nn::Linear> = Rc::new(nn::Linear::new(4 * 4 * 128, 625).bias(true)),
            nn::init::xavier_uniform_(&fc1.weight);
            layer4: nn::Sequential = sequential![
                &fc1,
                nn::ReLU::new(),
                nn::Dropout::new(1.0 - keep_prob)
            ],
            fc2: nn::Linear(625, 10).bias(true),
            nn::init::xavier_uniform_(&fc2.weight);
        }

        fn forward(&self, x) {
            let out = self.layer1.forward(x);
            let out = self.layer2.forward(&out);
            let out = self.layer3.forward(&out);
            let out = out.view([out.size_dim(0), -1]);
            let out = self.layer4.forward(&out);
            self.fc2.forward(&out)
        }
    }

    lab.cell(7);
    let model = CNN::new().to(device);
    show!(model);

    // ## A layer under two names
    lab.cell(8);
    let weights = |names: Vec<String>| -> Vec<String> {
        names.into_iter().filter(|name| name.ends_with("weight")).collect()
    };
    println!("{}", weights(model.state_dict().into_iter().map(|(name, _)| name).collect()).repr());
    println!("{}", weights(model.named_parameters().into_iter().map(|(name, _)| name).collect()).repr());
    println!("{}", model.parameters().iter().map(|p| p.numel()).sum::<usize>());

    lab.cell(9);
    let criterion = nn::CrossEntropyLoss::new().to(device);
    let optimizer = optim::Adam::new(model.parameters(), learning_rate);

    // ## Training
    lab.cell(10);
    let total_batch = data_loader.len() as i64;
    model.train(true);
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
    let (X_test, Y_test, correct_prediction) = torch::no_grad(|| {
        model.eval();
        // sic: not divided by 255 as the training images were, a slip of the course's notebook.
        let X_test = mnist_test.data.view([mnist_test.len() as i64, 1, 28, 28]).float().to(device);
        let Y_test = mnist_test.targets.to(device);
        let prediction = model.forward(&X_test);
        let correct_prediction = torch::argmax(&prediction, 1).eq(&Y_test);
        let accuracy = correct_prediction.float().mean();
        println!("Accuracy: {}", accuracy.item());
        (X_test, Y_test, correct_prediction)
    });

    // ## Digit by digit
    lab.cell(12);
    let accuracies: Vec<Float> =
        (0..10).map(|digit| correct_prediction.i(&Y_test.eq(digit)).float().mean().item()).collect();
    plt::bar(0..10, accuracies);
    plt::xticks(0..10);
    plt::ylim(0.9, 1.);
    plt::xlabel("digit");
    plt::ylabel("accuracy");
    plt::show();

    // ## Dropout left on
    lab.cell(13);
    torch::no_grad(|| {
        let images = X_test.i(..1000) / 255;
        let labels = Y_test.i(..1000);
        for training in [true, true, true, false] {
            model.train(training);
            let accuracy = torch::argmax(&model.forward(&images), 1).eq(&labels).float().mean();
            println!("training: {} accuracy: {:.2}", training.repr(), accuracy.item());
        }
    });
    Ok(())
}
