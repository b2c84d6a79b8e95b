//! Lab 7-1: tips, beside lab7_1_tips.ipynb.

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab7_1_tips", "Lab 7-1: tips", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(1));

    // ## Training and test set
    lab.cell(3);
    let x_train = torch::FloatTensor([
        [1, 2, 1],
        [1, 3, 2],
        [1, 3, 4],
        [1, 5, 5],
        [1, 7, 5],
        [1, 2, 5],
        [1, 6, 6],
        [1, 7, 7],
    ]);
    let y_train = torch::LongTensor([2, 2, 2, 1, 1, 1, 0, 0]);

    lab.cell(4);
    let x_test = torch::FloatTensor([[2, 1, 1], [3, 1, 2], [3, 3, 4]]);
    let y_test = torch::LongTensor([2, 2, 2]);

    lab.cell(5);
    module! {
        struct SoftmaxClassifierModel {
            linear: nn::Linear(3, 3),
        }

        fn forward(&self, x) {
            self.linear.forward(x)
        }
    }

    lab.cell(6);
    let model = SoftmaxClassifierModel::new();

    lab.cell(7);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(0.1));

    lab.cell(8);
    let train =
        |model: &SoftmaxClassifierModel, optimizer: &optim::SGD, x_train: &Tensor, y_train: &Tensor| {
            let nb_epochs = lab.epochs(20);
            for epoch in 0..nb_epochs {
                let prediction = model.forward(x_train);
                let cost = F::cross_entropy(&prediction, y_train);
                optimizer.zero_grad();
                cost.backward();
                optimizer.step();
                println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
            }
        };

    lab.cell(9);
    let test = |model: &SoftmaxClassifierModel, x_test: &Tensor, y_test: &Tensor| {
        let prediction = model.forward(x_test);
        let predicted_classes = &prediction.max_dim(1)[1];
        let correct_count = predicted_classes.eq(y_test).sum().item();
        let cost = F::cross_entropy(&prediction, y_test);
        println!("Accuracy: {}% Cost: {:.6}", correct_count / y_test.size_dim(0) as f64 * 100.0, cost.item());
    };

    lab.cell(10);
    train(&model, &optimizer, &x_train, &y_train);

    lab.cell(11);
    test(&model, &x_test, &y_test);

    // ## A learning rate too high, too low, and about right
    lab.cell(12);
    let model = SoftmaxClassifierModel::new();

    lab.cell(13);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1e5));

    lab.cell(14);
    train(&model, &optimizer, &x_train, &y_train);

    lab.cell(15);
    let model = SoftmaxClassifierModel::new();

    lab.cell(16);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1e-10));

    lab.cell(17);
    train(&model, &optimizer, &x_train, &y_train);

    lab.cell(18);
    let model = SoftmaxClassifierModel::new();

    lab.cell(19);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1e-1));

    lab.cell(20);
    train(&model, &optimizer, &x_train, &y_train);

    // ## Standardising the data
    lab.cell(21);
    let x_train = torch::FloatTensor([[73, 80, 75], [93, 88, 93], [89, 91, 90], [96, 98, 100], [73, 66, 70]]);
    let y_train = torch::FloatTensor([[152], [185], [180], [196], [142]]);

    lab.cell(22);
    let mu = x_train.mean_dim(0);

    lab.cell(23);
    let sigma = x_train.std_dim(0);

    lab.cell(24);
    let norm_x_train = (&x_train - &mu) / &sigma;

    lab.cell(25);
    println!("{}", norm_x_train);

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
    let model = MultivariateLinearRegressionModel::new();

    lab.cell(28);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1e-1));

    lab.cell(29);
    let train = |model: &MultivariateLinearRegressionModel,
                 optimizer: &optim::SGD,
                 x_train: &Tensor,
                 y_train: &Tensor| {
        let nb_epochs = lab.epochs(20);
        for epoch in 0..nb_epochs {
            let prediction = model.forward(x_train);
            let cost = F::mse_loss(&prediction, y_train);
            optimizer.zero_grad();
            cost.backward();
            optimizer.step();
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    };

    lab.cell(30);
    train(&model, &optimizer, &norm_x_train, &y_train);

    // ## Regularisation
    lab.cell(31);
    let train_with_regularization = |model: &MultivariateLinearRegressionModel,
                                     optimizer: &optim::SGD,
                                     x_train: &Tensor,
                                     y_train: &Tensor| {
        let nb_epochs = lab.epochs(20);
        for epoch in 0..nb_epochs {
            let prediction = model.forward(x_train);
            let mut cost = F::mse_loss(&prediction, y_train);
            let mut l2_reg = torch::tensor(0.0); // Python's 0
            for param in model.parameters() {
                l2_reg += torch::norm(param);
            }
            cost += l2_reg;
            optimizer.zero_grad();
            cost.backward();
            optimizer.step();
            println!("Epoch {:4}/{nb_epochs} Cost: {:.6}", epoch + 1, cost.item());
        }
    };

    lab.cell(32);
    let model = MultivariateLinearRegressionModel::new();

    lab.cell(33);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1e-1));

    lab.cell(34);
    train_with_regularization(&model, &optimizer, &norm_x_train, &y_train);

    Ok(())
}
