//! The settings that make a run what it is.

use std::fmt::Display;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use torch::error::{Error, Result};

/// What the notebooks have in their MNIST part where they are not all the same: defaults of `train`.
#[derive(Debug)]
pub struct Notebook {
    /// Epochs.
    pub epochs: i64,
    /// Whether a last batch that is not full is left out.
    pub drop_last: bool,
}

/// `--optimizer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "clap would print them")]
pub enum Optimizer {
    Sgd,
    Adam,
}

/// Settings that somebody asks for; the others are the notebook's, or those of the run that goes on.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the settings of `Config`")]
pub struct Wanted {
    pub seed: Option<i64>,
    pub epochs: Option<i64>,
    pub batch_size: Option<i64>,
    pub optimizer: Option<Optimizer>,
    pub lr: Option<f64>,
    pub momentum: Option<f64>,
    pub weight_decay: Option<f64>,
    pub drop_last: Option<bool>,
}

/// What decides a run's numbers, together with the data, libtorch and its number of threads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    pub seed: i64,
    pub epochs: i64,
    pub batch_size: i64,
    pub optimizer: Optimizer,
    pub lr: f64,
    pub momentum: f64,
    pub weight_decay: f64,
    pub drop_last: bool,
    /// The processes that share the work; none when there is one, started on its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<usize>,
}

impl Config {
    /// What somebody asks for; `notebook` fills in the rest. Where `world` processes share the work the last batch is
    /// kept, as in Python without a word about it.
    ///
    /// # Errors
    /// When a momentum is asked for with Adam, which has none, or a batch is smaller than `world`.
    pub fn new(wanted: &Wanted, notebook: &Notebook, world: Option<usize>) -> Result<Self> {
        let optimizer = wanted.optimizer.unwrap_or(Optimizer::Sgd);
        if let (Optimizer::Adam, Some(momentum)) = (optimizer, wanted.momentum) {
            let expected = "left out for adam, which has betas in its place";
            return Err(Error::value("--momentum", expected, momentum));
        }
        let batch_size = wanted.batch_size.unwrap_or(256);
        if world.is_some_and(|world| batch_size < world as i64) {
            let expected = "at least the number of ranks, which share a batch";
            return Err(Error::value("--batch-size", expected, batch_size));
        }
        let default_lr = if optimizer == Optimizer::Adam { 0.001 } else { 0.1 };
        Ok(Config {
            seed: wanted.seed.unwrap_or(777),
            epochs: wanted.epochs.unwrap_or(notebook.epochs),
            batch_size,
            optimizer,
            lr: wanted.lr.unwrap_or(default_lr),
            momentum: wanted.momentum.unwrap_or(0.0),
            weight_decay: wanted.weight_decay.unwrap_or(0.0),
            drop_last: wanted.drop_last.unwrap_or(notebook.drop_last && world.is_none()),
            world,
        })
    }

    /// The settings of a run that goes on: the run's own, more or fewer epochs when they are asked for.
    ///
    /// # Errors
    /// When another seed, batch size, optimiser, learning rate, .. is asked for.
    pub fn resumed(self, wanted: &Wanted) -> Result<Self> {
        let name = |optimizer: Optimizer| format!("{optimizer:?}").to_lowercase();
        same("--seed", wanted.seed, self.seed)?;
        same("--batch-size", wanted.batch_size, self.batch_size)?;
        same("--optimizer", wanted.optimizer.map(name), name(self.optimizer))?;
        same("--lr", wanted.lr, self.lr)?;
        same("--momentum", wanted.momentum, self.momentum)?;
        same("--weight-decay", wanted.weight_decay, self.weight_decay)?;
        same("--drop-last", wanted.drop_last, self.drop_last)?;
        Ok(Config { epochs: wanted.epochs.unwrap_or(self.epochs), ..self })
    }
}

fn same<T: Display + PartialEq>(option: &str, wanted: Option<T>, has: T) -> Result<()> {
    match wanted {
        Some(wanted) if wanted != has => {
            Err(Error::new(format!("{option} {wanted} asked for, but the run has {has}")))
        }
        _ => Ok(()),
    }
}
