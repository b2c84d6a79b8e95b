//! Lab 9-6: batch normalization, beside lab9_6_mnist_batchnorm.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab9_6_mnist_batchnorm", "Lab 9-6: batch normalization", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(1));
    let device = lab.device();

    // ## Settings
    lab.cell(3);
    let learning_rate = lab.lr(0.01);
    let training_epochs = lab.epochs(3);
    let batch_size = lab.batch_size(32);

    lab.cell(4);
    let mnist_train = MNIST::new(lab.data_dir(), true)?;
    let mnist_test = MNIST::new(lab.data_dir(), false)?;

    lab.cell(5);
    let train_loader = DataLoader::new(mnist_train.clone(), batch_size)?.shuffle(true).drop_last(true);
    // sic: drop_last for the test set, too, a slip of the course's notebook.
    let test_loader = DataLoader::new(mnist_test.clone(), batch_size)?.shuffle(false).drop_last(true);

    // ## Models
    lab.cell(6);
    let linear1 = nn::Linear::new(784, 32);
    let linear2 = nn::Linear::new(32, 32);
    let linear3 = nn::Linear::new(32, 10);
    let relu = nn::ReLU::new();
    let bn1 = nn::BatchNorm1d::new(32);
    let bn2 = nn::BatchNorm1d::new(32);

    let nn_linear1 = nn::Linear::new(784, 32);
    let nn_linear2 = nn::Linear::new(32, 32);
    let nn_linear3 = nn::Linear::new(32, 10);

    lab.cell(7);
    let bn_model = sequential![linear1, bn1, relu, linear2, bn2, relu, linear3].to(device);
    let nn_model = sequential![nn_linear1, relu, nn_linear2, relu, nn_linear3].to(device);

    lab.cell(8);
    let criterion = nn::CrossEntropyLoss::new().to(device);
    let bn_optimizer = optim::Adam::new(bn_model.parameters(), learning_rate);
    let nn_optimizer = optim::Adam::new(nn_model.parameters(), learning_rate);

    // ## Training
    lab.cell(9);
    let (mut train_losses, mut train_accs) = (Vec::new(), Vec::new());
    let (mut valid_losses, mut valid_accs) = (Vec::new(), Vec::new());
    let train_total_batch = train_loader.len() as i64;
    let test_total_batch = test_loader.len() as i64;
    for epoch in 0..training_epochs {
        bn_model.train(true);
        for (X, Y) in lab.progress(&train_loader)? {
            let X = X.view([-1, 28 * 28]).to(device);
            let Y = Y.to(device);

            bn_optimizer.zero_grad();
            let bn_prediction = bn_model.forward(&X);
            let bn_loss = criterion.forward(&bn_prediction, &Y);
            bn_loss.backward();
            bn_optimizer.step();

            nn_optimizer.zero_grad();
            let nn_prediction = nn_model.forward(&X);
            let nn_loss = criterion.forward(&nn_prediction, &Y);
            nn_loss.backward();
            nn_optimizer.step();
        }

        torch::no_grad(|| -> Result<()> {
            bn_model.eval();
            let [mut bn_loss, mut nn_loss, mut bn_acc, mut nn_acc] =
                [(); 4].map(|()| torch::tensor(0.0).to(device)); // Python's 0
            for (X, Y) in lab.progress(&train_loader)? {
                let X = X.view([-1, 28 * 28]).to(device);
                let Y = Y.to(device);
                let bn_prediction = bn_model.forward(&X);
                let bn_correct_prediction = torch::argmax(&bn_prediction, 1).eq(&Y);
                bn_loss += criterion.forward(&bn_prediction, &Y);
                bn_acc += bn_correct_prediction.float().mean();
                let nn_prediction = nn_model.forward(&X);
                let nn_correct_prediction = torch::argmax(&nn_prediction, 1).eq(&Y);
                nn_loss += criterion.forward(&nn_prediction, &Y);
                nn_acc += nn_correct_prediction.float().mean();
            }
            let (bn_loss, nn_loss) = (bn_loss / train_total_batch, nn_loss / train_total_batch);
            let (bn_acc, nn_acc) = (bn_acc / train_total_batch, nn_acc / train_total_batch);
            println!(
                "[Epoch {}-TRAIN] Batchnorm Loss(Acc): bn_loss:{:.5}(bn_acc:{:.2}) vs No Batchnorm Loss(Acc): nn_loss:{:.5}(nn_acc:{:.2})",
                epoch + 1,
                bn_loss.item(),
                bn_acc.item(),
                nn_loss.item(),
                nn_acc.item()
            );
            train_losses.push([bn_loss, nn_loss]);
            train_accs.push([bn_acc, nn_acc]);
            let [mut bn_loss, mut nn_loss, mut bn_acc, mut nn_acc] =
                [(); 4].map(|()| torch::tensor(0.0).to(device)); // Python's 0
            for (X, Y) in lab.progress(&test_loader)? {
                let X = X.view([-1, 28 * 28]).to(device);
                let Y = Y.to(device);
                let bn_prediction = bn_model.forward(&X);
                let bn_correct_prediction = torch::argmax(&bn_prediction, 1).eq(&Y);
                bn_loss += criterion.forward(&bn_prediction, &Y);
                bn_acc += bn_correct_prediction.float().mean();
                let nn_prediction = nn_model.forward(&X);
                let nn_correct_prediction = torch::argmax(&nn_prediction, 1).eq(&Y);
                nn_loss += criterion.forward(&nn_prediction, &Y);
                nn_acc += nn_correct_prediction.float().mean();
            }
            let (bn_loss, nn_loss) = (bn_loss / test_total_batch, nn_loss / test_total_batch);
            let (bn_acc, nn_acc) = (bn_acc / test_total_batch, nn_acc / test_total_batch);
            println!(
                "[Epoch {}-VALID] Batchnorm Loss(Acc): bn_loss:{:.5}(bn_acc:{:.2}) vs No Batchnorm Loss(Acc): nn_loss:{:.5}(nn_acc:{:.2})",
                epoch + 1,
                bn_loss.item(),
                bn_acc.item(),
                nn_loss.item(),
                nn_acc.item()
            );
            valid_losses.push([bn_loss, nn_loss]);
            valid_accs.push([bn_acc, nn_acc]);
            println!("");
            Ok(())
        })?;
    }
    println!("Learning finished");

    // ## The curves
    lab.cell(10);
    let plot_compare = |loss_list: &[[Tensor; 2]], ylim: Option<[f64; 2]>, title: &str| {
        let bn: Vec<Tensor> = loss_list.iter().map(|i| i[0].shallow_clone()).collect();
        let nn: Vec<Tensor> = loss_list.iter().map(|i| i[1].shallow_clone()).collect();
        plt::figure().figsize((15., 10.));
        plt::plot_y(bn).label("With BN");
        plt::plot_y(nn).label("Without BN");
        if let Some([bottom, top]) = ylim {
            plt::ylim(bottom, top);
        }
        plt::title(title);
        plt::legend();
        plt::grid(true);
        plt::show();
    };

    lab.cell(11);
    plot_compare(&train_losses, None, "Training Loss at Epoch");
    plot_compare(&train_accs, Some([0., 1.]), "Training Acc at Epoch");
    plot_compare(&valid_losses, None, "Validation Loss at Epoch");
    plot_compare(&valid_accs, Some([0., 1.]), "Validation Acc at Epoch");

    // ## What it does
    lab.cell(12);
    let (before, behind) = torch::no_grad(|| {
        let X = mnist_train.data.i(..1000).view([-1, 28 * 28]).float().to(device) / 255;
        let before = bn_model[0].forward(&X).cpu();
        bn_model.train(true);
        let behind = bn_model[1].forward(&bn_model[0].forward(&X)).cpu();
        bn_model.eval();
        (before, behind)
    });
    for (name, z) in [("before", &before), ("behind", &behind)] {
        let spread = z.std_dim(0);
        println!(
            "{name} mean: {:.4} std: {:.4} of a unit: {:.4} to {:.4}",
            z.mean().item(),
            z.std().item(),
            spread.min().item(),
            spread.max().item()
        );
    }
    plt::figure().figsize((10., 4.));
    plt::subplot(1, 2, 1);
    plt::hist(before.double().view([-1])).bins(50);
    plt::title("before");
    plt::subplot(1, 2, 2);
    plt::hist(behind.double().view([-1])).bins(50);
    plt::title("behind");
    plt::tight_layout();
    plt::show();
    Ok(())
}
