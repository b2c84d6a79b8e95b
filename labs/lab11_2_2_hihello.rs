//! Lab 11-2-2: learning hihello, beside lab11_2_2_hihello.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab11_2_2_hihello", "Lab 11-2-2: learning hihello", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(0));

    lab.cell(3);
    let char_set = ["h", "i", "e", "l", "o"];

    lab.cell(4);
    let input_size = char_set.len() as i64;
    let hidden_size = char_set.len() as i64;
    let learning_rate = lab.lr(0.1);

    // ## Data
    lab.cell(5);
    // In[5] writes out x_data, too, which it does not use.
    let x_one_hot = [[
        [1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [1, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 1, 0],
    ]];
    let y_data = [[1, 0, 2, 3, 3, 4]];

    lab.cell(6);
    let X = torch::FloatTensor(x_one_hot);
    let Y = torch::LongTensor(y_data);

    // ## Model
    lab.cell(7);
    let rnn = nn::RNN::new(input_size, hidden_size).batch_first(true);

    lab.cell(8);
    let criterion = nn::CrossEntropyLoss::new();
    let optimizer = optim::Adam::new(rnn.parameters(), learning_rate);

    // ## Training
    lab.cell(9);
    let nb_epochs = lab.epochs(100);
    let mut outputs = torch::tensor(f64::NAN);
    for i in 0..nb_epochs {
        optimizer.zero_grad();
        (outputs, _) = rnn.forward(&X, None);
        let loss = criterion.forward(&outputs.view([-1, input_size]), &Y.view([-1]));
        loss.backward();
        optimizer.step();

        let result = np::argmax_axis(&outputs.data().numpy::<f32>(), 2);
        let result_str: String = np::squeeze(&result).iter().map(|&c| char_set[c as usize]).collect();
        println!(
            "{i} loss:  {} prediction:  {} true Y:  {} prediction str:  {result_str}",
            loss.item(),
            result.str(),
            y_data.str()
        );
    }

    // ## What the state remembers
    lab.cell(10);
    let states = outputs.i(0).detach();
    println!("{states}");
    plt::imshow(states.t()).cmap("RdBu").vmin(-1).vmax(1);
    plt::xticks_labels(0..6, &["h", "i", "h", "e", "l", "l"]);
    plt::yticks_labels(0..5, &char_set);
    plt::xlabel("letter read");
    plt::ylabel("hidden state, and the letter that it speaks for");
    plt::colorbar();
    plt::show();

    // ## Without memory
    lab.cell(11);
    torch::manual_seed(lab.seed(0));
    let linear = nn::Linear::new(input_size, input_size);
    let optimizer = optim::Adam::new(linear.parameters(), learning_rate);
    let nb_epochs = lab.epochs(100);
    let mut loss = torch::tensor(f64::NAN);
    for _ in 0..nb_epochs {
        optimizer.zero_grad();
        let outputs = linear.forward(&X);
        loss = criterion.forward(&outputs.view([-1, input_size]), &Y.view([-1]));
        loss.backward();
        optimizer.step();
    }
    println!("loss: {:.4}, at the lowest {:.4}", loss.item(), 4.0 / 6.0 * 2_f64.ln());
    let probabilities = torch::no_grad(|| torch::softmax(linear.forward(&torch::eye(input_size)), 1));
    for (letter, row) in "hiel".chars().zip(&probabilities) {
        let row: Vec<String> =
            char_set.iter().zip(&row).map(|(c, p)| format!("{c}: {:.2}", p.item())).collect();
        println!("{letter} {}", row.join(" "));
    }

    // ## With a linear layer behind
    lab.cell(12);
    torch::manual_seed(lab.seed(0));
    let rnn = nn::RNN::new(input_size, hidden_size).batch_first(true);
    let fc = nn::Linear::new(hidden_size, input_size);
    let optimizer =
        optim::Adam::new([rnn.parameters(), fc.parameters()].into_iter().flatten(), learning_rate);
    for _ in 0..nb_epochs {
        optimizer.zero_grad();
        (outputs, _) = rnn.forward(&X, None);
        outputs = fc.forward(&outputs);
        loss = criterion.forward(&outputs.view([-1, input_size]), &Y.view([-1]));
        loss.backward();
        optimizer.step();
    }
    let result = np::argmax_axis(&outputs.data().numpy::<f32>(), 2);
    let result_str: String = np::squeeze(&result).iter().map(|&c| char_set[c as usize]).collect();
    println!("loss: {:.4} {result_str}", loss.item());
    Ok(())
}
