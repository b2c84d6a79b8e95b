//! Lab 11-4: a time series, beside lab11_4_timeseries.ipynb.
#![allow(non_snake_case)] // trainX, W_ih and others are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab11_4_timeseries", "Lab 11-4: a time series", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(0));

    // ## Scaling
    lab.cell(3);
    fn minmax_scaler(data: &np::Array2<f64>) -> np::Array2<f64> {
        let numerator = data - &np::min_axis(data, 0);
        let denominator = np::max_axis(data, 0) - np::min_axis(data, 0);
        numerator / (denominator + 1e-7)
    }

    // ## Windows
    lab.cell(4);
    fn build_dataset(time_series: &np::Array2<f64>, seq_length: usize) -> (np::ArrayD<f64>, np::ArrayD<f64>) {
        let mut dataX = Vec::new();
        let mut dataY = Vec::new();
        for i in 0..time_series.nrows() - seq_length {
            let _x = time_series.slice(np::s![i..i + seq_length, ..]);
            let _y = time_series.slice(np::s![i + seq_length, -1..]);
            if i == 0 {
                println!("{} -> {}", _x.str(), _y.str());
            }
            dataX.push(_x);
            dataY.push(_y);
        }
        (np::array(dataX), np::array(dataY))
    }

    // ## Settings
    lab.cell(5);
    let seq_length: usize = 7;
    let data_dim = 5;
    let hidden_dim = 10;
    let output_dim = 1;
    let learning_rate = lab.lr(0.01);
    let nb_epochs = lab.epochs(500);

    // ## Data
    lab.cell(6);
    let xy = np::loadtxt_float64(lab.csv_rows("data-02-stock_daily.csv", 5, 24))?;
    let xy = xy.slice(np::s![..;-1, ..]);

    let train_size = (xy.nrows() as f64 * 0.7) as usize;
    let train_set = xy.slice(np::s![0..train_size, ..]);
    let test_set = xy.slice(np::s![train_size - seq_length.., ..]);

    // sic: the test set is scaled by its own range, which nobody knows beforehand, a slip of the course's notebook.
    let train_set = minmax_scaler(&train_set.to_owned());
    let test_set = minmax_scaler(&test_set.to_owned());

    let (trainX, trainY) = build_dataset(&train_set, seq_length);
    let (testX, testY) = build_dataset(&test_set, seq_length);

    lab.cell(7);
    let trainX_tensor = torch::FloatTensor(&trainX);
    let trainY_tensor = torch::FloatTensor(&trainY);

    let testX_tensor = torch::FloatTensor(&testX);
    let testY_tensor = torch::FloatTensor(&testY);

    // ## Model
    lab.cell(8);
    module! {
        struct Net(input_dim: i64, hidden_dim: i64, output_dim: i64, layers: i64) {
            rnn: nn::LSTM(input_dim, hidden_dim).num_layers(layers).batch_first(true),
            fc: nn::Linear(hidden_dim, output_dim).bias(true),
        }

        fn forward(&self, x) {
            let (x, _status) = self.rnn.forward(x, None);
            self.fc.forward(&x.i((.., -1)))
        }
    }

    let net = Net::new(data_dim, hidden_dim, output_dim, 1);

    lab.cell(9);
    let criterion = nn::MSELoss::new();
    let optimizer = optim::Adam::new(net.parameters(), learning_rate);

    // ## Training
    lab.cell(10);
    for i in 0..nb_epochs {
        optimizer.zero_grad();
        let outputs = net.forward(&trainX_tensor);
        let loss = criterion.forward(&outputs, &trainY_tensor);
        loss.backward();
        optimizer.step();
        println!("{i} {}", loss.item());
    }

    // ## Prediction and truth
    lab.cell(11);
    plt::plot_y(&testY);
    plt::plot_y(net.forward(&testX_tensor).data().numpy::<f32>());
    plt::legend_labels(&["original", "prediction"]);
    plt::show();

    // ## Can it?
    lab.cell(12);
    let (prediction, today) = torch::no_grad(|| {
        let prediction = net.forward(&testX_tensor);
        let today = testX_tensor.i((.., -1, -1..));
        println!("the network:      {:.6}", criterion.forward(&prediction, &testY_tensor).item());
        println!("the close before: {:.6}", criterion.forward(&today, &testY_tensor).item());
        (prediction, today)
    });
    plt::plot_y(testY_tensor.i(-60..)).label("original");
    plt::plot_y(prediction.i(-60..)).label("prediction");
    plt::plot_y(today.i(-60..)).fmt(":").label("the close before");
    plt::legend();
    plt::show();

    // ## Inside the LSTM
    lab.cell(13);
    let (W_ih, W_hh) = (net.get_parameter("rnn.weight_ih_l0"), net.get_parameter("rnn.weight_hh_l0"));
    let (b_ih, b_hh) = (net.get_parameter("rnn.bias_ih_l0"), net.get_parameter("rnn.bias_hh_l0"));
    let series = torch::FloatTensor(&test_set);
    let mut history = Vec::new();
    torch::no_grad(|| {
        let mut h = torch::zeros([hidden_dim]);
        let mut c = torch::zeros([hidden_dim]);
        for x in &series {
            let gates = (W_ih.matmul(&x) + &b_ih + W_hh.matmul(&h) + &b_hh).chunk(4, 0);
            let (i, f) = (gates[0].sigmoid(), gates[1].sigmoid());
            let (g, o) = (gates[2].tanh(), gates[3].sigmoid());
            c = &f * c + &i * &g;
            h = &o * torch::tanh(&c);
            history.push(torch::stack([&i, &f, &g, &o, &c, &h], 0));
        }
        println!("{h}");
        println!("{}", net.rnn.forward(&series.unsqueeze(0), None).0.i((0, -1)));
    });
    let history = torch::stack(history, 0);
    let names =
        ["input gate i", "forget gate f", "candidate g", "output gate o", "cell state c", "hidden state h"];
    plt::figure().figsize((12., 6.));
    for (k, name) in names.into_iter().enumerate() {
        plt::subplot(2, 3, k + 1);
        plt::imshow(history.i((.., k as i64)).t())
            .aspect("auto")
            .interpolation("nearest")
            .cmap("RdBu")
            .vmin(-1)
            .vmax(1);
        plt::title(name);
        plt::xlabel("day");
        plt::ylabel("unit");
    }
    plt::tight_layout();
    plt::show();

    // ## How many days?
    lab.cell(14);
    let nb_epochs = lab.epochs(100);
    for days in [1, 3, 7, 14] {
        let train_set = torch::FloatTensor(&train_set);
        let starts = 0..train_set.size_dim(0) - days;
        let x_days = torch::stack(starts.map(|i| train_set.i(i..i + days)).collect::<Vec<_>>(), 0);
        let y_days = train_set.i((days.., -1..));
        let ends = 14..series.size_dim(0);
        let x_test = torch::stack(ends.map(|i| series.i(i - days..i)).collect::<Vec<_>>(), 0);
        let y_test = series.i((14.., -1..));
        torch::manual_seed(lab.seed(0));
        let net = Net::new(data_dim, hidden_dim, output_dim, 1);
        let optimizer = optim::Adam::new(net.parameters(), learning_rate);
        let mut loss = torch::tensor(f64::NAN);
        for _ in 0..nb_epochs {
            optimizer.zero_grad();
            loss = criterion.forward(&net.forward(&x_days), &y_days);
            loss.backward();
            optimizer.step();
        }
        let (prediction, test_loss) = torch::no_grad(|| {
            let prediction = net.forward(&x_test);
            let test_loss = criterion.forward(&prediction, &y_test);
            (prediction, test_loss)
        });
        println!("days: {days:2} training loss: {:.6} test loss: {:.6}", loss.item(), test_loss.item());
        plt::plot_y(&y_test).label("original");
        plt::plot_y(&prediction).label("prediction");
        plt::ylim(-0.1, 1.1);
        plt::title(&format!("{days} days"));
        plt::legend();
        plt::show();
    }
    Ok(())
}
