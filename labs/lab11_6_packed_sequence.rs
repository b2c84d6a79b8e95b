//! Lab 11-6: sequences of different lengths, beside lab11_6_packed_sequence.ipynb.
#![allow(non_snake_case)] // X is the notebook's name

use zerotoall::{lab_prelude::*, println};

fn main() {
    lab::main("lab11_6_packed_sequence", "Lab 11-6: sequences of different lengths", run)
}

fn run(lab: &Lab) -> Result<()> {
    // In[1]
    use nn::utils::rnn::{pack_padded_sequence, pack_sequence, pad_packed_sequence, pad_sequence};
    use std::collections::BTreeSet;
    use torch::python::Dict;

    // ## Data
    lab.cell(2);
    let data = ["hello world", "midnight", "calculation", "path", "short circuit"];

    let mut char_set = vec!["<pad>".to_string()];
    char_set
        .extend(BTreeSet::from_iter(data.iter().flat_map(|seq| seq.chars())).into_iter().map(String::from));
    let char2idx: Dict<String, i64> = char_set.iter().cloned().zip(0..).collect();
    println!("char_set: {}", char_set.str());
    println!("char_set length: {}", char_set.len());

    lab.cell(3);
    let X =
        data.map(|seq| torch::LongTensor(seq.chars().map(|c| char2idx[&c.to_string()]).collect::<Vec<_>>()));

    for sequence in &X {
        println!("{sequence}");
    }

    lab.cell(4);
    let lengths = X.each_ref().map(|seq| seq.size_dim(0));
    println!("lengths: {}", lengths.str());

    // ## `pad_sequence`
    lab.cell(5);
    let padded_sequence = pad_sequence(&X, true, 0.0);
    println!("{padded_sequence}");
    println!("{}", padded_sequence.shape());

    // ## `pack_sequence`
    lab.cell(6);
    let mut sorted_idx: Vec<usize> = (0..lengths.len()).collect();
    sorted_idx.sort_by_key(|&idx| -lengths[idx]);
    let sorted_X: Vec<Tensor> = sorted_idx.iter().map(|&idx| X[idx].shallow_clone()).collect();

    for sequence in &sorted_X {
        println!("{sequence}");
    }

    lab.cell(7);
    let packed_sequence = pack_sequence(&sorted_X, true);
    println!("{packed_sequence}");

    // ## One-hot vectors in both forms
    lab.cell(8);
    let eye = torch::eye(char_set.len() as i64);
    let embedded_tensor = eye.i(&padded_sequence);
    println!("{}", embedded_tensor.shape());

    lab.cell(9);
    let embedded_packed_seq =
        pack_sequence(sorted_idx.iter().map(|&idx| eye.i(&X[idx])).collect::<Vec<_>>(), true);
    println!("{}", embedded_packed_seq.data.shape());

    // ## Through a network
    lab.cell(10);
    let rnn = nn::RNN::new(char_set.len() as i64, 30).batch_first(true);

    lab.cell(11);
    let (rnn_output, hidden) = rnn.forward(&embedded_tensor, None);
    println!("{}", rnn_output.shape());
    println!("{}", hidden.shape());

    lab.cell(12);
    let (rnn_output, hidden) = rnn.forward(&embedded_packed_seq, None);
    println!("{}", rnn_output.data.shape());
    println!("{}", hidden.data().shape());

    // ## `pad_packed_sequence`
    lab.cell(13);
    let (unpacked_sequence, seq_lengths) = pad_packed_sequence(&embedded_packed_seq, true);
    println!("{}", unpacked_sequence.shape());
    println!("{seq_lengths}");

    // ## `pack_padded_sequence`
    lab.cell(14);
    let embedded_padded_sequence = eye.i(pad_sequence(&sorted_X, true, 0.0));
    println!("{}", embedded_padded_sequence.shape());

    lab.cell(15);
    let mut sorted_lengths = lengths.to_vec();
    sorted_lengths.sort_by_key(|&length| -length);
    let new_packed_sequence = pack_padded_sequence(&embedded_padded_sequence, &sorted_lengths, true, true);
    println!("{}", new_packed_sequence.data.shape());
    println!("{}", new_packed_sequence.batch_sizes);

    // ## Does it matter?
    lab.cell(16);
    torch::manual_seed(lab.seed(0));
    let rnn = nn::RNN::new(char_set.len() as i64, 30).batch_first(true);
    let (padded_output, padded_hidden, packed_hidden) = torch::no_grad(|| {
        let (padded_output, padded_hidden) = rnn.forward(&embedded_padded_sequence, None);
        let (_, packed_hidden) = rnn.forward(&new_packed_sequence, None);
        (padded_output, padded_hidden, packed_hidden)
    });
    for (k, &idx) in (0..).zip(&sorted_idx) {
        let after_last_letter = padded_output.i((k, lengths[idx] - 1));
        println!(
            "{:13} padding read: {}, off by: padded {:.4} packed {:.4}",
            data[idx],
            lengths[sorted_idx[0]] - lengths[idx],
            (padded_hidden.i((0, k)) - &after_last_letter).norm().item(),
            (packed_hidden.i((0, k)) - &after_last_letter).norm().item()
        );
    }

    // ## Both forms
    lab.cell(17);
    plt::figure().figsize((12., 3.));
    plt::subplot(1, 2, 1);
    plt::imshow(pad_sequence(&sorted_X, true, 0.0).ne(0)).cmap("RdBu").vmin(-1).vmax(2);
    for (k, &idx) in sorted_idx.iter().enumerate() {
        for (step, letter) in data[idx].chars().enumerate() {
            plt::text(step as f64 - 0.2, k as f64 + 0.2, &letter.to_string());
        }
    }
    plt::title("padded: 65 places");
    plt::xlabel("step");
    plt::ylabel("sequence");
    plt::subplot(1, 2, 2);
    plt::bar(0..13, &packed_sequence.batch_sizes);
    plt::title("packed: 47 places");
    plt::xlabel("step");
    plt::ylabel("batch size");
    plt::tight_layout();
    plt::show();
    Ok(())
}
