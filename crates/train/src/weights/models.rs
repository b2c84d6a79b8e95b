//! The models that can be trained, a row for each.

use torch::error::Result;
use torch::module;
use torch::nn::{self, Module};
use torch::tensor::Tensor;

use crate::weights::sizes::Sizes;
use crate::weights::state::{self, Found};

/// A model, as a row of [`MODELS`].
#[derive(Debug)]
pub struct Model {
    /// The name in errors.
    pub name: &'static str,
    /// Makes the model. The initial parameters are those of PyTorch's constructors, drawn from the global generator in
    /// their order.
    pub build: fn(Sizes) -> Box<dyn Module>,
    /// `[N, H, W]`, the pixels of images in 0..=1 -> what the model's `forward` takes.
    pub input: fn(&Tensor) -> Tensor,
    /// Finds the model's parameters in a state_dict, whatever their names and dtypes are there.
    ///
    /// # Errors
    /// When they are missing or not plain.
    pub find: fn(&[(String, Tensor)]) -> Result<Found>,
    /// The parameters in a checkpoint, for an error.
    pub parameters: &'static str,
    /// The layer whose weight has an image of pixels for each class, where there is one.
    pub class_images: Option<&'static str>,
    /// Python's constructor for a model card, with `{pixels}` and `{classes}` in it.
    pub python: &'static str,
    /// Python's lines that load model.safetensors, for a model card.
    pub python_load: &'static str,
}

/// The model of the notebook's MNIST part.
pub static LINEAR: Model = Model {
    name: "linear",
    build: |sizes| Box::new(Linear::new(sizes)),
    input: |images| images.view([images.size_dim(0), -1]),
    find: state::only_linear,
    parameters: "linear.weight and linear.bias, both float32",
    class_images: Some("linear"),
    python: "torch.nn.Linear({pixels}, {classes})",
    python_load: r#"linear = torch.nn.Linear({pixels}, {classes})
state = load_file("model.safetensors")
linear.load_state_dict({name.removeprefix("linear."): tensor for name, tensor in state.items()})"#,
};

/// All models. A file is taken for the first one whose parameters are in it.
pub static MODELS: [&Model; 1] = [&LINEAR];

module! {
    /// `nn.Linear(pixels, classes)`: `x: [N, H * W] -> [N, classes]` scores.
    struct Linear(sizes: Sizes) {
        linear: nn::Linear(sizes.pixels, sizes.classes),
    }

    fn forward(&self, x) {
        self.linear.forward(x)
    }
}
