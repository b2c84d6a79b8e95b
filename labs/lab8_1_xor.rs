//! Lab 8-1: XOR by one layer, beside lab8_1_xor.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main_on_device("lab8_1_xor", "Lab 8-1: XOR by one layer", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(777));
    let device = lab.device();

    // ## Data
    lab.cell(3);
    let X = torch::FloatTensor([[0, 0], [0, 1], [1, 0], [1, 1]]).to(device);
    let Y = torch::FloatTensor([[0], [1], [1], [0]]).to(device);

    // ## Model, cost, optimizer
    lab.cell(4);
    let linear = nn::Linear::new(2, 1);
    let sigmoid = nn::Sigmoid::new();

    lab.cell(5);
    let model = sequential![linear, sigmoid].to(device);

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

    // ## What it has learned
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

    // ## No line will do
    lab.cell(9);
    let gates = [("AND", [0, 0, 0, 1]), ("OR", [0, 1, 1, 1]), ("XOR", [0, 1, 1, 0])];
    let corners = [(0, 0), (0, 1), (1, 0), (1, 1)];
    for (name, labels) in gates {
        let mut best = 0;
        for w1 in -4..5 {
            for w2 in -4..5 {
                for b in -8..9 {
                    let mut right = 0;
                    for ((x1, x2), label) in corners.into_iter().zip(labels) {
                        if (w1 * x1 + w2 * x2 + b > 0) == (label == 1) {
                            right += 1;
                        }
                    }
                    best = best.max(right);
                }
            }
        }
        println!("{name}: the best of {} lines gets {best} of 4", 9 * 9 * 17);
    }

    // ## The lines
    lab.cell(10);
    let xs = torch::linspace(-0.5, 1.5, 41);
    let grid = torch::cartesian_prod([&xs, &xs]);
    let levels = [0., 0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 1.];
    let nb_epochs = lab.epochs(1000);
    plt::figure().figsize((12., 4.));
    for (i, (name, labels)) in gates.into_iter().enumerate() {
        let Y = torch::FloatTensor(labels).view([-1, 1]).to(device);
        torch::manual_seed(lab.seed(777));
        let linear = nn::Linear::new(2, 1);
        let model = sequential![linear, sigmoid].to(device);
        let optimizer = optim::SGD::new(model.parameters(), lab.lr(1.));
        let mut cost = torch::tensor(f64::NAN);
        for _ in 0..nb_epochs {
            cost = criterion.forward(&model.forward(&X), &Y);
            optimizer.zero_grad();
            cost.backward();
            optimizer.step();
        }
        let (right, z) = torch::no_grad(|| {
            let right = model.forward(&X).gt(0.5).float().eq(&Y).sum();
            (right, model.forward(&grid.to(device)).cpu().view([41, 41]))
        });
        println!("{name} Cost: {:.6} Right: {} of 4", cost.item(), right.item_int());
        plt::subplot(1, 3, i + 1);
        plt::contourf(&xs, &xs, z.t()).levels(&levels).cmap("RdBu");
        for ((x1, x2), label) in corners.into_iter().zip(labels) {
            plt::plot([x1], [x2]).fmt(if label == 1 { "k^" } else { "ko" }).markersize(10.);
        }
        plt::title(&format!("{name}: cost {:.4}", cost.item()));
        plt::xlabel("$x_1$");
        plt::ylabel("$x_2$");
    }
    plt::tight_layout();
    plt::show();
    Ok(())
}
