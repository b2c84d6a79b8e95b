//! Lab 11-3: a longer sequence, beside lab11_3_longseq.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab11_3_longseq", "Lab 11-3: a longer sequence", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(0));

    lab.cell(3);
    let sentence = "if you want to build a ship, don't drum up people together to \
                    collect wood and don't assign them tasks and work, but rather \
                    teach them to long for the endless immensity of the sea.";

    lab.cell(4);
    use std::collections::BTreeSet;
    use torch::python::Dict;

    let char_set: Vec<char> = BTreeSet::from_iter(sentence.chars()).into_iter().collect();
    let char_dic: Dict<char, i64> = char_set.iter().zip(0..).map(|(&c, i)| (c, i)).collect();

    lab.cell(5);
    let dic_size = char_dic.len() as i64;
    let hidden_size = char_dic.len() as i64;
    let sequence_length: usize = 10;
    let learning_rate = lab.lr(0.1);

    // ## Windows
    lab.cell(6);
    let mut x_data: Vec<Vec<i64>> = Vec::new();
    let mut y_data: Vec<Vec<i64>> = Vec::new();

    for i in 0..sentence.len() - sequence_length {
        let x_str = &sentence[i..i + sequence_length];
        let y_str = &sentence[i + 1..i + sequence_length + 1];
        println!("{i} {x_str} -> {y_str}");

        x_data.push(x_str.chars().map(|c| char_dic[&c]).collect());
        y_data.push(y_str.chars().map(|c| char_dic[&c]).collect());
    }

    let x_one_hot: Vec<_> = x_data.iter().map(|x| np::take(&np::eye(char_dic.len()), x, 0)).collect();

    lab.cell(7);
    let X = torch::FloatTensor(np::array(&x_one_hot));
    let Y = torch::LongTensor(&y_data);

    // ## Model
    lab.cell(8);
    module! {
        struct Net(input_dim: i64, hidden_dim: i64, layers: i64) {
            rnn: nn::RNN(input_dim, hidden_dim).num_layers(layers).batch_first(true),
            fc: nn::Linear(hidden_dim, hidden_dim).bias(true),
        }

        fn forward(&self, x) {
            let (x, _status) = self.rnn.forward(x, None);
            self.fc.forward(&x)
        }
    }

    lab.cell(9);
    let net = Net::new(dic_size, hidden_size, 2);

    lab.cell(10);
    let criterion = nn::CrossEntropyLoss::new();
    let optimizer = optim::Adam::new(net.parameters(), learning_rate);

    // ## Training
    lab.cell(11);
    let nb_epochs = lab.epochs(100);
    for _ in 0..nb_epochs {
        optimizer.zero_grad();
        let outputs = net.forward(&X);
        let loss = criterion.forward(&outputs.view([-1, dic_size]), &Y.view([-1]));
        loss.backward();
        optimizer.step();

        let results = outputs.argmax(2);
        let mut predict_str = String::new();
        for (j, result) in (&results).into_iter().enumerate() {
            if j == 0 {
                predict_str.extend((&result).into_iter().map(|t| char_set[t.item_int() as usize]));
            } else {
                predict_str.push(char_set[result.i(-1).item_int() as usize]);
            }
        }
        println!("{predict_str}");
    }

    // ## Loss by place
    lab.cell(12);
    let losses = torch::no_grad(|| {
        let log_probabilities = torch::log_softmax(net.forward(&X), 2);
        -log_probabilities.gather(2, &Y.unsqueeze(2)).squeeze_dim(2).mean_dim(0)
    });
    for k in 0..sequence_length as i64 {
        println!("{:2} letters seen, loss: {:.4}", k + 1, losses.i(k).item());
    }
    plt::bar(1..sequence_length as i64 + 1, &losses);
    plt::xlabel("letters seen");
    plt::ylabel("loss");
    plt::show();

    // ## Loss by length
    lab.cell(13);
    let indices = torch::LongTensor(sentence.chars().map(|c| char_dic[&c]).collect::<Vec<_>>());
    let nb_epochs = lab.epochs(100);
    for length in [1, 2, 5, 10] {
        let starts = 0..sentence.len() as i64 - length;
        let windows: Vec<Tensor> = starts.clone().map(|i| indices.i(i..i + length)).collect();
        let x = torch::eye(dic_size).i(torch::stack(windows, 0));
        let y = torch::stack(starts.map(|i| indices.i(i + 1..i + length + 1)).collect::<Vec<_>>(), 0);
        torch::manual_seed(lab.seed(0));
        let model = Net::new(dic_size, hidden_size, 2);
        let optimizer = optim::Adam::new(model.parameters(), learning_rate);
        let mut losses = Vec::new();
        for _ in 0..nb_epochs {
            optimizer.zero_grad();
            let loss = criterion.forward(&model.forward(&x).view([-1, dic_size]), &y.view([-1]));
            loss.backward();
            optimizer.step();
            losses.push(loss.item());
        }
        println!("length {length:2}, loss: {:.4}", losses[losses.len() - 1]);
        plt::plot_y(&losses).label(&format!("length {length}"));
    }
    plt::xlabel("step");
    plt::ylabel("loss");
    plt::legend();
    plt::show();

    // ## It writes on
    lab.cell(14);
    torch::manual_seed(lab.seed(0));
    torch::no_grad(|| {
        for temperature in [0.5, 1., 2., 4.] {
            let mut text = sentence[..sequence_length].to_string();
            while text.len() < 100 {
                let last: Vec<i64> =
                    text[text.len() - sequence_length..].chars().map(|c| char_dic[&c]).collect();
                let x = torch::eye(dic_size).i(torch::LongTensor(last));
                let scores = net.forward(&x.unsqueeze(0)).i((0, -1));
                let probabilities = torch::softmax(scores / temperature, 0);
                text.push(char_set[torch::multinomial(&probabilities, 1, false).item_int() as usize]);
            }
            println!("temperature {temperature}: {text}");
        }
    });
    Ok(())
}
