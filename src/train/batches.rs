//! The batches of an epoch, made ready while the step computes, in an order that nothing here can change.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use tch::{Device, Kind};

use crate::app::say;
use crate::data::{Dataset, MNIST};
use crate::sys::ffi;
use crate::tensor::Tensor;
use crate::train::model::PIXELS;

/// Batches that a worker may be ahead.
const AHEAD: usize = 2;

/// A data set, where its batches are gathered.
pub enum Samples<'a> {
    /// In memory: `workers` threads gather the batches, or libtorch's own when there are none.
    Host { set: &'a MNIST, values: Vec<f32>, workers: usize, device: Device },
    /// On the device, as bytes `[N, 784]`.
    OnDevice { images: tch::Tensor, labels: tch::Tensor, values: tch::Tensor },
}

impl<'a> Samples<'a> {
    /// The set for training on `device`. A GPU gets all of it once, as bytes, when it has room for it.
    pub fn new(set: &'a MNIST, device: Device, workers: usize) -> Self {
        // ToTensor's values, by libtorch on the CPU: whoever looks them up has its bits, on any device.
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        let values = tch::Tensor::from_slice(&bytes).to_kind(Kind::Float).divide_scalar_(255);
        if device != Device::Cpu {
            let moved = (
                set.data.view([-1, PIXELS]).f_to_device(device),
                set.targets.f_to_device(device),
                values.f_to_device(device),
            );
            match moved {
                (Ok(images), Ok(labels), Ok(values)) => return Samples::OnDevice { images, labels, values },
                (Err(error), _, _) | (_, Err(error), _) | (_, _, Err(error)) => {
                    let error = error.to_string();
                    let line = error.lines().next().unwrap_or_default();
                    say(format_args!("the data stay in memory and are copied batch by batch: {line}"));
                }
            }
        }
        let values = ffi::to_vec(&values);
        Samples::Host { set, values, workers, device }
    }

    /// Hands `step` the batches of these indices one after the other: images `[B, 784]`, float32 in 0..=1, and digits
    /// `[B]`, both on the device; until it breaks or fails.
    pub fn for_each_batch<E>(
        &self,
        batches: &[Vec<i64>],
        mut step: impl FnMut(Tensor, Tensor) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        match self {
            Samples::OnDevice { images, labels, values } => {
                for indices in batches {
                    let indices = tch::Tensor::from_slice(indices).to_device(images.device());
                    let bytes = images.index_select(0, &indices);
                    let x = values.take(&bytes.to_kind(Kind::Int64));
                    if step(x.into(), labels.index_select(0, &indices).into())?.is_break() {
                        break;
                    }
                }
                Ok(())
            }
            Samples::Host { set, values, workers, device } => {
                // SAFETY: nobody changes a data set.
                let (images, labels) = unsafe { (ffi::bytes(&set.data), ffi::longs(&set.targets)) };
                let pinned = |(x, y): (tch::Tensor, tch::Tensor)| match device {
                    Device::Cpu => (x, y),
                    device => (x.pin_memory(*device), y.pin_memory(*device)),
                };
                let gather = |indices: &Vec<i64>| pinned(gather(images, labels, values, indices));
                let mut step = |(x, y): (tch::Tensor, tch::Tensor)| match device {
                    Device::Cpu => step(x.into(), y.into()),
                    // Pinned memory and no waiting: the copy runs while the device is still at the last step.
                    device => {
                        let copy = |t: tch::Tensor| t.to_device_(*device, t.kind(), true, false).into();
                        step(copy(x), copy(y))
                    }
                };
                thread::scope(|scope| {
                    // Worker w makes the batches w, w + workers, ..: taken in turn they come in order.
                    let queues: Vec<Receiver<_>> = (0..*workers)
                        .map(|worker| {
                            let (sender, queue) = sync_channel(AHEAD);
                            scope.spawn(move || {
                                let mine = batches.iter().skip(worker).step_by(*workers);
                                // When the other end is gone, nobody wants the rest.
                                let _ = mine.map(gather).try_for_each(|batch| sender.send(batch));
                            });
                            queue
                        })
                        .collect();
                    for (number, indices) in batches.iter().enumerate() {
                        let ready = (!queues.is_empty()).then(|| queues[number % queues.len()].recv());
                        let batch = ready.and_then(Result::ok).unwrap_or_else(|| {
                            let (x, y) = set.getitems(indices);
                            pinned(((*x).view([-1, PIXELS]), y.shallow_clone()))
                        });
                        if step(batch)?.is_break() {
                            break;
                        }
                    }
                    Ok(())
                })
            }
        }
    }
}

/// One batch. It uses no parallel call of libtorch, whose threads belong to the step.
fn gather(images: &[u8], labels: &[i64], values: &[f32], indices: &[i64]) -> (tch::Tensor, tch::Tensor) {
    let mut x = tch::Tensor::empty([indices.len() as i64, PIXELS], (Kind::Float, Device::Cpu));
    // SAFETY: the tensor is new, and this is the only handle on it.
    let rows = unsafe { ffi::floats_mut(&mut x) }.chunks_exact_mut(PIXELS as usize);
    for (row, &index) in rows.zip(indices) {
        let image = &images[index as usize * PIXELS as usize..][..PIXELS as usize];
        for (float, &byte) in row.iter_mut().zip(image) {
            float.write(values[usize::from(byte)]);
        }
    }
    let y: Vec<i64> = indices.iter().map(|&index| labels[index as usize]).collect();
    (x, tch::Tensor::from_slice(&y))
}
