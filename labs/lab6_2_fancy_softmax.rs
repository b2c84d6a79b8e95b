//! Lab 6-2: softmax classification, with torch.nn.functional, beside lab6_2_fancy_softmax.ipynb.
#![allow(non_snake_case)] // W is the notebook's name

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab6_2_fancy_softmax", "Lab 6-2: softmax classification, with torch.nn.functional", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(1));

    // ## The cross entropy, by hand and with torch.nn.functional
    lab.cell(3);
    let z = torch::rand([3, 5]).requires_grad_();
    let hypothesis = F::softmax(&z, 1);
    let y = torch::randint(0, 5, [3]);
    let y_one_hot = torch::zeros_like(&hypothesis);
    show!(y_one_hot.scatter_(1, &y.unsqueeze(1), 1));

    lab.cell(4);
    show!(torch::log(F::softmax(&z, 1)));

    lab.cell(5);
    show!(F::log_softmax(&z, 1));

    lab.cell(6);
    show!((&y_one_hot * -torch::log(F::softmax(&z, 1))).sum_dim(1).mean());

    lab.cell(7);
    show!(F::nll_loss(&F::log_softmax(&z, 1), &y));

    lab.cell(8);
    show!(F::cross_entropy(&z, &y));

    // ## The animals
    lab.cell(9);
    let xy = np::loadtxt(lab.labelled_csv("data-04-zoo.csv", 17, 7))?;

    lab.cell(10);
    let x_train = torch::FloatTensor(xy.slice(np::s![.., ..-1]));
    let y_train = torch::LongTensor(xy.slice(np::s![.., -1..])).squeeze();

    lab.cell(11);
    println!("{}", x_train.shape());
    println!("{}", x_train.size_dim(0));
    println!("{}", x_train.i(..5));

    lab.cell(12);
    println!("{}", y_train.shape());
    println!("{}", y_train.size_dim(0));
    println!("{}", y_train.i(..5));

    lab.cell(13);
    let nb_classes = 7;
    let y_one_hot = torch::zeros([y_train.size_dim(0), nb_classes]);
    #[expect(unused_variables, reason = "the notebook does not use it either")]
    let y_one_hot = y_one_hot.scatter(1, &y_train.unsqueeze(1), 1);

    // ## Training with F.cross_entropy
    lab.cell(14);
    let W = torch::zeros([16, 7]).requires_grad_();
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
    lab.cell(15);
    module! {
        struct SoftmaxClassifierModel {
            linear: nn::Linear(16, 7),
        }

        fn forward(&self, x) {
            self.linear.forward(x)
        }
    }

    lab.cell(16);
    let model = SoftmaxClassifierModel::new();

    lab.cell(17);
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
    Ok(())
}
