//! Data of your own, sample by sample: `cargo run --example own_dataset`.

use zerotoall::prelude::*;

/// Points in the plane, inside or outside of a circle.
struct Circle {
    points: Tensor,
}

impl Dataset for Circle {
    fn len(&self) -> usize {
        self.points.shape()[0] as usize
    }

    fn getitem(&self, index: i64) -> (Tensor, Tensor) {
        let point = self.points.i(index);
        let inside = point.square().sum().lt(0.5).float();
        (point, inside.unsqueeze(0))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    torch::manual_seed(0);
    let points = torch::rand([1000, 2]) * 2 - 1;
    let loader = DataLoader::new(Circle { points }, 50)?.shuffle(true);
    let model = sequential![nn::Linear::new(2, 16), nn::Tanh::new(), nn::Linear::new(16, 1)];
    let criterion = nn::BCEWithLogitsLoss::new();
    let optimizer = optim::AdamW::new(model.parameters(), 0.05);
    let scheduler = optim::lr_scheduler::CosineAnnealingLR::new(&optimizer, 20, 0.0);
    for epoch in 1..=20 {
        let mut last = Float(0.0);
        for (x, y) in &loader {
            let loss = criterion.forward(&model.forward(&x), &y);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            last = loss.item();
        }
        scheduler.step();
        println!("epoch {epoch:2}: loss {last:.4}, next learning rate {:.4}", scheduler.get_last_lr());
    }
    Ok(())
}
