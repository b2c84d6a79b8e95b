//! Lab 5: logistic regression, beside lab5_logistic.ipynb.
#![allow(non_snake_case)] // W is the notebook's name

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab5_logistic", "Lab 5: logistic regression", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(1));

    // ## Six samples of two features
    lab.cell(3);
    let x_data = [[1, 2], [2, 3], [3, 1], [4, 3], [5, 3], [6, 2]];
    let y_data = [[0], [0], [0], [1], [1], [1]];

    lab.cell(4);
    let x_train = torch::FloatTensor(x_data);
    let y_train = torch::FloatTensor(y_data);

    lab.cell(5);
    println!("{}", x_train.shape());
    println!("{}", y_train.shape());

    // ## The hypothesis, by hand and with sigmoid
    lab.cell(6);
    println!("e^1 equals:  {}", torch::exp(torch::FloatTensor([1])));

    lab.cell(7);
    let W = torch::zeros([2, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();

    lab.cell(8);
    let hypothesis = 1 / (1 + torch::exp(-(x_train.matmul(&W) + &b)));

    lab.cell(9);
    println!("{}", hypothesis);
    println!("{}", hypothesis.shape());

    lab.cell(10);
    println!("1/(1+e^{{-1}}) equals:  {}", torch::sigmoid(torch::FloatTensor([1])));

    lab.cell(11);
    let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);

    lab.cell(12);
    println!("{}", hypothesis);
    println!("{}", hypothesis.shape());

    // ## The cost, by hand and with binary_cross_entropy
    lab.cell(13);
    println!("{}", hypothesis);
    println!("{}", y_train);

    lab.cell(14);
    show!(
        -(y_train.i(0) * torch::log(hypothesis.i(0)) + (1 - y_train.i(0)) * torch::log(1 - hypothesis.i(0)))
    );

    lab.cell(15);
    let losses = -(&y_train * torch::log(&hypothesis) + (1 - &y_train) * torch::log(1 - &hypothesis));
    println!("{}", losses);

    lab.cell(16);
    let cost = losses.mean();
    println!("{}", cost);

    lab.cell(17);
    show!(F::binary_cross_entropy(&hypothesis, &y_train));

    // ## Training, with the cost by hand
    lab.cell(18);
    let x_data = [[1, 2], [2, 3], [3, 1], [4, 3], [5, 3], [6, 2]];
    let y_data = [[0], [0], [0], [1], [1], [1]];
    let x_train = torch::FloatTensor(x_data);
    let y_train = torch::FloatTensor(y_data);

    lab.cell(19);
    let W = torch::zeros([2, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(1.0));
    let nb_epochs = lab.epochs(1000);
    for epoch in 0..=nb_epochs {
        let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);
        let cost =
            -(&y_train * torch::log(&hypothesis) + (1 - &y_train) * torch::log(1 - &hypothesis)).mean();
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 100 == 0 {
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    }

    // ## Training with binary_cross_entropy
    lab.cell(20);
    let W = torch::zeros([2, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(1.0));
    let nb_epochs = lab.epochs(1000);
    for epoch in 0..=nb_epochs {
        let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);
        let cost = F::binary_cross_entropy(&hypothesis, &y_train);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 100 == 0 {
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    }

    // ## Real data: who has diabetes
    // In[21] imports NumPy.
    lab.cell(22);
    let xy = np::loadtxt(lab.labelled_csv("data-03-diabetes.csv", 9, 2))?;
    let x_data = xy.slice(np::s![.., ..-1]);
    let y_data = xy.slice(np::s![.., -1..]);
    let x_train = torch::FloatTensor(&x_data);
    let y_train = torch::FloatTensor(&y_data);

    lab.cell(23);
    println!("{}", x_train.i(..5));
    println!("{}", y_train.i(..5));

    lab.cell(24);
    let W = torch::zeros([8, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(1.0));
    let nb_epochs = lab.epochs(100);
    for epoch in 0..=nb_epochs {
        let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);
        let cost =
            -(&y_train * torch::log(&hypothesis) + (1 - &y_train) * torch::log(1 - &hypothesis)).mean();
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 10 == 0 {
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    }

    lab.cell(25);
    let W = torch::zeros([8, 1]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&W, &b], lab.lr(1.0));
    let nb_epochs = lab.epochs(100);
    for epoch in 0..=nb_epochs {
        let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);
        let cost = F::binary_cross_entropy(&hypothesis, &y_train);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 10 == 0 {
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6}", cost.item());
        }
    }

    // ## How good is it
    lab.cell(26);
    let hypothesis = torch::sigmoid(x_train.matmul(&W) + &b);
    println!("{}", hypothesis.i(..5));

    lab.cell(27);
    let prediction = hypothesis.ge(0.5);
    println!("{}", prediction.i(..5));

    lab.cell(28);
    println!("{}", prediction.i(..5));
    println!("{}", y_train.i(..5));

    lab.cell(29);
    let correct_prediction = prediction.float().eq(&y_train);
    println!("{}", correct_prediction.i(..5));

    lab.cell(30);
    let accuracy = correct_prediction.float().mean().item();
    println!("The model has an accuracy of {:2.2}% for the training set.", accuracy * 100);

    // ## The model as a module
    lab.cell(31);
    module! {
        struct BinaryClassifier {
            linear: nn::Linear(8, 1),
            sigmoid: nn::Sigmoid(),
        }

        fn forward(&self, x) {
            self.sigmoid.forward(&self.linear.forward(x))
        }
    }

    lab.cell(32);
    let model = BinaryClassifier::new();

    lab.cell(33);
    let optimizer = optim::SGD::new(model.parameters(), lab.lr(1.0));
    let nb_epochs = lab.epochs(100);
    for epoch in 0..=nb_epochs {
        let hypothesis = model.forward(&x_train);
        let cost = F::binary_cross_entropy(&hypothesis, &y_train);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 10 == 0 {
            let prediction = hypothesis.ge(0.5);
            let correct_prediction = prediction.float().eq(&y_train);
            let accuracy = correct_prediction.float().mean().item();
            println!("Epoch {epoch:4}/{nb_epochs} Cost: {:.6} Accuracy {:2.2}%", cost.item(), accuracy * 100);
        }
    }

    // ## Threshold
    lab.cell(34);
    let hypothesis = torch::no_grad(|| model.forward(&x_train));
    let positive = y_train.eq(1);
    for threshold in [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] {
        let prediction = hypothesis.ge(threshold);
        let accuracy = prediction.eq(&positive).float().mean().item() * 100;
        let positives = prediction.sum().item_int();
        let tp = (&prediction & &positive).sum().item();
        let precision = if positives != 0 { tp / positives as f64 } else { Float(f64::NAN) };
        let recall = tp / positive.sum().item();
        println!(
            "threshold {threshold:.1} positives {positives:3} accuracy {accuracy:.2}% precision {precision:.3} recall {recall:.3}"
        );
    }
    // ## Why not a straight line
    lab.cell(35);
    fn accuracy_of(score: &Tensor, y: &Tensor) -> Float {
        score.ge(0.5).float().eq(y).float().mean().item() * 100
    }
    let nb_epochs = lab.epochs(1000);
    plt::figure().figsize((10., 4.));
    for (i, hours) in [vec![1, 2, 3, 4, 5, 6, 7, 8], vec![1, 2, 3, 4, 5, 6, 7, 8, 30]].into_iter().enumerate()
    {
        let x = torch::FloatTensor(&hours);
        let y = x.gt(4.5).float();
        let slope = ((&x - x.mean()) * (&y - y.mean())).sum() / (&x - x.mean()).pow(2).sum();
        let level = y.mean() - &slope * x.mean();
        let W = torch::zeros([1]).requires_grad_();
        let b = torch::zeros([1]).requires_grad_();
        let optimizer = optim::SGD::new([&W, &b], lab.lr(0.1));
        for _ in 0..nb_epochs {
            let cost = F::binary_cross_entropy(&torch::sigmoid(&x * &W + &b), &y);
            optimizer.zero_grad();
            cost.backward();
            optimizer.step();
        }
        torch::no_grad(|| {
            let line_crosses = ((0.5 - &level) / &slope).item();
            let sigmoid_crosses = (-&b / &W).item();
            let line_accuracy = accuracy_of(&(&slope * &x + &level), &y);
            let sigmoid_accuracy = accuracy_of(&torch::sigmoid(&x * &W + &b), &y);
            println!("{} students", hours.len());
            println!("line    crosses 0.5 at {:.4} Accuracy {:.2}%", line_crosses, line_accuracy);
            println!("sigmoid crosses 0.5 at {:.4} Accuracy {:.2}%", sigmoid_crosses, sigmoid_accuracy);
            let xs = torch::linspace(0., 31., 311);
            plt::subplot(1, 2, i + 1);
            plt::scatter(&x, &y).c("k").label("students");
            plt::plot(&xs, &slope * &xs + &level).label("line");
            plt::plot(&xs, torch::sigmoid(&xs * &W + &b)).label("sigmoid");
            plt::axhline(0.5).color("gray").linestyle(":");
            plt::axvline(line_crosses).color("C0").linestyle("--");
            plt::axvline(sigmoid_crosses).color("C1").linestyle("--");
            plt::ylim(-0.2, 1.4);
            plt::title(&format!("{} students", hours.len()));
            plt::xlabel("hours");
            plt::legend().loc("lower right");
        });
    }
    plt::tight_layout();
    plt::show();

    // ## The sigmoid and its thresholds
    lab.cell(36);
    let z = torch::linspace(-6., 6., 121);
    plt::plot(&z, torch::sigmoid(&z));
    for threshold in [0.3, 0.5, 0.7] {
        let score = torch::log(torch::tensor(threshold / (1. - threshold))).item();
        println!("threshold {threshold:.1} score {:.4}", score);
        plt::plot([Float(-6.), score, score], [threshold, threshold, 0.])
            .fmt("--")
            .label(&format!("threshold {threshold:.1}"));
    }
    plt::title("The sigmoid");
    plt::xlabel("score");
    plt::ylabel("probability");
    plt::legend();
    plt::show();

    // ## Two costs of one weight
    lab.cell(37);
    let x = torch::FloatTensor([0.2, 0.5, 0.5, 0.5, 10.]);
    let y = torch::FloatTensor([0, 1, 1, 1, 0]);
    let Ws = torch::linspace(-10., 10., 401);
    let (mut squared_errors, mut cross_entropies) = (Vec::new(), Vec::new());
    for k in 0..401 {
        let W = Ws.i(k);
        let hypothesis = torch::sigmoid(&W * &x);
        squared_errors.push(F::mse_loss(&hypothesis, &y).item());
        cross_entropies.push(F::binary_cross_entropy_with_logits(&(&W * &x), &y).item());
    }
    plt::figure().figsize((10., 4.));
    for (i, (name, costs)) in
        [("squared error", squared_errors), ("cross entropy", cross_entropies)].iter().enumerate()
    {
        let minima: Vec<usize> =
            (1..400).filter(|&k| costs[k] < costs[k - 1] && costs[k] < costs[k + 1]).collect();
        println!("{name} Minima: {}", minima.len());
        for &k in &minima {
            println!("W: {:.2} Cost: {:.6}", Ws.i(k as i64).item(), costs[k]);
        }
        plt::subplot(1, 2, i + 1);
        plt::plot(&Ws, costs);
        let (at, lowest): (Vec<Float>, Vec<Float>) =
            minima.iter().map(|&k| (Ws.i(k as i64).item(), costs[k])).unzip();
        plt::plot(at, lowest).fmt("ro");
        plt::title(name);
        plt::xlabel("$W$");
        plt::ylabel("cost");
    }
    plt::tight_layout();
    plt::show();

    lab.cell(38);
    let h = torch::linspace(0.01, 0.99, 99);
    plt::plot(&h, -torch::log(&h)).label("$y = 1$: $-log(h)$");
    plt::plot(&h, -torch::log(1 - &h)).label("$y = 0$: $-log(1-h)$");
    for k in [9, 49, 89] {
        println!(
            "h: {:.2} y = 1: {:.6} y = 0: {:.6}",
            h.i(k).item(),
            -torch::log(h.i(k)).item(),
            -torch::log(1 - h.i(k)).item()
        );
    }
    plt::title("What a probability costs");
    plt::xlabel("$h$");
    plt::ylabel("loss");
    plt::legend();
    plt::show();

    // ## All thresholds at once
    lab.cell(39);
    let hypothesis = torch::no_grad(|| model.forward(&x_train));
    let thresholds = torch::linspace(0., 1., 101);
    let (mut precisions, mut recalls, mut alarms) = (Vec::new(), Vec::new(), Vec::new());
    for k in 0..101 {
        let prediction = hypothesis.ge(thresholds.i(k));
        let tp = (&prediction & &positive).sum().item();
        let fp = (&prediction & !&positive).sum().item();
        precisions.push(if tp + fp > 0. { tp / (tp + fp) } else { Float(f64::NAN) });
        recalls.push(tp / positive.sum().item());
        alarms.push(fp / (!&positive).sum().item());
    }
    let mut area = Float(0.);
    for k in 0..100 {
        area += (alarms[k] - alarms[k + 1]) * (recalls[k] + recalls[k + 1]) / 2.;
    }
    for k in (10..100).step_by(20) {
        println!(
            "threshold {:.1} precision {:.3} recall {:.3} false alarms {:.3}",
            thresholds.i(k as i64).item(),
            precisions[k],
            recalls[k],
            alarms[k]
        );
    }
    println!("Area under the curve: {:.4}", area);
    plt::figure().figsize((10., 4.));
    plt::subplot(1, 2, 1);
    plt::plot(&thresholds, &precisions).label("precision");
    plt::plot(&thresholds, &recalls).label("recall");
    plt::plot(&thresholds, &alarms).label("false alarms");
    plt::xlabel("threshold");
    plt::legend();
    plt::subplot(1, 2, 2);
    plt::plot(&alarms, &recalls);
    plt::plot([0, 1], [0, 1]).fmt(":").color("gray").label("guessing");
    plt::title(&format!("Area under the curve: {:.4}", area));
    plt::xlabel("false alarms");
    plt::ylabel("recall");
    plt::legend();
    plt::tight_layout();
    plt::show();
    Ok(())
}
