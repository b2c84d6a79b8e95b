//! Learns to write like a text of your own: `cargo run --example char_rnn [FILE]`. tests/reference/char_rnn.py does the same in
//! Python, and prints the same.

use std::collections::{BTreeMap, BTreeSet};

use zerotoall::prelude::*;

/// How many letters the model reads at once.
const LENGTH: i64 = 64;
const BATCH_SIZE: i64 = 32;
const HIDDEN_SIZE: i64 = 128;

module! {
    struct CharRNN(letters: i64) {
        embedding: nn::Embedding(letters, 32),
        gru: nn::GRU(32, HIDDEN_SIZE).batch_first(true),
        fc: nn::Linear(HIDDEN_SIZE, letters),
    }

    fn forward(&self, x, hidden) -> (Tensor, Tensor) {
        let (x, hidden) = self.gru.forward(&self.embedding.forward(x), hidden);
        (self.fc.forward(&x), hidden)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or("README.md".to_string());
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let char_set: Vec<char> = BTreeSet::from_iter(text.chars()).into_iter().collect();
    let char_dic: BTreeMap<char, i64> = char_set.iter().copied().zip(0..).collect();
    let indices = torch::LongTensor(text.chars().map(|c| char_dic[&c]).collect::<Vec<_>>());
    let starts = indices.size_dim(0) - LENGTH;
    if starts < 1 {
        return Err(format!("{path}: expected more than {LENGTH} letters").into());
    }
    println!("{} letters, {} different ones", indices.size_dim(0), char_set.len());

    torch::manual_seed(1);
    let letters = char_set.len() as i64;
    let model = CharRNN::new(letters);
    println!("{model}");
    let optimizer = optim::Adam::new(model.parameters(), 0.003);
    let offsets = torch::arange(LENGTH);
    for step in 1..=300 {
        // Windows from anywhere in the text; the targets are one letter further.
        let places = torch::randint(0, starts, [BATCH_SIZE, 1]) + &offsets;
        let (x, y) = (indices.i(&places), indices.i(&places + 1));
        let (scores, _) = model.forward(&x, &torch::zeros([1, BATCH_SIZE, HIDDEN_SIZE]));
        let loss = F::cross_entropy(&scores.view([-1, letters]), &y.view([-1]));
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        if step % 50 == 0 {
            println!("step {step}: loss {}", loss.item());
        }
    }

    // It writes: each letter is drawn with the model's probabilities, and is the next input.
    let temperature = 0.7;
    let mut letter = indices.i(0);
    let mut written = String::from(char_set[letter.item_int() as usize]);
    torch::no_grad(|| {
        let mut hidden = torch::zeros([1, 1, HIDDEN_SIZE]);
        for _ in 0..400 {
            let scores;
            (scores, hidden) = model.forward(&letter.view([1, 1]), &hidden);
            let probabilities = torch::softmax(scores.view([-1]) / temperature, 0);
            letter = torch::multinomial(&probabilities, 1, false);
            written.push(char_set[letter.item_int() as usize]);
        }
    });
    println!("{written}");
    Ok(())
}
