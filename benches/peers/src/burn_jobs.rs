//! burn, on its flex backend.

use std::cell::RefCell;

use anyhow::Result;
use burn::module::{Module, Param};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::{GradientsParams, SgdConfig};
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::samples::{X, Y};
use crate::{Job, LR, PIXELS, report};

/// `x weight + bias`.
#[derive(Module, Debug)]
struct Model {
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
}

impl Model {
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        x.matmul(self.weight.val()) + self.bias.val().unsqueeze()
    }
}

fn ints(values: impl Iterator<Item = i32>, device: &Device) -> Tensor<1, Int> {
    let values: Vec<i32> = values.collect();
    let n = values.len();
    Tensor::from_data(TensorData::new(values, [n]), device)
}

pub fn epochs(job: &Job) -> Result<()> {
    let device = Device::flex().autodiff();
    let n = job.train.labels.len();
    let images = Tensor::<2>::from_data(TensorData::new(job.train.images.clone(), [n, PIXELS]), &device);
    let labels = ints(job.train.labels.iter().map(|&label| label.into()), &device);
    let weight = Tensor::<2>::from_data(TensorData::new(job.weight.clone(), [10, PIXELS]), &device);
    let trained = RefCell::new(Some(Model {
        weight: Param::from_tensor(weight.transpose()),
        bias: Param::from_tensor(Tensor::from_data(TensorData::new(job.bias.clone(), [10]), &device)),
    }));
    let criterion = CrossEntropyLossConfig::new().init(&device);
    let mut optimizer = SgdConfig::new().init();
    let step = |indices: &[u32]| {
        let rows = ints(indices.iter().map(|&index| index as i32), &device);
        let (x, y) = (images.clone().select(0, rows.clone()), labels.clone().select(0, rows));
        let model = trained.take().expect("the model");
        let cost = criterion.forward(model.forward(x), y);
        let value: f32 = cost.clone().into_scalar();
        let grads = GradientsParams::from_grads(cost.backward(), &model);
        trained.replace(Some(optimizer.step(job.lr, model, grads)));
        Ok(f64::from(value))
    };
    let accuracy = || {
        let n = job.test.labels.len();
        let x = Tensor::<2>::from_data(TensorData::new(job.test.images.clone(), [n, PIXELS]), &device);
        let y = ints(job.test.labels.iter().map(|&label| label.into()), &device);
        let model = trained.take().expect("the model");
        let right = model.forward(x).argmax(1).reshape([n]).equal(y).int().sum();
        Ok(f64::from(right.into_scalar::<i32>()) / n as f64)
    };
    report(job.run(step, accuracy)?)
}

pub fn tiny() -> Result<f64> {
    let device = Device::flex().autodiff();
    let x = Tensor::<2>::from_data(TensorData::from(X), &device);
    let y = ints(Y.iter().map(|&class| class as i32), &device);
    let mut model = Model {
        weight: Param::from_tensor(Tensor::zeros([4, 3], &device)),
        bias: Param::from_tensor(Tensor::zeros([1], &device)),
    };
    let criterion = CrossEntropyLossConfig::new().init(&device);
    let mut optimizer = SgdConfig::new().init();
    let mut last = 0.0;
    for epoch in 0..=1000 {
        let cost = criterion.forward(model.forward(x.clone()), y.clone());
        if epoch % 100 == 0 {
            last = f64::from(cost.clone().into_scalar::<f32>());
        }
        let grads = GradientsParams::from_grads(cost.backward(), &model);
        model = optimizer.step(LR, model, grads);
    }
    Ok(last)
}
