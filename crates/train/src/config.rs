//! The settings that make a run what it is: one table. The options of `train`, config.json, the check of a run that goes
//! on, the terms of ranks and the line of `runs` are made from it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use torch::error::Error;

use crate::fault::{Fault, Result};

/// The settings in which the notebooks' MNIST parts differ: defaults of `train`.
#[derive(Debug)]
pub struct Defaults {
    /// Epochs.
    pub epochs: i64,
    /// Whether a last batch that is not full is left out.
    pub drop_last: bool,
}

/// The optimiser of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimizer {
    Sgd,
    Adam,
}

impl Optimizer {
    pub const ALL: [Optimizer; 2] = [Optimizer::Sgd, Optimizer::Adam];

    /// The name in config.json.
    pub fn name(self) -> &'static str {
        match self {
            Optimizer::Sgd => "sgd",
            Optimizer::Adam => "adam",
        }
    }

    /// The learning rate of a run that is asked for none.
    fn lr(self) -> f64 {
        match self {
            Optimizer::Sgd => 0.1,
            Optimizer::Adam => 0.001,
        }
    }
}

impl fmt::Display for Optimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The values that a setting takes; each is read as the type of the table's column.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// Any `i64`.
    Integer,
    /// An `i64` of 1 or more.
    Count,
    /// An `f64` of 0 or more.
    Nonnegative,
    /// A `bool`.
    Switch,
    /// One of [`Optimizer::ALL`].
    Optimizer,
}

/// A row of the table, for whoever asks a user for it.
#[derive(Debug)]
pub struct Setting {
    /// The name in config.json.
    pub name: &'static str,
    pub values: Values,
    /// The place among the settings where they are explained.
    pub place: usize,
    /// What the setting is; empty where the name says it.
    pub what: &'static str,
    /// The default value, in words where other things decide it.
    pub default: String,
}

/// Where the values that somebody asks for are found.
pub trait Asked {
    /// The value of a setting; `None` where nobody asks for one.
    fn value<T: Clone + Send + Sync + 'static>(&self, setting: &str) -> Option<T>;
}

/// Makes [`Wanted`], [`Config`] and [`settings`] from the table, so that a setting is a field of each with a type of its
/// own, and its name stands once.
macro_rules! settings {
    // Whether a value is the default, and the default in words: one that other things decide comes with its words.
    (@is_default $value:expr, $default:expr) => { $value == $default };
    (@is_default $value:expr, $default:expr, $words:literal) => { false };
    (@in_words $type:ty, $default:expr) => { <$type as ToString>::to_string(&$default) };
    (@in_words $type:ty, $default:expr, $words:literal) => { $words.to_string() };
    (
        ($defaults:ident, $world:ident)
        $($(#[$attribute:meta])*
          $name:ident: $type:ty, $values:ident = $default:expr,
          help($place:literal, $what:literal $(, $words:literal)?) $(, runs($column:literal))?;)*
    ) => {
        /// The settings that somebody asks for. The others are the notebook's, or those of the run that goes on.
        #[derive(Clone, Debug, Default)]
        pub struct Wanted {
            $($name: Option<$type>,)*
        }

        impl Wanted {
            /// What `asked` has.
            pub fn new(asked: &impl Asked) -> Self {
                Wanted { $($name: asked.value(stringify!($name)),)* }
            }
        }

        /// What decides a run's numbers, together with the data, libtorch and its number of threads.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct Config {
            $($(#[$attribute])* pub $name: $type,)*
            /// The number of processes that share the work; `None` for one process, started on its own.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub world: Option<usize>,
        }

        impl Config {
            fn filled(wanted: &Wanted, $defaults: &Defaults, $world: Option<usize>) -> Self {
                $(let $name = wanted.$name.unwrap_or_else(|| $default);)*
                Config { $($name,)* world: $world }
            }

            /// The first setting of which `wanted` has another value: its name, and both values.
            fn difference(&self, wanted: &Wanted) -> Option<(&'static str, String, String)> {
                $(if let Some(wanted) = wanted.$name && wanted != self.$name {
                    return Some((stringify!($name), wanted.to_string(), self.$name.to_string()));
                })*
                None
            }

            /// The settings that a line of `runs` shows beside the optimiser, with their values: those with another value
            /// than the default, and those whose default other settings decide.
            pub fn unusual(&self) -> Vec<(&'static str, String)> {
                let mut shown: Vec<(usize, &'static str, String)> = Vec::new();
                $(
                    let usual = settings!(@is_default self.$name, $default $(, $words)?);
                    let columns: &[usize] = if usual { &[] } else { &[$($column)?] };
                    shown.extend(columns.iter().map(|at| (*at, stringify!($name), self.$name.to_string())));
                )*
                shown.sort();
                shown.into_iter().map(|(_, name, value)| (name, value)).collect()
            }
        }

        /// The rows of the table, in the order in which they are explained.
        pub fn settings() -> Vec<Setting> {
            let mut settings = vec![$(Setting {
                name: stringify!($name),
                values: Values::$values,
                place: $place,
                what: $what,
                default: settings!(@in_words $type, $default $(, $words)?),
            }),*];
            settings.sort_by_key(|setting| setting.place);
            settings
        }
    };
}

// The table, in the order of config.json. A default may come from the notebook (`defaults`), from the number of ranks
// (`world`) and from the rows above it. `help` has a setting's place among the options, what it is, and its default in
// words where it is not a number; `runs` its place in the line of `runs`. A new row begins with #[serde(default = "..")],
// so that the config.json of older runs can be read.
settings! {
    (defaults, world)
    seed: i64, Integer = 777, help(7, ""), runs(5);
    epochs: i64, Count = defaults.epochs, help(1, "Epochs in all", "the notebook's");
    batch_size: i64, Count = 256, help(2, "Images in a batch"), runs(4);
    optimizer: Optimizer, Optimizer = Optimizer::Sgd, help(4, "");
    lr: f64, Nonnegative = optimizer.lr(), help(3, "Learning rate", "0.1 for sgd, 0.001 for adam"), runs(1);
    momentum: f64, Nonnegative = 0.0, help(5, "Momentum of sgd"), runs(2);
    weight_decay: f64, Nonnegative = 0.0, help(6, "L2 penalty"), runs(3);
    drop_last: bool, Switch = defaults.drop_last && world.is_none(),
        help(8, "Whether a last batch that is not full is left out", "as the notebook");
}

impl Config {
    /// The settings that somebody asks for; `defaults` fills in the rest. Where `world` processes share the work the last
    /// batch is kept unless `wanted` leaves it out, as in Python.
    ///
    /// # Errors
    /// When a momentum is asked for with Adam, which has none, or a batch is smaller than `world`.
    pub fn new(wanted: &Wanted, defaults: &Defaults, world: Option<usize>) -> Result<Self> {
        let config = Config::filled(wanted, defaults, world);
        if let (Optimizer::Adam, Some(momentum)) = (config.optimizer, wanted.momentum) {
            let expected = "left out for adam, which has betas in its place";
            return Err(Fault::Unfit { setting: "momentum", expected, found: momentum.to_string() });
        }
        if world.is_some_and(|world| config.batch_size < world as i64) {
            let expected = "at least the number of ranks, which share a batch";
            let found = config.batch_size.to_string();
            return Err(Fault::Unfit { setting: "batch_size", expected, found });
        }
        Ok(config)
    }

    /// The settings of a run that goes on: the run's own, with the number of epochs that is asked for.
    ///
    /// # Errors
    /// The first other setting that `wanted` would change: its name, the wanted value, the run's value.
    pub fn resumed(mut self, wanted: &Wanted) -> std::result::Result<Self, (&'static str, String, String)> {
        self.epochs = wanted.epochs.unwrap_or(self.epochs);
        self.difference(wanted).map_or(Ok(self), Err)
    }

    /// The settings as config.json has them, by name.
    ///
    /// # Errors
    /// When serde cannot write them, which is a bug of this program.
    pub fn to_json(&self) -> torch::error::Result<Map<String, Value>> {
        let json = serde_json::to_value(self).and_then(serde_json::from_value);
        json.map_err(|error| Error::new(error.to_string()).hint("please report it"))
    }

    /// Each setting's name and its value as text.
    ///
    /// # Errors
    /// As of [`Config::to_json`].
    pub fn to_texts(&self) -> torch::error::Result<Vec<(String, String)>> {
        let text = |value: &Value| value.to_string().trim_matches('"').to_string();
        Ok(self.to_json()?.iter().map(|(name, value)| (name.clone(), text(value))).collect())
    }
}
