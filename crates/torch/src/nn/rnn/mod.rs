//! Recurrent layers: networks that read a sequence step by step and keep a state (torch/nn/modules/rnn.py).

mod base;
mod cells;
mod layers;

pub use base::Sequence;
pub use cells::{GRUCell, LSTMCell, RNNCell};
pub use layers::{GRU, LSTM, PairState, RNN, State};
