//! Does one job in Rust three times, for comparing speed: with this library, with tch alone, and the floor below both.
//!
//! usage: jobs ours|tch|floor epoch FOLDER BATCH LR STEPS COPIES EPOCHS | jobs ours|tch tiny
//!
//! `epoch` trains Linear(784, 10) on MNIST with SGD at learning rate LR: EPOCHS epochs of at most STEPS batches, of a
//! data set that has COPIES copies of MNIST. FOLDER has the initial weights and the order of samples that all
//! contestants share. `tiny` is lab 6's first loop: 8 samples, 1001 steps. A line of JSON has the seconds of each
//! epoch, the mean cost of the last epoch, and the accuracy on the test set.

#[path = "samples.rs"]
mod samples;

use std::env;
use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use samples::{X, Y};
use serde_json::json;
use tch::nn::OptimizerConfig;
use tch::{Device, Kind, no_grad};
use zerotoall::torch::utils::data::Dataset;
use zerotoall::{prelude::*, println};

/// `tiny`'s learning rate.
const LR: f64 = 0.1;

fn main() -> Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.first() != Some(&"tch") {
        zerotoall::lab::prepare("jobs"); // as a lab does
    }
    match words[..] {
        [who, "epoch", folder, batch, lr, steps, copies, epochs] => {
            let job = Job {
                folder: folder.to_string(),
                batch: batch.parse()?,
                lr: lr.parse()?,
                steps: steps.parse()?,
                copies: copies.parse()?,
                epochs: epochs.parse()?,
            };
            match who {
                "ours" => job.ours(),
                "tch" => job.tch(),
                "floor" => job.floor(),
                _ => bail!("no contestant {who}"),
            }
        }
        ["ours", "tiny"] => tiny(tiny_ours),
        ["tch", "tiny"] => tiny(tiny_tch),
        _ => bail!("see the head of benches/jobs.rs"),
    }
}

/// Weight and bias, for tch.
fn parameters(linear: &nn::Linear) -> Result<[&tch::Tensor; 2]> {
    Ok([linear.weight.tch(), linear.bias.as_ref().context("a layer with a bias")?.tch()])
}

/// `epoch`'s settings.
struct Job {
    folder: String,
    batch: usize,
    lr: f64,
    steps: usize,
    copies: i64,
    epochs: usize,
}

impl Job {
    /// MNIST, several times over.
    fn train_set(&self) -> Result<MNIST> {
        let MNIST { data, targets, .. } = MNIST::new(zerotoall::project::data_dir(), true)?;
        let times = |tensor: &Tensor| -> Tensor {
            let shape: Vec<i64> =
                (0..tensor.dim()).map(|dim| if dim == 0 { self.copies } else { 1 }).collect();
            tensor.tch().repeat(shape).into()
        };
        Ok(MNIST::of(times(&data), times(&targets)))
    }

    /// nn.Linear(784, 10) with the initial weights that all contestants share.
    fn linear(&self) -> Result<nn::Linear> {
        let read = |name: &str, size: &[i64]| -> Result<Tensor> {
            let path = format!("{}/{name}", self.folder);
            let bytes = fs::read(&path).with_context(|| path)?;
            Ok(Tensor::from(tch::Tensor::from_data_size(&bytes, size, Kind::Float)).requires_grad_())
        };
        Ok(nn::Linear { weight: read("weight.f32", &[10, 784])?, bias: Some(read("bias.f32", &[10])?) })
    }

    /// The lab's loop.
    fn ours(&self) -> Result<()> {
        torch::manual_seed(777);
        let _ = nn::Linear::new(784, 10); // its draws come before the loader's
        let linear = self.linear()?;
        let data_loader = DataLoader::new(self.train_set()?, self.batch)?.shuffle(true).drop_last(true);
        let criterion = nn::CrossEntropyLoss::new();
        let optimizer = optim::SGD::new(linear.parameters(), self.lr);
        let total_batch = data_loader.len().min(self.steps);
        self.report(parameters(&linear)?, || {
            let mut avg_cost = 0.0;
            for (x, y) in data_loader.iter().take(self.steps) {
                let x = x.view([-1, 28 * 28]);
                let hypothesis = linear.forward(&x);
                let cost = criterion.forward(&hypothesis, &y);
                optimizer.zero_grad();
                cost.backward();
                optimizer.step();
                avg_cost += cost.item().0 / total_batch as f64;
            }
            Ok(avg_cost)
        })
    }

    /// The job on tch alone: tch's optimiser and operators, batches by index_select with a permutation.
    fn tch(&self) -> Result<()> {
        let MNIST { data, targets, .. } = self.train_set()?;
        let ours = self.linear()?;
        let first = parameters(&ours)?;
        let vs = tch::nn::VarStore::new(Device::Cpu);
        let linear = tch::nn::linear(vs.root(), 784, 10, Default::default());
        let (mut weight, mut bias) =
            (linear.ws.shallow_clone(), linear.bs.as_ref().context("bias")?.shallow_clone());
        no_grad(|| {
            weight.copy_(first[0]);
            bias.copy_(first[1]);
        });
        let mut optimizer = tch::nn::Sgd::default().build(&vs, self.lr)?;
        let mut order = self.order()?;
        let total_batch = (targets.size()[0] as usize / self.batch).min(self.steps);
        self.report([&weight, &bias], || {
            let permutation = order.next(targets.size()[0])?;
            let mut avg_cost = 0.0;
            for step in 0..total_batch {
                let rows = permutation.narrow(0, (step * self.batch) as i64, self.batch as i64);
                let x = data.tch().index_select(0, &rows).to_kind(Kind::Float).view([-1, 784]) / 255.0;
                let cost = x.apply(&linear).cross_entropy_for_logits(&targets.tch().index_select(0, &rows));
                optimizer.backward_step(&cost);
                avg_cost += cost.double_value(&[]) / total_batch as f64;
            }
            Ok(avg_cost)
        })
    }

    /// The same number of steps on one fixed batch: the time that libtorch takes for them.
    fn floor(&self) -> Result<()> {
        let linear = self.linear()?;
        let train_set = self.train_set()?;
        let total_batch = (train_set.len() / self.batch).min(self.steps);
        let (x, y) = train_set.getitems(&(0..self.batch as i64).collect::<Vec<_>>());
        let x = x.view([-1, 784]);
        let optimizer = optim::SGD::new(linear.parameters(), self.lr);
        self.report(parameters(&linear)?, || {
            for _ in 0..total_batch {
                let cost = F::cross_entropy(&linear.forward(&x), &y);
                optimizer.zero_grad();
                cost.backward();
                optimizer.step();
            }
            Ok(f64::NAN)
        })
    }

    /// The permutations that the loader draws.
    fn order(&self) -> Result<Order> {
        let path = format!("{}/order.i64", self.folder);
        let bytes = fs::read(&path).with_context(|| path)?;
        let all = tch::Tensor::from_data_size(&bytes, &[bytes.len() as i64 / 8], Kind::Int64);
        Ok(Order { all, next: 0 })
    }

    /// Runs the epochs, and prints the results.
    fn report(&self, parameters: [&tch::Tensor; 2], mut epoch: impl FnMut() -> Result<f64>) -> Result<()> {
        let mut cost = f64::NAN;
        let mut seconds = Vec::new();
        for _ in 0..self.epochs {
            let start = Instant::now();
            cost = epoch()?;
            seconds.push(start.elapsed().as_secs_f64());
        }
        let test = MNIST::new(zerotoall::project::data_dir(), false)?;
        let x = test.data.tch().view([-1, 784]).to_kind(Kind::Float) / 255.0;
        let right =
            x.linear(parameters[0], Some(parameters[1])).argmax(1, false).eq_tensor(test.targets.tch());
        let accuracy = right.to_kind(Kind::Float).mean(Kind::Float).double_value(&[]);
        println!("{}", json!({ "seconds": seconds, "cost": cost, "accuracy": accuracy }));
        Ok(())
    }
}

/// Permutations one after the other.
struct Order {
    all: tch::Tensor,
    next: i64,
}

impl Order {
    fn next(&mut self, n: i64) -> Result<tch::Tensor> {
        let start = self.next;
        self.next += n;
        ensure!(n == 60_000 && self.next <= self.all.size()[0], "the folder has no order for so much data");
        Ok(self.all.narrow(0, start, n))
    }
}

/// Lab 6's samples as tensors.
fn samples() -> (Tensor, Tensor) {
    (torch::FloatTensor(X), torch::LongTensor(Y.map(i64::from)))
}

/// Lab 6's loop on W and b. Returns the last cost.
fn tiny_ours() -> Result<f64> {
    let (x_train, y_train) = samples();
    let w = torch::zeros([4, 3]).requires_grad_();
    let b = torch::zeros([1]).requires_grad_();
    let optimizer = optim::SGD::new([&w, &b], LR);
    let mut last = 0.0;
    for epoch in 0..=1000 {
        let z = x_train.matmul(&w) + &b;
        let cost = F::cross_entropy(&z, &y_train);
        optimizer.zero_grad();
        cost.backward();
        optimizer.step();
        if epoch % 100 == 0 {
            last = cost.item().0;
        }
    }
    Ok(last)
}

fn tiny_tch() -> Result<f64> {
    let (x_train, y_train) = samples();
    let vs = tch::nn::VarStore::new(Device::Cpu);
    let w = vs.root().zeros("w", &[4, 3]);
    let b = vs.root().zeros("b", &[1]);
    let mut optimizer = tch::nn::Sgd::default().build(&vs, LR)?;
    let mut last = 0.0;
    for epoch in 0..=1000 {
        let z = x_train.tch().matmul(&w) + &b;
        let cost = z.cross_entropy_for_logits(y_train.tch());
        optimizer.backward_step(&cost);
        if epoch % 100 == 0 {
            last = cost.double_value(&[]);
        }
    }
    Ok(last)
}

fn tiny(job: fn() -> Result<f64>) -> Result<()> {
    let mut cost = 0.0;
    let mut seconds = Vec::new();
    for _ in 0..6 {
        let start = Instant::now();
        cost = job()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    println!("{}", json!({ "seconds": seconds, "cost": cost }));
    Ok(())
}
