//! A table of your own: `cargo run --example own_csv [FILE]`. The model learns the last column from the others.

use zerotoall::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or("data/data-01-test-score.csv".to_string());
    torch::manual_seed(1);
    let table = torch::FloatTensor(np::loadtxt(&path)?);
    let table = (&table - table.mean_dim(0)) / table.std_dim(0);
    let (x, y) = (table.i((.., ..-1)), table.i((.., -1..)));
    let model = nn::Linear::new(x.size_dim(1), 1);
    let optimizer = optim::SGD::new(model.parameters(), 0.1).momentum(0.9);
    for epoch in 0..=100 {
        let cost = F::mse_loss(&model.forward(&x), &y);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 20 == 0 {
            println!("epoch {epoch:3}: cost {:.6}", cost.item());
        }
    }
    println!("weights of the standardised columns: {}", model.weight.i(0));
    Ok(())
}
