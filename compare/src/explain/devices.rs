//! Whether the devices of the two sides explain a difference.

use crate::sides::Sides;
use crate::sides::device::Device;

/// A warning about the devices: the sides used different ones, or a GPU was asked for and the notebook did not use it.
pub fn warning(devices: &Sides<Option<Device>>, asked: Option<&str>) -> Option<String> {
    let (Some(notebook), Some(lab)) = (&devices.notebook, &devices.lab) else { return None };
    let in_vain = asked.filter(|asked| *asked != "cpu" && !notebook.is_gpu());
    let apart = format!("the notebook computed on {notebook}, the lab on {lab}");
    let apart = (notebook.device != lab.device).then(|| format!("{apart}: the last digits may differ"));
    match (in_vain, apart) {
        (None, apart) => apart,
        (Some(asked), Some(apart)) => {
            Some(format!("--device {asked}: the notebook does not use a GPU; {apart}"))
        }
        (Some(asked), None) => Some(format!(
            "--device {asked}: neither the notebook nor the lab uses a GPU, both computed on {lab}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sides::device::in_verdict;

    #[test]
    fn two_devices_are_said_to_be_two() {
        let device = |name: &str| Some(Device::new(name, None));
        let said = |notebook: &str, lab: &str, asked: Option<&str>| {
            let devices = Sides::new(device(notebook), device(lab));
            (warning(&devices, asked).unwrap_or_default(), in_verdict(&devices))
        };
        assert_eq!(said("cpu", "cpu", None), (String::new(), String::new()));
        assert_eq!(said("cuda:0", "cuda:0", None), (String::new(), ", on cuda:0".to_string()));
        let (warning, verdict) = said("cpu", "cuda:0", Some("cuda"));
        assert_eq!(
            warning,
            "--device cuda: the notebook does not use a GPU; the notebook computed on cpu, the lab on cuda:0: the last digits may \
             differ"
        );
        assert!(
            said("cpu", "cpu", Some("cuda")).0.starts_with("--device cuda: neither the notebook nor the lab")
        );
        assert_eq!(said("cpu", "cpu", Some("cpu")).0, "");
        assert_eq!(verdict, ", the notebook on cpu and the lab on cuda:0");
        // A lab without cells that train on a device.
        assert!(said("cuda:0", "cpu", None).0.starts_with("the notebook computed on cuda:0, the lab on cpu"));
    }
}
