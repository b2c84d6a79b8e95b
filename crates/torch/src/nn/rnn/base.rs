//! What the recurrent layers have in common (`RNNBase`): options, parameters, checks, and what is around libtorch's kernels.

use std::cell::Cell;

use crate::Repr;
use crate::nn::utils::rnn::PackedSequence;
use crate::nn::{Parameter, Part, draws, init};
use crate::sys::console::warn;
use crate::sys::{dtype, ffi::refuse};
use crate::tensor::{Float, Tensor};

/// Which kernel a layer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    RnnTanh,
    RnnRelu,
    Lstm,
    Gru,
}

impl Mode {
    /// The class.
    pub(super) fn name(self) -> &'static str {
        match self {
            Mode::RnnTanh | Mode::RnnRelu => "RNN",
            Mode::Lstm => "LSTM",
            Mode::Gru => "GRU",
        }
    }

    /// How many rows of the weights belong to a hidden unit.
    fn gates(self) -> i64 {
        match self {
            Mode::RnnTanh | Mode::RnnRelu => 1,
            Mode::Lstm => 4,
            Mode::Gru => 3,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Options {
    pub mode: Mode,
    pub input_size: i64,
    pub hidden_size: i64,
    pub num_layers: i64,
    pub bias: bool,
    pub batch_first: bool,
    pub dropout: f64,
    pub bidirectional: bool,
    pub proj_size: i64,
}

impl Options {
    fn directions(&self) -> i64 {
        if self.bidirectional { 2 } else { 1 }
    }

    /// The size of what a layer gives: of `h`.
    fn output_size(&self) -> i64 {
        if self.proj_size > 0 { self.proj_size } else { self.hidden_size }
    }

    /// The sizes of `h`, and of an LSTM's `c`.
    fn sizes_of_states(&self, batch: i64) -> Vec<[i64; 3]> {
        let layers = self.num_layers * self.directions();
        let mut sizes = vec![[layers, batch, self.output_size()]];
        if self.mode == Mode::Lstm {
            sizes.push([layers, batch, self.hidden_size]);
        }
        sizes
    }

    /// # Panics
    /// With PyTorch's words, when a size is out of its range.
    fn check(&self) {
        let refuse_unless = |right: bool, words: &str| {
            if !right {
                refuse(words.to_string())
            }
        };
        refuse_unless(self.input_size > 0, "input_size must be greater than zero");
        refuse_unless(self.hidden_size > 0, "hidden_size must be greater than zero");
        refuse_unless(self.num_layers > 0, "num_layers must be greater than zero");
        refuse_unless(
            self.proj_size >= 0,
            "proj_size should be a positive integer or zero to disable projections",
        );
        refuse_unless(self.proj_size < self.hidden_size, "proj_size has to be smaller than hidden_size");
    }
}

#[derive(Debug)]
pub(super) struct Base {
    pub options: Options,
    /// The parameters in the kernel's order, with their names.
    pub weights: Vec<(String, Tensor)>,
    pub training: Cell<bool>,
}

impl Base {
    pub(super) fn new(mode: Mode, input_size: i64, hidden_size: i64) -> Self {
        let options = Options {
            mode,
            input_size,
            hidden_size,
            num_layers: 1,
            bias: true,
            batch_first: false,
            dropout: 0.0,
            bidirectional: false,
            proj_size: 0,
        };
        draws::first(|| Self::drawn(options), |base| &base.weights[0].1)
    }

    fn drawn(options: Options) -> Self {
        options.check();
        let mut weights = Vec::new();
        let rows = options.mode.gates() * options.hidden_size;
        let bound = 1.0 / (options.hidden_size as f64).sqrt();
        for layer in 0..options.num_layers {
            for suffix in ["", "_reverse"].into_iter().take(options.directions() as usize) {
                let inputs = if layer == 0 {
                    options.input_size
                } else {
                    options.output_size() * options.directions()
                };
                let mut add = |name: &str, size: &[i64]| {
                    let weight = torch::empty(size);
                    init::uniform_(&weight, -bound, bound);
                    weights.push((format!("{name}_l{layer}{suffix}"), Parameter(weight)));
                };
                add("weight_ih", &[rows, inputs]);
                add("weight_hh", &[rows, options.output_size()]);
                if options.bias {
                    add("bias_ih", &[rows]);
                    add("bias_hh", &[rows]);
                }
                if options.proj_size > 0 {
                    add("weight_hr", &[options.proj_size, options.hidden_size]);
                }
            }
        }
        Base { options, weights, training: Cell::new(true) }
    }

    /// The layer with an option that decides on draws, made again from where its draws began.
    pub(super) fn again(self, option: &str, set: impl FnOnce(&mut Options)) -> Self {
        let mut options = self.options.clone();
        set(&mut options);
        if options == self.options {
            return self;
        }
        options.check();
        draws::again(option, &self.weights[0].1, || Self::drawn(options), |base| &base.weights[0].1)
    }

    /// # Panics
    /// With PyTorch's words, when `dropout` is no probability.
    pub(super) fn dropout(mut self, dropout: f64) -> Self {
        if !(0.0..=1.0).contains(&dropout) {
            refuse(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
                    .to_string(),
            );
        }
        let layers = self.options.num_layers;
        if dropout > 0.0 && layers == 1 {
            warn(&format!(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers \
                 greater than 1, but got dropout={} and num_layers={layers}",
                Float(dropout)
            ));
        }
        self.options.dropout = dropout;
        self
    }

    pub(super) fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&str, Part<'a>)) {
        for (name, weight) in &self.weights {
            visitor(name, Part::Parameter(weight));
        }
        visitor("training", Part::Training(&self.training));
    }

    pub(super) fn extra_repr(&self) -> String {
        let options = &self.options;
        let mut words = format!("{}, {}", options.input_size, options.hidden_size);
        let mut add = |shown: bool, name: &str, value: String| {
            if shown {
                words += &format!(", {name}={value}");
            }
        };
        add(options.proj_size != 0, "proj_size", options.proj_size.repr());
        add(options.num_layers != 1, "num_layers", options.num_layers.repr());
        add(!options.bias, "bias", options.bias.repr());
        add(options.batch_first, "batch_first", options.batch_first.repr());
        add(options.dropout != 0.0, "dropout", options.dropout.repr());
        add(options.bidirectional, "bidirectional", options.bidirectional.repr());
        words
    }

    /// Python's `forward`. `states`: `h`, and an LSTM's `c`. Gives the output, and the states after the last step.
    pub(super) fn forward<S: Sequence>(
        &self,
        input: S,
        states: Option<Vec<Tensor>>,
    ) -> (S::Output, Vec<Tensor>) {
        let (output, states) = match input.packed() {
            Some(packed) => self.forward_packed(packed, states),
            None => self.forward_padded(input.data(), states),
        };
        (input.with_data(output), states)
    }

    fn forward_packed(&self, packed: &PackedSequence, states: Option<Vec<Tensor>>) -> (Tensor, Vec<Tensor>) {
        let x = &packed.data;
        let batch = packed.batch_sizes.tch().int64_value(&[0]);
        let permuted = |states: Vec<Tensor>, order: &Option<Tensor>| match order {
            Some(order) => {
                states.into_iter().map(|state| state.tch().index_select(1, order.tch()).into()).collect()
            }
            None => states,
        };
        let states = match states {
            Some(states) => permuted(states, &packed.sorted_indices),
            None => self.zeros(x, batch),
        };
        // PyTorch's LSTM leaves these checks to the kernel, which then reads memory that is not the tensors'.
        self.check_input(x, 2);
        self.check_states(&states, batch);
        let (output, states) = self.kernel(x, Some(&packed.batch_sizes), &states);
        (output, permuted(states, &packed.unsorted_indices))
    }

    fn forward_padded(&self, x: &Tensor, states: Option<Vec<Tensor>>) -> (Tensor, Vec<Tensor>) {
        let options = &self.options;
        let is_batched = match x.dim() {
            2 => false,
            3 => true,
            other => {
                let word = if options.mode.name() == "RNN" { " tensor" } else { "" };
                refuse(format!(
                    "{}: Expected input to be 2D or 3D, got {other}D{word} instead",
                    options.mode.name()
                ))
            }
        };
        let batch_dim = if options.batch_first { 0 } else { 1 };
        let x = if is_batched { x.shallow_clone() } else { x.unsqueeze(batch_dim) };
        let batch = x.size_dim(batch_dim);
        let states = match states {
            None => self.zeros(&x, batch),
            Some(states) => {
                check_dimensions(&states, is_batched);
                let batched = |state: Tensor| if is_batched { state } else { state.unsqueeze(1) };
                states.into_iter().map(batched).collect()
            }
        };
        self.check_input(&x, 3);
        self.check_states(&states, batch);
        let (output, states) = self.kernel(&x, None, &states);
        if is_batched {
            return (output, states);
        }
        (output.squeeze_dim(batch_dim), states.iter().map(|state| state.squeeze_dim(1)).collect())
    }

    /// The states before the first step, where none are given.
    fn zeros(&self, x: &Tensor, batch: i64) -> Vec<Tensor> {
        let sizes = self.options.sizes_of_states(batch);
        let kind = (x.kind(), x.tch().device());
        sizes.into_iter().map(|size| tch::Tensor::zeros(size, kind).into()).collect()
    }

    /// # Panics
    /// With PyTorch's words, when the dtype, the dimensions or the features are not the layer's.
    fn check_input(&self, x: &Tensor, dimensions: usize) {
        let (theirs, ours) = (dtype(x.kind()), dtype(self.weights[0].1.kind()));
        if theirs != ours {
            refuse(format!(
                "RNN input dtype ({theirs}) does not match weight dtype ({ours}). Convert input: input.to({ours}), or convert \
                 model: model.to({theirs})"
            ));
        }
        if x.dim() != dimensions {
            refuse(format!("input must have {dimensions} dimensions, got {}", x.dim()));
        }
        let (expected, got) = (self.options.input_size, x.size_dim(-1));
        if expected != got {
            refuse(format!("input.size(-1) must be equal to input_size. Expected {expected}, got {got}"));
        }
    }

    /// # Panics
    /// With PyTorch's words, when the sizes of a state are not those of the layer and the batch.
    fn check_states(&self, states: &[Tensor], batch: i64) {
        for (index, (state, size)) in states.iter().zip(self.options.sizes_of_states(batch)).enumerate() {
            let got = state.shape();
            if got[..] != size {
                let which = if states.len() > 1 { format!("[{index}]") } else { String::new() };
                refuse(format!(
                    "Expected hidden{which} size ({}, {}, {}), got {:?}",
                    size[0],
                    size[1],
                    size[2],
                    &got[..]
                ));
            }
        }
    }

    fn kernel(&self, x: &Tensor, batch_sizes: Option<&Tensor>, states: &[Tensor]) -> (Tensor, Vec<Tensor>) {
        let Options { mode, num_layers: layers, bias, batch_first, dropout, bidirectional: both, .. } =
            self.options;
        let (x, train) = (x.tch(), self.training.get());
        let weights: Vec<&tch::Tensor> = self.weights.iter().map(|(_, weight)| weight.tch()).collect();
        let states: Vec<&tch::Tensor> = states.iter().map(Tensor::tch).collect();
        let w = &weights[..];
        let (output, states) = match batch_sizes.map(Tensor::tch) {
            None => match mode {
                Mode::Lstm => {
                    let (output, h, c) = x.lstm(&states, w, bias, layers, dropout, train, both, batch_first);
                    (output, vec![h, c])
                }
                _ => {
                    let kernel = match mode {
                        Mode::RnnTanh => tch::Tensor::rnn_tanh,
                        Mode::RnnRelu => tch::Tensor::rnn_relu,
                        _ => tch::Tensor::gru,
                    };
                    let (output, h) =
                        kernel(x, states[0], w, bias, layers, dropout, train, both, batch_first);
                    (output, vec![h])
                }
            },
            Some(sizes) => match mode {
                Mode::Lstm => {
                    let (output, h, c) =
                        tch::Tensor::lstm_data(x, sizes, &states, w, bias, layers, dropout, train, both);
                    (output, vec![h, c])
                }
                _ => {
                    let kernel = match mode {
                        Mode::RnnTanh => tch::Tensor::rnn_tanh_data,
                        Mode::RnnRelu => tch::Tensor::rnn_relu_data,
                        _ => tch::Tensor::gru_data,
                    };
                    let (output, h) = kernel(x, sizes, states[0], w, bias, layers, dropout, train, both);
                    (output, vec![h])
                }
            },
        };
        (output.into(), states.into_iter().map(Tensor::from).collect())
    }
}

/// # Panics
/// With PyTorch's words, when states have not the dimensions that the input has.
fn check_dimensions(states: &[Tensor], is_batched: bool) {
    let (words, wanted) = if is_batched { ("batched 3-D", 3) } else { ("unbatched 2-D", 2) };
    match states {
        [h, c] if h.dim() != wanted || c.dim() != wanted => refuse(format!(
            "For {words} input, hx and cx should also be {wanted}-D but got ({}-D, {}-D) tensors",
            h.dim(),
            c.dim()
        )),
        [h] if h.dim() != wanted => {
            refuse(format!("For {words} input, hx should also be {wanted}-D but got {}-D tensor", h.dim()))
        }
        _ => {}
    }
}

/// What a recurrent layer reads: a tensor, `[L, input_size]` for one sequence, `[L, N, input_size]` for a batch of sequences of one
/// length (with `batch_first` `[N, L, input_size]`), or a [`PackedSequence`]. The output is of the same type.
pub trait Sequence {
    /// The type of the output.
    type Output;
    #[doc(hidden)]
    fn data(&self) -> &Tensor;
    #[doc(hidden)]
    fn packed(&self) -> Option<&PackedSequence>;
    #[doc(hidden)]
    fn with_data(&self, data: Tensor) -> Self::Output;
}

impl Sequence for &Tensor {
    type Output = Tensor;

    fn data(&self) -> &Tensor {
        self
    }

    fn packed(&self) -> Option<&PackedSequence> {
        None
    }

    fn with_data(&self, data: Tensor) -> Tensor {
        data
    }
}

impl Sequence for &PackedSequence {
    type Output = PackedSequence;

    fn data(&self) -> &Tensor {
        &self.data
    }

    fn packed(&self) -> Option<&PackedSequence> {
        Some(self)
    }

    fn with_data(&self, data: Tensor) -> PackedSequence {
        PackedSequence::with_data(self, data)
    }
}
