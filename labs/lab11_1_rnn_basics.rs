//! Lab 11-1: RNN basics, beside lab11_1_rnn_basics.ipynb.
#![allow(non_snake_case)] // W_ih and W_hh are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab11_1_rnn_basics", "Lab 11-1: RNN basics", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(0));

    // ## Sizes
    lab.cell(3);
    let input_size = 4;
    let hidden_size = 2;

    // ## Letters as vectors
    lab.cell(4);
    let h = [1, 0, 0, 0];
    let e = [0, 1, 0, 0];
    let l = [0, 0, 1, 0];
    let o = [0, 0, 0, 1];
    let input_data_np = np::array([[h, e, l, l, o], [e, o, l, l, l], [l, l, e, e, l]]).mapv(|x| x as f32);

    lab.cell(5);
    let input_data = torch::Tensor(&input_data_np);

    // ## The network
    lab.cell(6);
    let rnn = nn::RNN::new(input_size, hidden_size);

    lab.cell(7);
    // sic: the network takes the first axis for time and reads three steps of five sequences, a slip of the course's.
    let (outputs, _status) = rnn.forward(&input_data, None);
    println!("{outputs}");
    println!("{}", outputs.size());

    // ## Which axis is time?
    lab.cell(8);
    torch::manual_seed(lab.seed(0));
    let rnn = nn::RNN::new(input_size, hidden_size).batch_first(true);
    let (outputs, _status) = rnn.forward(&input_data, None);
    println!("{outputs}");
    println!("{}", outputs.size());
    println!("{_status}");
    println!("{}", _status.size());

    // ## By hand
    lab.cell(9);
    let (W_ih, W_hh) = (rnn.get_parameter("weight_ih_l0"), rnn.get_parameter("weight_hh_l0"));
    let (b_ih, b_hh) = (rnn.get_parameter("bias_ih_l0"), rnn.get_parameter("bias_hh_l0"));
    println!("{W_ih}");
    println!("{W_hh}");
    torch::no_grad(|| {
        let mut hidden = torch::zeros([hidden_size]);
        for (letter, x) in "hello".chars().zip(&input_data.i(0)) {
            hidden = torch::tanh(W_ih.matmul(&x) + &b_ih + W_hh.matmul(&hidden) + &b_hh);
            println!("{letter} {hidden}");
        }
    });

    // ## The state moves
    lab.cell(10);
    for (word, path) in ["hello", "eolll", "lleel"].into_iter().zip(&outputs.detach()) {
        plt::plot(path.i((.., 0)), path.i((.., 1))).fmt("o-").label(word);
        for (letter, state) in word.chars().zip(&path) {
            plt::text(state.i(0).item() + 0.005, state.i(1).item() + 0.01, &letter.to_string());
        }
    }
    plt::xlabel("$h_1$");
    plt::ylabel("$h_2$");
    plt::legend();
    plt::show();
    Ok(())
}
