//! The device that a command computes on, and that of each rank.

use anyhow::Result;
use cli::say;
use tch::Device;
use torch::distributed::Launch;
use torch::sys::device;

use crate::fault::Fault;
use crate::run::console::Console;

/// The device that somebody asks for.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    /// A GPU where there is one, the CPU otherwise.
    Auto,
    /// The device that was named.
    Device(Device),
}

impl Choice {
    /// Makes the device ready. Says which one it is, unless it is the CPU that was asked for, or `quiet`.
    ///
    /// # Errors
    /// When the device cannot be used.
    pub fn load(self, quiet: bool) -> torch::error::Result<Device> {
        let chosen = match self {
            Choice::Device(device) => {
                device::prepare(device)?;
                device
            }
            Choice::Auto if device::prepare(Device::Cuda(0)).is_ok() => Device::Cuda(0),
            Choice::Auto => Device::Cpu,
        };
        match (chosen, self) {
            _ if quiet => {}
            (Device::Cuda(index), _) => {
                say(format_args!("device: cuda:{index}, {}", device::describe(index)))
            }
            (_, Choice::Auto) => say(format_args!("device: cpu, as no CUDA device can be used")),
            _ => {}
        }
        Ok(chosen)
    }
}

/// The device to train on, ready. Ranks train on a GPU each, with NCCL between them, or all on the CPU.
///
/// # Errors
/// When the device cannot be used, and when ranks are asked to share a GPU.
pub fn to_train_on(choice: Choice, console: Console, launch: Option<&Launch>) -> Result<Device> {
    let Some(launch) = launch else { return Ok(choice.load(console.quiet)?) };
    let choice = match (choice, launch.gpu()) {
        (Choice::Auto, Ok(gpu)) if device::prepare(launch.last_gpu(gpu)).is_ok() => {
            Choice::Device(Device::Cuda(gpu))
        }
        (Choice::Auto, Ok(_)) => {
            console.note(format_args!("device: cpu, as not every rank here can have a GPU"));
            Choice::Device(Device::Cpu)
        }
        (Choice::Auto, Err(error)) => {
            console.note(format_args!("device: cpu; {}", (console.words.error)(&error.into())));
            Choice::Device(Device::Cpu)
        }
        (Choice::Device(Device::Cuda(0)), gpu) => Choice::Device(Device::Cuda(gpu?)),
        (Choice::Device(Device::Cuda(index)), _) => {
            return Err(Fault::OneGpu(index).into());
        }
        (cpu, _) => cpu,
    };
    Ok(choice.load(console.quiet)?)
}
