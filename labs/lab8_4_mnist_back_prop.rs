//! Lab 8-4: back propagation by hand, beside lab8_4_mnist_back_prop.ipynb.
#![allow(non_snake_case, clippy::assign_op_pattern)] // X and Y as in the notebook; w1 = w1 - .. is a new tensor, w1 -= .. is not

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab8_4_mnist_back_prop", "Lab 8-4: back propagation by hand", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(777));
    let device = lab.device();

    lab.cell(3);
    let learning_rate = lab.lr(0.5);
    let batch_size = lab.batch_size(10);

    // ## Data
    lab.cell(4);
    let mnist_train = MNIST::new(lab.data_dir(), true)?;
    let mnist_test = MNIST::new(lab.data_dir(), false)?;

    lab.cell(5);
    let data_loader = DataLoader::new(mnist_train, batch_size)?.shuffle(true).drop_last(true);

    // ## Parameters
    lab.cell(6);
    let mut w1 = nn::Parameter(torch::empty([784, 30])).to(device);
    let mut b1 = nn::Parameter(torch::empty([30])).to(device);
    let mut w2 = nn::Parameter(torch::empty([30, 10])).to(device);
    let mut b2 = nn::Parameter(torch::empty([10])).to(device);

    lab.cell(7);
    nn::init::normal_(&w1, 0., 1.);
    nn::init::normal_(&b1, 0., 1.);
    nn::init::normal_(&w2, 0., 1.);
    show!(nn::init::normal_(&b2, 0., 1.));

    // ## The sigmoid and its slope
    lab.cell(8);
    fn sigmoid(x: &Tensor) -> Tensor {
        1.0 / (1.0 + torch::exp(-x))
    }

    lab.cell(9);
    fn sigmoid_prime(x: &Tensor) -> Tensor {
        sigmoid(x) * (1 - sigmoid(x))
    }

    // ## Training
    lab.cell(10);
    let X_test = mnist_test.data.view([-1, 28 * 28]).float().to(device).i(..1000); // sic: not divided by 255
    let Y_test = mnist_test.targets.to(device).i(..1000);
    let mut i = 0;
    while i != 10000 {
        for (X, Y) in lab.progress(&data_loader)? {
            i += 1;

            // forward
            let X = X.view([-1, 28 * 28]).to(device);
            let Y = torch::zeros([batch_size as i64, 10]).scatter_(1, &Y.unsqueeze(1), 1).to(device);
            let l1 = torch::add(torch::matmul(&X, &w1), &b1);
            let a1 = sigmoid(&l1);
            let l2 = torch::add(torch::matmul(&a1, &w2), &b2);
            let y_pred = sigmoid(&l2);
            let diff = y_pred - Y;

            // backward
            let d_l2 = diff * sigmoid_prime(&l2);
            let d_b2 = &d_l2;
            let d_w2 = torch::matmul(torch::transpose(&a1, 0, 1), &d_l2);
            let d_a1 = torch::matmul(&d_l2, &torch::transpose(&w2, 0, 1));
            let d_l1 = d_a1 * sigmoid_prime(&l1);
            let d_b1 = &d_l1;
            let d_w1 = torch::matmul(torch::transpose(&X, 0, 1), &d_l1);

            // sic: the mean over the batch for the biases, the sum for the weights
            w1 = w1 - learning_rate * d_w1;
            b1 = b1 - learning_rate * torch::mean_dim(d_b1, 0);
            w2 = w2 - learning_rate * d_w2;
            b2 = b2 - learning_rate * torch::mean_dim(d_b2, 0);

            if i % 1000 == 0 {
                let l1 = torch::add(torch::matmul(&X_test, &w1), &b1);
                let a1 = sigmoid(&l1);
                let l2 = torch::add(torch::matmul(&a1, &w2), &b2);
                let y_pred = sigmoid(&l2);
                let acct_mat = torch::argmax(&y_pred, 1).eq(&Y_test);
                let acct_res = acct_mat.sum();
                println!("{}", acct_res.item_int());
            }
            if i == 10000 {
                break;
            }
        }
    }

    // ## The same by backward
    lab.cell(11);
    let (X, Y) = data_loader.iter().next().context("the loader has no batch")?;
    let X = X.view([-1, 28 * 28]).double().to(device);
    let Y = torch::zeros([batch_size as i64, 10]).scatter_(1, &Y.unsqueeze(1), 1).double().to(device);
    let w1 = w1.detach().double().requires_grad_();
    let b1 = b1.detach().double().requires_grad_();
    let w2 = w2.detach().double().requires_grad_();
    let b2 = b2.detach().double().requires_grad_();
    let l1 = torch::add(torch::matmul(&X, &w1), &b1);
    let a1 = sigmoid(&l1);
    let l2 = torch::add(torch::matmul(&a1, &w2), &b2);
    let y_pred = sigmoid(&l2);
    let diff = y_pred - Y;
    let d_l2 = &diff * sigmoid_prime(&l2);
    let d_w2 = torch::matmul(torch::transpose(&a1, 0, 1), &d_l2);
    let d_a1 = torch::matmul(&d_l2, &torch::transpose(&w2, 0, 1));
    let d_l1 = d_a1 * sigmoid_prime(&l1);
    let d_w1 = torch::matmul(torch::transpose(&X, 0, 1), &d_l1);
    let cost = diff.pow(2).sum() / 2;
    cost.backward();
    let grad =
        |parameter: &Tensor| -> Result<Tensor> { parameter.grad().context("backward gave no gradient") };
    println!("w1 {}", torch::allclose(&d_w1, &grad(&w1)?).str());
    println!("b1 {}", torch::allclose(&d_l1.sum_dim(0), &grad(&b1)?).str());
    println!("w2 {}", torch::allclose(&d_w2, &grad(&w2)?).str());
    println!("b2 {}", torch::allclose(&d_l2.sum_dim(0), &grad(&b2)?).str());

    // ## Little of it comes back
    lab.cell(12);
    let x = torch::linspace(-6., 6., 121);
    for value in [0., 2., 4., 6.] {
        let t = torch::tensor(value);
        println!("x: {value:.0} sigmoid: {:.4} slope: {:.4}", sigmoid(&t).item(), sigmoid_prime(&t).item());
    }
    plt::plot(&x, sigmoid(&x)).label("sigmoid");
    plt::plot(&x, sigmoid_prime(&x)).label("its slope");
    plt::axhline(0.25).color("gray").linestyle(":");
    plt::xlabel("$x$");
    plt::legend();
    plt::show();
    Ok(())
}
