//! Lab 11-2-1: a sentence, letter by letter, beside lab11_2_1_charseq.ipynb.
#![allow(non_snake_case)] // X and Y are the notebook's names

// In[1]
use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab11_2_1_charseq", "Lab 11-2-1: a sentence, letter by letter", run)
}

fn run(lab: &Lab) -> Result<()> {
    lab.cell(2);
    torch::manual_seed(lab.seed(0));

    lab.cell(3);
    let sample = " if you want you";

    // ## Letters and numbers
    lab.cell(4);
    use std::collections::BTreeSet;
    use torch::python::Dict;

    let char_set: Vec<char> = BTreeSet::from_iter(sample.chars()).into_iter().collect();
    let char_dic: Dict<char, i64> = char_set.iter().zip(0..).map(|(&c, i)| (c, i)).collect();
    println!("{}", char_dic.str());

    lab.cell(5);
    let dic_size = char_dic.len() as i64;
    let hidden_size = char_dic.len() as i64;
    let learning_rate = lab.lr(0.1);

    // ## Data
    lab.cell(6);
    let sample_idx: Vec<i64> = sample.chars().map(|c| char_dic[&c]).collect();
    let x_data = [sample_idx[..sample_idx.len() - 1].to_vec()];
    let x_one_hot = x_data.each_ref().map(|x| np::take(&np::eye(char_dic.len()), x, 0));
    let y_data = [sample_idx[1..].to_vec()];

    lab.cell(7);
    let X = torch::FloatTensor(np::array(&x_one_hot));
    let Y = torch::LongTensor(&y_data);

    // ## Model
    lab.cell(8);
    let rnn = nn::RNN::new(dic_size, hidden_size).batch_first(true);

    lab.cell(9);
    let criterion = nn::CrossEntropyLoss::new();
    let optimizer = optim::Adam::new(rnn.parameters(), learning_rate);

    // ## Training
    lab.cell(10);
    let nb_epochs = lab.epochs(50);
    for i in 0..nb_epochs {
        optimizer.zero_grad();
        let (outputs, _status) = rnn.forward(&X, None);
        let loss = criterion.forward(&outputs.view([-1, dic_size]), &Y.view([-1]));
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

    // ## Why the loss stops
    lab.cell(11);
    let lowest = (1.0 + (dic_size - 1) as f64 * (-2_f64).exp()).ln();
    println!("the lowest loss of scores between -1 and 1: {lowest:.4}");
    let nb_epochs = lab.epochs(50);
    let (mut rnn, mut fc) = (rnn, nn::Linear::new(hidden_size, dic_size));
    for with_fc in [false, true] {
        torch::manual_seed(lab.seed(0));
        rnn = nn::RNN::new(dic_size, hidden_size).batch_first(true);
        fc = nn::Linear::new(hidden_size, dic_size);
        let optimizer =
            optim::Adam::new([rnn.parameters(), fc.parameters()].into_iter().flatten(), learning_rate);
        let mut losses = Vec::new();
        for _ in 0..nb_epochs {
            optimizer.zero_grad();
            let (mut outputs, _status) = rnn.forward(&X, None);
            if with_fc {
                outputs = fc.forward(&outputs);
            }
            let loss = criterion.forward(&outputs.view([-1, dic_size]), &Y.view([-1]));
            loss.backward();
            optimizer.step();
            losses.push(loss.item());
        }
        let label = if with_fc { "RNN and a linear layer" } else { "RNN" };
        println!("{label}: {:.4}", losses[losses.len() - 1]);
        plt::plot_y(&losses).label(label);
    }
    plt::axhline(lowest).color("gray").linestyle(":");
    plt::xlabel("step");
    plt::ylabel("loss");
    plt::legend();
    plt::show();

    // ## It writes
    lab.cell(12);
    torch::no_grad(|| {
        let mut text = vec![' '];
        let mut hidden = torch::zeros([1, 1, hidden_size]);
        for _ in 0..15 {
            let x = torch::eye(dic_size).i(char_dic[&text[text.len() - 1]]).view([1, 1, -1]);
            let outputs;
            (outputs, hidden) = rnn.forward(&x, &hidden);
            text.push(char_set[fc.forward(&outputs).argmax(-1).item_int() as usize]);
        }
        println!("{}", String::from_iter(text));
    });
    Ok(())
}
