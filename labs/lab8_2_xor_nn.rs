//! Lab 8-2: XOR by a network, beside lab8_2_xor_nn.ipynb.
#![allow(non_snake_case)] // X, Y and W are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab8_2_xor_nn", "Lab 8-2: XOR by a network", run)
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
    let linear1 = nn::Linear::new(2, 2);
    let linear2 = nn::Linear::new(2, 1);
    let sigmoid = nn::Sigmoid::new();

    lab.cell(5);
    let model = sequential![linear1, sigmoid, linear2, sigmoid].to(device);

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
    let linear1 = nn::Linear::new(2, 2);
    let linear2 = nn::Linear::new(2, 1);
    let model = sequential![linear1, sigmoid, linear2, sigmoid].to(device);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1.));
    let xs = torch::linspace(-0.5, 1.5, 41);
    let grid = torch::cartesian_prod([&xs, &xs]);
    let levels = [0., 0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 1.];
    let nb_epochs = lab.epochs(10000);
    let pictures = [20, 21, 22, 23, 30, 100].map(|percent| nb_epochs * percent / 100);
    let mut costs = Vec::new();
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
        optimizer.step();
    }
    plt::tight_layout();
    plt::show();

    // ## The cost
    lab.cell(10);
    plt::semilogy(0..costs.len() as i64, &costs);
    plt::axhline(2_f64.ln()).color("gray").linestyle(":");
    plt::xlabel("step");
    plt::ylabel("cost");
    plt::show();

    // ## The four points as the hidden layer sees them
    lab.cell(11);
    let hidden = torch::no_grad(|| torch::sigmoid(model[0].forward(&X)).cpu());
    let [W, b] = [0, 1].map(|k| model[2].parameters()[k].detach().cpu());
    for (i, (x1, x2)) in [(0, 0), (0, 1), (1, 0), (1, 1)].into_iter().enumerate() {
        let (h1, h2) = (hidden.i((i as i64, 0)).item(), hidden.i((i as i64, 1)).item());
        println!("({x1}, {x2}) -> ({:.4}, {:.4})", h1, h2);
        plt::plot([h1], [h2]).fmt(if x1 != x2 { "k^" } else { "ko" }).markersize(10.);
        plt::text(h1 + 0.03, h2 + 0.03, &format!("({x1}, {x2})"));
    }
    let ends = torch::linspace(-0.1, 1.1, 2);
    plt::plot(&ends, -(W.i((0, 0)) * &ends + b.i(0)) / W.i((0, 1))).label("second layer");
    plt::xlim(-0.1, 1.1);
    plt::ylim(-0.1, 1.1);
    plt::xlabel("$h_1$");
    plt::ylabel("$h_2$");
    plt::legend();
    plt::show();

    // ## How many hidden units?
    lab.cell(12);
    let nb_epochs = lab.epochs(3000);
    for units in [1, 2, 3, 4, 8] {
        torch::manual_seed(lab.seed(777));
        let model =
            sequential![nn::Linear::new(2, units), sigmoid, nn::Linear::new(units, 1), sigmoid].to(device);
        let optimizer = optim::SGD::new(model.parameters(), lab.lr(1.));
        let mut cost = torch::tensor(f64::NAN);
        for _ in 0..=nb_epochs {
            cost = criterion.forward(&model.forward(&X), &Y);
            optimizer.zero_grad();
            cost.backward();
            optimizer.step();
        }
        let (right, z) = torch::no_grad(|| {
            let right = model.forward(&X).gt(0.5).float().eq(&Y).sum();
            (right, model.forward(&grid.to(device)).cpu().view([41, 41]))
        });
        println!("Hidden units: {units} Cost: {:.6} Right: {} of 4", cost.item(), right.item_int());
        plt::figure().figsize((5., 5.));
        plt::contourf(&xs, &xs, z.t()).levels(&levels).cmap("RdBu");
        plt::plot([0, 1], [0, 1]).fmt("ko").markersize(10.);
        plt::plot([0, 1], [1, 0]).fmt("k^").markersize(10.);
        plt::title(&format!("hidden units: {units}"));
        plt::xlabel("$x_1$");
        plt::ylabel("$x_2$");
        plt::show();
    }
    Ok(())
}
