//! candle.

use anyhow::Result;
use candle_core::{D, DType, Device, Tensor, Var};
use candle_nn::{Linear, Module, Optimizer, SGD, loss};

use crate::samples::{X, Y};
use crate::{Job, LR, PIXELS, report};

pub fn epochs(job: &Job) -> Result<()> {
    let device = Device::Cpu;
    let n = job.train.labels.len();
    let images = Tensor::from_slice(&job.train.images, (n, PIXELS), &device)?;
    let labels = Tensor::from_slice(&job.train.labels, n, &device)?.to_dtype(DType::U32)?;
    let weight = Var::from_tensor(&Tensor::from_slice(&job.weight, (10, PIXELS), &device)?)?;
    let bias = Var::from_tensor(&Tensor::from_slice(&job.bias, 10, &device)?)?;
    let linear = Linear::new(weight.as_tensor().clone(), Some(bias.as_tensor().clone()));
    let mut optimizer = SGD::new(vec![weight, bias], job.lr)?;
    let step = |indices: &[u32]| {
        let rows = Tensor::from_slice(indices, indices.len(), &device)?;
        let (x, y) = (images.index_select(&rows, 0)?, labels.index_select(&rows, 0)?);
        let cost = loss::cross_entropy(&linear.forward(&x)?, &y)?;
        optimizer.backward_step(&cost)?;
        Ok(f64::from(cost.to_scalar::<f32>()?))
    };
    let accuracy = || {
        let n = job.test.labels.len();
        let x = Tensor::from_slice(&job.test.images, (n, PIXELS), &device)?;
        let y = Tensor::from_slice(&job.test.labels, n, &device)?.to_dtype(DType::U32)?;
        let right = linear.forward(&x)?.argmax(D::Minus1)?.eq(&y)?.to_dtype(DType::F32)?;
        Ok(f64::from(right.mean_all()?.to_scalar::<f32>()?))
    };
    report(job.run(step, accuracy)?)
}

pub fn tiny() -> Result<f64> {
    let device = Device::Cpu;
    let x = Tensor::new(&X, &device)?;
    let y = Tensor::new(&Y, &device)?;
    let w = Var::zeros((4, 3), DType::F32, &device)?;
    let b = Var::zeros(1, DType::F32, &device)?;
    let mut optimizer = SGD::new(vec![w.clone(), b.clone()], LR)?;
    let mut last = 0.0;
    for epoch in 0..=1000 {
        let z = x.matmul(w.as_tensor())?.broadcast_add(b.as_tensor())?;
        let cost = loss::cross_entropy(&z, &y)?;
        optimizer.backward_step(&cost)?;
        if epoch % 100 == 0 {
            last = f64::from(cost.to_scalar::<f32>()?);
        }
    }
    Ok(last)
}
