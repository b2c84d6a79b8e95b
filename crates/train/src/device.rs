//! The device that a command computes on: `--device`, and each rank's.

use cli::{say, with_options};
use tch::Device;
use torch::distributed::Launch;
use torch::error::{Error, Result};
use torch::sys::device;

use crate::console::Console;

/// What --device names.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    /// A GPU where there is one, the CPU otherwise.
    Auto,
    /// The device that was named.
    Device(Device),
}

impl Choice {
    /// The device, loaded; says which one it is unless it is the CPU that was asked for, or `quiet`.
    ///
    /// # Errors
    /// When it is not there.
    pub fn load(self, quiet: bool) -> Result<Device> {
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

/// The device to train on. Ranks train on a GPU each, with NCCL between them, or all on the CPU.
pub fn device(choice: Choice, console: Console, launch: Option<&Launch>) -> Result<Device> {
    let Some(launch) = launch else { return choice.load(console.quiet) };
    let choice = match (choice, launch.gpu()) {
        (Choice::Auto, Ok(gpu)) if device::prepare(launch.last_gpu(gpu)).is_ok() => {
            Choice::Device(Device::Cuda(gpu))
        }
        (Choice::Auto, Ok(_)) => {
            console.note(format_args!("device: cpu, as not every rank here can have a GPU"));
            Choice::Device(Device::Cpu)
        }
        (Choice::Auto, Err(error)) => {
            console.note(format_args!("device: cpu; {}", with_options(&error)));
            Choice::Device(Device::Cpu)
        }
        (Choice::Device(Device::Cuda(0)), gpu) => Choice::Device(Device::Cuda(gpu?)),
        (Choice::Device(Device::Cuda(index)), _) => {
            return Err(Error::new("ranks take a GPU each, the one that LOCAL_RANK numbers")
                .at(format!("--device cuda:{index}"))
                .hint("--device cuda lets them; CUDA_VISIBLE_DEVICES tells which GPUs there are"));
        }
        (cpu, _) => cpu,
    };
    choice.load(console.quiet)
}
