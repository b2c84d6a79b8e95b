//! The device that each side computes on, and the one that the lab is given: the notebook's, unless `--device` names another.

use std::fmt;
use std::fs;

use serde::{Deserialize, Serialize};

use super::both::Sides;

/// A device, by PyTorch's name for it, and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Device {
    /// `cpu` or `cuda:0`.
    pub device: String,
    /// `NVIDIA H100 80GB HBM3`, where that is known.
    pub name: Option<String>,
}

impl Device {
    pub fn new(device: &str, name: Option<String>) -> Self {
        Device { device: device.to_string(), name }
    }

    /// The CPU of this machine.
    pub fn cpu() -> Self {
        Device::new("cpu", processor())
    }

    /// The device that a notebook computed on: the GPU on which its tensors took most memory, the first of equal ones. A notebook
    /// that put no tensor on a GPU computed on the CPU.
    pub fn of_notebook(gpus: &[Gpu]) -> Self {
        let used = gpus.iter().rev().filter(|gpu| gpu.peak_bytes > 0);
        match used.max_by_key(|gpu| gpu.peak_bytes) {
            Some(gpu) => Device::new(&format!("cuda:{}", gpu.index), Some(gpu.name.clone())),
            None => Device::cpu(),
        }
    }

    pub fn is_gpu(&self) -> bool {
        self.device != "cpu"
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{} ({name})", self.device),
            None => f.write_str(&self.device),
        }
    }
}

/// The name of this machine's processor, where /proc/cpuinfo has it.
fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'))?.1.trim();
    (!name.is_empty()).then(|| name.to_string())
}

/// A GPU that a notebook's kernel sees, once the notebook has set up CUDA. Asking whether there is a GPU does not set it up.
#[derive(Clone, Debug, Deserialize)]
pub struct Gpu {
    pub index: usize,
    pub name: String,
    /// The most bytes that tensors of the notebook took on it.
    pub peak_bytes: u64,
}

/// The value of the lab's `--device`: the device that was asked for, or the GPU that the notebook computed on. `None`: the lab's
/// default, the CPU.
pub fn of_lab(asked: Option<&str>, notebook: Option<&Device>) -> Option<String> {
    match (asked, notebook) {
        (Some(asked), _) => Some(asked.to_string()),
        (None, Some(notebook)) if notebook.is_gpu() => Some(notebook.device.clone()),
        _ => None,
    }
}

/// The devices in words.
pub fn in_words(devices: &Sides<Option<Device>>) -> String {
    match (&devices.notebook, &devices.lab) {
        (Some(notebook), Some(lab)) if notebook.device == lab.device => lab.to_string(),
        (Some(notebook), Some(lab)) => format!("notebook {notebook}, lab {lab}"),
        (None, Some(lab)) => format!("lab {lab}"),
        (Some(notebook), None) => format!("notebook {notebook}"),
        (None, None) => "not said".to_string(),
    }
}

/// The devices in a verdict, where one of them is a GPU.
pub fn in_verdict(devices: &Sides<Option<Device>>) -> String {
    match (&devices.notebook, &devices.lab) {
        (Some(notebook), Some(lab)) if notebook.device == lab.device && lab.is_gpu() => format!(", on {lab}"),
        (Some(notebook), Some(lab)) if notebook.is_gpu() || lab.is_gpu() => {
            format!(", the notebook on {notebook} and the lab on {lab}")
        }
        (None, Some(lab)) if lab.is_gpu() => format!(", the lab on {lab}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the notebook of a kernel computed, by the most memory on each of its GPUs.
    fn of_notebook(peaks: &[u64]) -> Device {
        let gpu = |(index, &peak_bytes)| Gpu { index, name: format!("Card {index}"), peak_bytes };
        Device::of_notebook(&peaks.iter().enumerate().map(gpu).collect::<Vec<_>>())
    }

    #[test]
    fn the_notebooks_device_is_the_one_its_tensors_were_on() {
        for (peaks, device) in [
            (&[][..], "cpu"),
            (&[0], "cpu"), // it asked for the card's name, and no more
            (&[512], "cuda:0"),
            (&[0, 512], "cuda:1"),
            (&[512, 1024, 512], "cuda:1"),
            (&[512, 512], "cuda:0"),
        ] {
            assert_eq!(of_notebook(peaks).device, device, "{peaks:?}");
        }
        assert_eq!(of_notebook(&[0, 512]).to_string(), "cuda:1 (Card 1)");
    }

    #[test]
    fn the_lab_gets_the_notebooks_device_unless_another_is_asked_for() {
        let (cpu, gpu) = (Device::new("cpu", None), of_notebook(&[0, 1]));
        for (asked, notebook, lab) in [
            (None, Some(&cpu), None),
            (None, Some(&gpu), Some("cuda:1")),
            (None, None, None), // outputs that were saved
            (Some("cpu"), Some(&cpu), Some("cpu")),
            (Some("cuda"), Some(&cpu), Some("cuda")),
            (Some("cpu"), None, Some("cpu")),
        ] {
            assert_eq!(of_lab(asked, notebook).as_deref(), lab, "{asked:?} {notebook:?}");
        }
    }
}
