//! `nn.RNN`, `nn.LSTM`, `nn.GRU`.

use std::fmt;

use super::Sequence;
use super::base::{Base, Mode};
use crate::nn::{Module, Part};
use crate::tensor::Tensor;

/// The state before the first step: `None` for zeros, or a tensor, `[layers, N, hidden_size]` for a batch, `[layers, hidden_size]`
/// for one sequence. `layers`: `num_layers`, twice as many with `bidirectional`.
pub trait State {
    #[doc(hidden)]
    fn tensors(self) -> Option<Vec<Tensor>>;
}

impl State for &Tensor {
    fn tensors(self) -> Option<Vec<Tensor>> {
        Some(vec![self.shallow_clone()])
    }
}

impl State for Option<&Tensor> {
    fn tensors(self) -> Option<Vec<Tensor>> {
        self.map(|h| vec![h.shallow_clone()])
    }
}

/// The state of an LSTM before the first step: `None` for zeros, or `h` and `c`, each as a [`State`]; with `proj_size`, `h` has
/// `proj_size` features.
pub trait PairState {
    #[doc(hidden)]
    fn tensors(self) -> Option<Vec<Tensor>>;
}

impl PairState for &(Tensor, Tensor) {
    fn tensors(self) -> Option<Vec<Tensor>> {
        Some(vec![self.0.shallow_clone(), self.1.shallow_clone()])
    }
}

impl PairState for (&Tensor, &Tensor) {
    fn tensors(self) -> Option<Vec<Tensor>> {
        Some(vec![self.0.shallow_clone(), self.1.shallow_clone()])
    }
}

impl PairState for Option<&(Tensor, Tensor)> {
    fn tensors(self) -> Option<Vec<Tensor>> {
        self.and_then(PairState::tensors)
    }
}

/// Makes the layers, each with the options that all have.
macro_rules! layers {
    ($($(#[$doc:meta])* $Name:ident = $mode:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Name {
            base: Base,
        }

        impl $Name {
            /// A layer for sequences of `input_size` features, with `hidden_size` features in its state.
            ///
            /// Draws all parameters from the global generator, uniform in `(-1/sqrt(hidden_size), 1/sqrt(hidden_size))`: for each
            /// layer and each direction `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, and with `proj_size` `weight_hr`.
            ///
            /// # Panics
            /// With PyTorch's words, when a size is not positive.
            pub fn new(input_size: i64, hidden_size: i64) -> Self {
                $Name { base: Base::new($mode, input_size, hidden_size) }
            }

            /// How many layers there are, each reading the output of the one below (torch's default: 1).
            ///
            /// # Panics
            /// With PyTorch's words, when there is none; or when something else has drawn since `new`.
            pub fn num_layers(self, num_layers: i64) -> Self {
                $Name { base: self.base.again("num_layers", |options| options.num_layers = num_layers) }
            }

            /// Whether the layer has biases (torch's default: true). Without them it draws no numbers for them.
            ///
            /// # Panics
            /// When something else has drawn since `new`.
            pub fn bias(self, bias: bool) -> Self {
                $Name { base: self.base.again("bias", |options| options.bias = bias) }
            }

            /// Whether a second layer reads each sequence from its end (torch's default: false). The output then has the features of
            /// both.
            ///
            /// # Panics
            /// When something else has drawn since `new`.
            pub fn bidirectional(self, bidirectional: bool) -> Self {
                $Name { base: self.base.again("bidirectional", |options| options.bidirectional = bidirectional) }
            }

            /// Whether input and output are `[N, L, *]` instead of `[L, N, *]` (torch's default: false). States are `[layers, N, *]`
            /// in both cases.
            pub fn batch_first(mut self, batch_first: bool) -> Self {
                self.base.options.batch_first = batch_first;
                self
            }

            /// How likely dropout between the layers sets a number to 0 while training (torch's default: 0). Set `num_layers` before
            /// it: PyTorch warns of a dropout that one layer has no place for.
            ///
            /// # Panics
            /// With PyTorch's words, when `dropout` is no probability.
            pub fn dropout(self, dropout: f64) -> Self {
                $Name { base: self.base.dropout(dropout) }
            }
        }

        /// A recurrent layer has its own `forward`.
        impl Module for $Name {
            fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
                self.base.visit(visitor);
            }

            fn extra_repr(&self) -> String {
                self.base.extra_repr()
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    )* };
}

layers! {
    /// A recurrent network of J. Elman (1990): `h' = tanh(W_ih x + b_ih + W_hh h + b_hh)`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let rnn = nn::RNN::new(4, 2).num_layers(2).batch_first(true);
    /// let (outputs, status) = rnn.forward(&torch::zeros([3, 5, 4]), None);
    /// assert_eq!(outputs.shape().to_string(), "torch.Size([3, 5, 2])");
    /// assert_eq!(status.shape().to_string(), "torch.Size([2, 3, 2])");
    /// assert_eq!(rnn.to_string(), "RNN(4, 2, num_layers=2, batch_first=True)");
    /// ```
    RNN = Mode::RnnTanh;
    /// Long short-term memory (S. Hochreiter, J. Schmidhuber, 1997), with the gates `i`, `f`, `g`, `o` in this order in its parameters:
    /// `c' = f * c + i * g`, `h' = o * tanh(c')`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let lstm = nn::LSTM::new(5, 10).batch_first(true);
    /// let (outputs, (h, c)) = lstm.forward(&torch::zeros([3, 7, 5]), None);
    /// assert_eq!(outputs.shape().to_string(), "torch.Size([3, 7, 10])");
    /// let (outputs, _) = lstm.forward(&torch::zeros([3, 7, 5]), &(h, c));
    /// assert_eq!(lstm.to_string(), "LSTM(5, 10, batch_first=True)");
    /// ```
    LSTM = Mode::Lstm;
    /// The gated recurrent unit (K. Cho et al., 2014), with the gates `r`, `z`, `n` in this order in its parameters:
    /// `h' = (1 - z) * n + z * h`.
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let gru = nn::GRU::new(16, 16);
    /// let (output, hidden) = gru.forward(&torch::zeros([1, 1, 16]), &torch::zeros([1, 1, 16]));
    /// assert_eq!(hidden.shape().to_string(), "torch.Size([1, 1, 16])");
    /// assert_eq!(gru.get_parameter("weight_ih_l0").shape().to_string(), "torch.Size([48, 16])");
    /// ```
    GRU = Mode::Gru;
}

impl RNN {
    /// `"tanh"` (torch's default) or `"relu"`.
    ///
    /// # Panics
    /// With PyTorch's words, for another one.
    pub fn nonlinearity(mut self, nonlinearity: &str) -> Self {
        self.base.options.mode = match nonlinearity {
            "tanh" => Mode::RnnTanh,
            "relu" => Mode::RnnRelu,
            other => crate::sys::ffi::refuse(format!(
                "Unknown nonlinearity '{other}'. Select from 'tanh' or 'relu'."
            )),
        };
        self
    }

    /// The output of every step, and the state after the last one.
    ///
    /// # Panics
    /// With PyTorch's words, when the input or the state does not fit the layer.
    pub fn forward<S: Sequence>(&self, input: S, hx: impl State) -> (S::Output, Tensor) {
        let (output, states) = self.base.forward(input, hx.tensors());
        (output, states[0].shallow_clone())
    }
}

impl GRU {
    /// The output of every step, and the state after the last one.
    ///
    /// # Panics
    /// With PyTorch's words, when the input or the state does not fit the layer.
    pub fn forward<S: Sequence>(&self, input: S, hx: impl State) -> (S::Output, Tensor) {
        let (output, states) = self.base.forward(input, hx.tensors());
        (output, states[0].shallow_clone())
    }
}

impl LSTM {
    /// How many features `h` and the output have, made from `hidden_size` by a matrix (torch's default: 0, no such matrix; H. Sak et
    /// al., 2014).
    ///
    /// # Panics
    /// With PyTorch's words, when it is negative or not smaller than `hidden_size`; or when something else has drawn since `new`.
    pub fn proj_size(self, proj_size: i64) -> Self {
        LSTM { base: self.base.again("proj_size", |options| options.proj_size = proj_size) }
    }

    /// The output of every step, and the states `(h, c)` after the last one.
    ///
    /// # Panics
    /// With PyTorch's words, when the input or the states do not fit the layer.
    pub fn forward<S: Sequence>(&self, input: S, hx: impl PairState) -> (S::Output, (Tensor, Tensor)) {
        let (output, states) = self.base.forward(input, hx.tensors());
        (output, (states[0].shallow_clone(), states[1].shallow_clone()))
    }
}
