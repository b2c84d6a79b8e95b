//! Lab 8-3: XOR, wide and deep, beside lab8_3_xor_nn_wide_deep.ipynb.
#![allow(non_snake_case, clippy::needless_range_loop)] // X and Y are the notebook's names, and its loops count

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab8_3_xor_nn_wide_deep", "Lab 8-3: XOR, wide and deep", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(777));
    let device = lab.device();

    lab.cell(3);
    let X = torch::FloatTensor([[0, 0], [0, 1], [1, 0], [1, 1]]).to(device);
    let Y = torch::FloatTensor([[0], [1], [1], [0]]).to(device);

    // ## Model
    lab.cell(4);
    let linear1 = nn::Linear::new(2, 10);
    let linear2 = nn::Linear::new(10, 10);
    let linear3 = nn::Linear::new(10, 10);
    let linear4 = nn::Linear::new(10, 1);
    let sigmoid = nn::Sigmoid::new();

    lab.cell(5);
    let model =
        sequential![linear1, sigmoid, linear2, sigmoid, linear3, sigmoid, linear4, sigmoid].to(device);

    lab.cell(6);
    let criterion = nn::BCELoss::new().to(device);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1.));

    // ## Training
    lab.cell(7);
    let nb_epochs = lab.epochs(10000);
    for step in 0..=nb_epochs {
        optimizer.zero_grad();
        let hypothesis = model.forward(&X);
        let cost = criterion.forward(&hypothesis, &Y);
        cost.backward();
        optimizer.step();
        if step % 100 == 0 {
            println!("{step} {}", cost.item());
        }
    }

    lab.cell(8);
    torch::no_grad(|| {
        let hypothesis = model.forward(&X);
        let predicted = hypothesis.gt(0.5).float();
        let accuracy = predicted.eq(&Y).float().mean();
        println!(
            "\nHypothesis:  {} \nCorrect:  {} \nAccuracy:  {}",
            hypothesis.detach().cpu().numpy::<f32>().str(),
            predicted.detach().cpu().numpy::<f32>().str(),
            accuracy.item()
        );
    });

    // ## The border bends
    lab.cell(9);
    torch::manual_seed(lab.seed(777));
    let linear1 = nn::Linear::new(2, 10);
    let linear2 = nn::Linear::new(10, 10);
    let linear3 = nn::Linear::new(10, 10);
    let linear4 = nn::Linear::new(10, 1);
    let model =
        sequential![linear1, sigmoid, linear2, sigmoid, linear3, sigmoid, linear4, sigmoid].to(device);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1.));
    let xs = torch::linspace(-0.5, 1.5, 41);
    let grid = torch::cartesian_prod([&xs, &xs]);
    let levels = [0., 0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 1.];
    let nb_epochs = lab.epochs(10000);
    let pictures = [49, 51, 52, 53, 55, 100].map(|percent| nb_epochs * percent / 100);
    let mut costs = Vec::new();
    let mut gradients = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    plt::figure().figsize((12., 8.));
    for step in 0..=nb_epochs {
        let cost = criterion.forward(&model.forward(&X), &Y);
        costs.push(cost.item());
        if let Some(k) = pictures.iter().position(|&picture| picture == step) {
            let z = torch::no_grad(|| model.forward(&grid.to(device)).cpu().view([41, 41]));
            plt::subplot(2, 3, k + 1);
            plt::contourf(&xs, &xs, z.t()).levels(&levels).cmap("RdBu");
            plt::plot([0, 1], [0, 1]).fmt("ko").markersize(10.);
            plt::plot([0, 1], [1, 0]).fmt("k^").markersize(10.);
            plt::title(&format!("step {step}: cost {:.4}", cost.item()));
        }
        optimizer.zero_grad();
        cost.backward();
        for k in 0..4 {
            let weight = &model.at::<nn::Linear>(2 * k).weight;
            gradients[k].push(weight.grad().context("backward gave no gradient")?.abs().mean().item());
        }
        optimizer.step();
    }
    plt::tight_layout();
    plt::show();

    // ## Why it waits: the gradient by layer
    lab.cell(10);
    plt::figure().figsize((10., 4.));
    plt::subplot(1, 2, 1);
    plt::semilogy(0..costs.len() as i64, &costs);
    plt::xlabel("step");
    plt::ylabel("cost");
    plt::subplot(1, 2, 2);
    for k in 0..4 {
        println!("layer {} first gradient {:.8}", k + 1, gradients[k][0]);
        plt::semilogy(0..gradients[k].len() as i64, &gradients[k]).label(&format!("layer {}", k + 1));
    }
    plt::xlabel("step");
    plt::ylabel("mean size of the gradient");
    plt::legend();
    plt::tight_layout();
    plt::show();
    Ok(())
}
