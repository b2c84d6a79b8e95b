//! A network with a hidden layer on MNIST: `cargo run --example mnist_mlp [FOLDER OF MNIST/raw]`. tests/reference/mnist_mlp.py does
//! the same in Python, and prints the same.

use zerotoall::prelude::*;

module! {
    struct MLP {
        fc1: nn::Linear(28 * 28, 64),
        fc2: nn::Linear(64, 10),
    }

    fn forward(&self, x) {
        let x = torch::flatten(x, 1);
        self.fc2.forward(&self.fc1.forward(&x).relu())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::env::args().nth(1).unwrap_or("data".to_string());
    torch::manual_seed(1);
    let (train_set, test_set) = (MNIST::new(&root, true)?, MNIST::new(&root, false)?);
    let train_loader = DataLoader::new(&train_set, 128)?.shuffle(true).workers(1);
    let test_loader = DataLoader::new(&test_set, 1000)?;

    let model = MLP::new();
    println!("{model}");
    let optimizer = optim::Adam::new(model.parameters(), 1e-3);
    for epoch in 1..=2 {
        let mut total = 0.0;
        for (x, y) in &train_loader {
            let loss = F::cross_entropy(&model.forward(&x), &y);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            total += f64::from(loss.item());
        }
        let right = torch::no_grad(|| -> i64 {
            let hits = |(x, y): (Tensor, Tensor)| model.forward(&x).argmax(1).eq(&y).sum().item_int();
            test_loader.iter().map(hits).sum()
        });
        println!(
            "epoch {epoch}: loss {:.9}, {right} of {} right",
            total / train_loader.len() as f64,
            test_set.len()
        );
    }
    torch::save(&model.state_dict(), std::env::temp_dir().join("mnist_mlp.pt"))?;
    Ok(())
}
