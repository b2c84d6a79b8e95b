//! `torch.nn`: modules, losses, initialisers, and the functions that they are made of.

mod activation;
#[doc(hidden)]
pub mod attribute;
mod batch_norm;
mod bilinear;
mod conv;
mod distance;
mod draws;
mod dropout;
mod embedding;
mod flatten;
mod fold;
pub mod functional;
pub mod init;
mod linear;
mod loss;
mod macros;
mod module;
mod module_list;
mod normalization;
mod padding;
mod parameter;
mod parameter_list;
mod pooling;
mod rearrange;
mod rectifier;
mod rnn;
mod sequential;
mod shape;
mod state_dict;
pub mod utils;

pub use activation::{
    CELU, ELU, GELU, GLU, Hardshrink, Hardsigmoid, Hardswish, Hardtanh, LeakyReLU, LogSigmoid, LogSoftmax,
    Mish, ReLU, ReLU6, SELU, SiLU, Sigmoid, Softmax, Softmax2d, Softmin, Softplus, Softshrink, Softsign,
    Tanh, Tanhshrink, Threshold,
};
pub use batch_norm::{BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d};
pub use bilinear::Bilinear;
pub use conv::{
    Conv1d, Conv2d, Conv3d, ConvPadding, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, Pads,
};
pub use distance::{CosineSimilarity, PairwiseDistance};
pub use dropout::{AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout};
pub use embedding::Embedding;
pub use flatten::{Flatten, Unflatten};
pub use fold::{Fold, Unfold};
pub use linear::{Identity, Linear};
pub use loss::{
    BCELoss, BCEWithLogitsLoss, CTCLoss, CosineEmbeddingLoss, CrossEntropyLoss, GaussianNLLLoss,
    HingeEmbeddingLoss, HuberLoss, KLDivLoss, L1Loss, MSELoss, MarginRankingLoss, MultiLabelMarginLoss,
    MultiLabelSoftMarginLoss, MultiMarginLoss, NLLLoss, PoissonNLLLoss, Reduction, SmoothL1Loss,
    SoftMarginLoss, TripletMarginLoss,
};
#[doc(hidden)]
pub use macros::refuse_forward;
#[doc(hidden)]
pub use module::parameters_so_far;
pub use module::{AsModule, IntoModule, Module, Part, Training};
pub use module_list::{ModuleDict, ModuleList};
pub use normalization::{GroupNorm, LayerNorm, LocalResponseNorm, RMSNorm};
pub use padding::{
    CircularPad1d, CircularPad2d, CircularPad3d, ConstantPad1d, ConstantPad2d, ConstantPad3d,
    ReflectionPad1d, ReflectionPad2d, ReflectionPad3d, ReplicationPad1d, ReplicationPad2d, ReplicationPad3d,
    ZeroPad1d, ZeroPad2d, ZeroPad3d,
};
pub use parameter::{Buffer, Parameter};
pub use parameter_list::{ParameterDict, ParameterList};
pub use pooling::{
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d, AdaptiveMaxPool1d, AdaptiveMaxPool2d,
    AdaptiveMaxPool3d, AvgPool1d, AvgPool2d, AvgPool3d, MaxPool1d, MaxPool2d, MaxPool3d, OutputSize,
    OutputSizes,
};
pub use rearrange::{ChannelShuffle, PixelShuffle, PixelUnshuffle};
pub use rectifier::{PReLU, RReLU};
pub use rnn::{GRU, GRUCell, LSTM, LSTMCell, PairState, RNN, RNNCell, Sequence, State};
pub use sequential::Sequential;
pub use shape::{Given, Sizes};
pub use state_dict::{IncompatibleKeys, StateDict};
