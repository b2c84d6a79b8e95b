//! `nn.RNNCell`, `nn.LSTMCell`, `nn.GRUCell`: one step of a recurrent layer.

use std::fmt;

use super::{PairState, State};
use crate::Repr;
use crate::nn::{Module, Parameter, Part, draws, init};
use crate::sys::ffi::refuse;
use crate::tensor::Tensor;

/// The parameters, uniform in `(-1/sqrt(hidden_size), 1/sqrt(hidden_size))`: weights, then biases.
fn drawn(sizes: [i64; 2], gates: i64, bias: bool) -> ([Tensor; 2], [Option<Tensor>; 2]) {
    let [input_size, hidden_size] = sizes;
    let bound = if hidden_size > 0 { 1.0 / (hidden_size as f64).sqrt() } else { 0.0 };
    let uniform = |size: &[i64]| {
        let weight = torch::empty(size);
        init::uniform_(&weight, -bound, bound);
        Parameter(weight)
    };
    let weights = [input_size, hidden_size].map(|columns| uniform(&[gates * hidden_size, columns]));
    let biases = [(); 2].map(|()| bias.then(|| uniform(&[gates * hidden_size])));
    (weights, biases)
}

/// Python's checks of an input and its states. Gives them as a batch, and whether they were one.
///
/// # Panics
/// With PyTorch's words, when one of them has other than one or two dimensions.
fn batched(
    name: &str,
    input: &Tensor,
    states: Option<Vec<Tensor>>,
    zeros: usize,
    [input_size, hidden_size]: [i64; 2],
) -> (Tensor, Vec<Tensor>, bool) {
    let fits = |tensor: &Tensor| [1, 2].contains(&tensor.dim());
    if !fits(input) {
        refuse(format!("{name}: Expected input to be 1D or 2D, got {}D instead", input.dim()));
    }
    if let Some((index, state)) = states.iter().flatten().enumerate().find(|(_, state)| !fits(state)) {
        let which = if zeros > 1 { format!("hx[{index}]") } else { "hidden".to_string() };
        refuse(format!("{name}: Expected {which} to be 1D or 2D, got {}D instead", state.dim()));
    }
    let is_batched = input.dim() == 2;
    // PyTorch's kernel takes the rows of such a state for its features, and reads memory that is not the state's.
    let rows_as_features = |state: &Tensor| state.dim() == 2 && state.size_dim(0) == hidden_size;
    if let [h, c] = states.as_deref().unwrap_or_default()
        && !is_batched
        && input.size_dim(0) == input_size
        && rows_as_features(h)
        && rows_as_features(c)
    {
        refuse(format!("{name}: Expected hx to be 1D for a 1D input, got 2D instead"));
    }
    let batch = |tensor: &Tensor| if is_batched { tensor.shallow_clone() } else { tensor.unsqueeze(0) };
    let input = batch(input);
    let states = match states {
        Some(states) => states.iter().map(batch).collect(),
        None => {
            let size = [input.size_dim(0), hidden_size];
            let zero = tch::Tensor::zeros(size, (input.kind(), input.tch().device()));
            (0..zeros).map(|_| zero.shallow_clone().into()).collect()
        }
    };
    (input, states, is_batched)
}

/// Makes the cells, each with its parameters.
macro_rules! cells {
    ($($(#[$doc:meta])* $Name:ident of $gates:literal $(, $field:ident: $Field:ty = $value:expr)?;)*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $Name {
            input_size: i64,
            hidden_size: i64,
            /// `[gates * hidden_size, input_size]`.
            pub weight_ih: Tensor,
            /// `[gates * hidden_size, hidden_size]`.
            pub weight_hh: Tensor,
            /// `[gates * hidden_size]`, unless the cell is made with `bias(false)`.
            pub bias_ih: Option<Tensor>,
            /// As `bias_ih`.
            pub bias_hh: Option<Tensor>,
            $($field: $Field,)?
        }

        impl $Name {
            /// A cell for `input_size` features, with `hidden_size` features in its state.
            ///
            /// Draws its parameters from the global generator, uniform in `(-1/sqrt(hidden_size), 1/sqrt(hidden_size))`, in their
            /// order.
            pub fn new(input_size: i64, hidden_size: i64) -> Self {
                draws::first(|| Self::drawn(input_size, hidden_size, true), |cell| &cell.weight_ih)
            }

            /// Whether the cell has biases (torch's default: true). Without them it draws no numbers for them.
            ///
            /// # Panics
            /// When something else has drawn since `new`.
            pub fn bias(self, bias: bool) -> Self {
                if bias == self.bias_ih.is_some() {
                    return self;
                }
                let make = || $Name {
                    $($field: self.$field,)?
                    ..Self::drawn(self.input_size, self.hidden_size, bias)
                };
                draws::again("bias", &self.weight_ih, make, |cell| &cell.weight_ih)
            }

            fn drawn(input_size: i64, hidden_size: i64, bias: bool) -> Self {
                let ([weight_ih, weight_hh], [bias_ih, bias_hh]) =
                    drawn([input_size, hidden_size], $gates, bias);
                $Name { input_size, hidden_size, weight_ih, weight_hh, bias_ih, bias_hh, $($field: $value,)? }
            }
        }

        /// A cell has its own `forward`.
        impl Module for $Name {
            fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
                visitor("weight_ih", Part::Parameter(&self.weight_ih));
                visitor("weight_hh", Part::Parameter(&self.weight_hh));
                for (name, bias) in [("bias_ih", &self.bias_ih), ("bias_hh", &self.bias_hh)] {
                    if let Some(bias) = bias {
                        visitor(name, Part::Parameter(bias));
                    }
                }
            }

            fn extra_repr(&self) -> String {
                let mut words = format!("{}, {}", self.input_size, self.hidden_size);
                if self.bias_ih.is_none() {
                    words += &format!(", bias={}", false.repr());
                }
                $(if self.$field != $value {
                    words += &format!(", {}={}", stringify!($field), self.$field);
                })?
                words
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.repr())
            }
        }
    )* };
}

cells! {
    /// One step of [`RNN`](crate::nn::RNN).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let cell = nn::RNNCell::new(4, 2);
    /// let mut h = torch::zeros([3, 2]);
    /// for x in [torch::ones([3, 4]), torch::zeros([3, 4])] {
    ///     h = cell.forward(&x, &h);
    /// }
    /// assert_eq!(h.shape().to_string(), "torch.Size([3, 2])");
    /// ```
    RNNCell of 1, nonlinearity: &'static str = "tanh";
    /// One step of [`LSTM`](crate::nn::LSTM).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let cell = nn::LSTMCell::new(4, 2);
    /// let (h, c) = cell.forward(&torch::ones([3, 4]), None);
    /// let (h, _) = cell.forward(&torch::zeros([3, 4]), &(h, c));
    /// assert_eq!(h.shape().to_string(), "torch.Size([3, 2])");
    /// ```
    LSTMCell of 4;
    /// One step of [`GRU`](crate::nn::GRU).
    ///
    /// ```
    /// # use torch::prelude::*;
    /// let cell = nn::GRUCell::new(4, 2);
    /// assert_eq!(cell.forward(&torch::ones([4]), None).shape().to_string(), "torch.Size([2])");
    /// ```
    GRUCell of 3;
}

impl RNNCell {
    /// `"tanh"` (torch's default) or `"relu"`.
    ///
    /// # Panics
    /// With PyTorch's words, for another one. (PyTorch says so when the cell is first called.)
    pub fn nonlinearity(mut self, nonlinearity: &str) -> Self {
        self.nonlinearity = match nonlinearity {
            "tanh" => "tanh",
            "relu" => "relu",
            other => refuse(format!("Unknown nonlinearity: {other}")),
        };
        self
    }

    /// The state after a step. `input`: `[N, input_size]`, or `[input_size]`.
    ///
    /// # Panics
    /// With PyTorch's words, when the input or the state does not fit the cell.
    pub fn forward(&self, input: &Tensor, hx: impl State) -> Tensor {
        let kernel = match self.nonlinearity {
            "tanh" => tch::Tensor::rnn_tanh_cell,
            _ => tch::Tensor::rnn_relu_cell,
        };
        let (input, states, is_batched) =
            batched("RNNCell", input, hx.tensors(), 1, [self.input_size, self.hidden_size]);
        let biases = [&self.bias_ih, &self.bias_hh].map(|bias| bias.as_ref().map(Tensor::tch));
        let (w_ih, w_hh, h) = (self.weight_ih.tch(), self.weight_hh.tch(), states[0].tch());
        let h: Tensor = kernel(input.tch(), h, w_ih, w_hh, biases[0], biases[1]).into();
        if is_batched { h } else { h.squeeze_dim(0) }
    }
}

impl GRUCell {
    /// The state after a step. `input`: `[N, input_size]`, or `[input_size]`.
    ///
    /// # Panics
    /// With PyTorch's words, when the input or the state does not fit the cell.
    pub fn forward(&self, input: &Tensor, hx: impl State) -> Tensor {
        let (input, states, is_batched) =
            batched("GRUCell", input, hx.tensors(), 1, [self.input_size, self.hidden_size]);
        let biases = [&self.bias_ih, &self.bias_hh].map(|bias| bias.as_ref().map(Tensor::tch));
        let (w_ih, w_hh, h) = (self.weight_ih.tch(), self.weight_hh.tch(), states[0].tch());
        let h: Tensor = input.tch().gru_cell(h, w_ih, w_hh, biases[0], biases[1]).into();
        if is_batched { h } else { h.squeeze_dim(0) }
    }
}

impl LSTMCell {
    /// The states `(h, c)` after a step. `input`: `[N, input_size]`, or `[input_size]`.
    ///
    /// # Panics
    /// With PyTorch's words, when the input or the states do not fit the cell.
    pub fn forward(&self, input: &Tensor, hx: impl PairState) -> (Tensor, Tensor) {
        let (input, states, is_batched) =
            batched("LSTMCell", input, hx.tensors(), 2, [self.input_size, self.hidden_size]);
        let biases = [&self.bias_ih, &self.bias_hh].map(|bias| bias.as_ref().map(Tensor::tch));
        let states: Vec<&tch::Tensor> = states.iter().map(Tensor::tch).collect();
        let (w_ih, w_hh) = (self.weight_ih.tch(), self.weight_hh.tch());
        let (h, c) = input.tch().lstm_cell(&states, w_ih, w_hh, biases[0], biases[1]);
        let single = |state: tch::Tensor| {
            let state = Tensor::from(state);
            if is_batched { state } else { state.squeeze_dim(0) }
        };
        (single(h), single(c))
    }
}
