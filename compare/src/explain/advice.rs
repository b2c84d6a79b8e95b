//! What to do when a notebook stops: one sentence for each reason why learners' notebooks stop.

use crate::sides::Exception;

/// What data sets and hubs raise when there is no network.
const NO_NETWORK: [&str; 8] = [
    "URLError",
    "HTTPError",
    "ConnectionError",
    "ConnectTimeout",
    "gaierror",
    "RemoteDisconnected",
    "SSLError",
    "MaxRetryError",
];

/// Words of errors that tell of a notebook for torch before 1.0.
const OLD_TORCH: [&str; 3] =
    ["invalid index of a 0-dim tensor", "only one element tensors can be converted", "volatile was removed"];

/// What to do about an exception of a notebook's cell, where that is known.
pub fn advice(raised: &Exception) -> Option<String> {
    let Exception { name, message, source } = raised;
    let stored = "--stored compares with the outputs saved in the notebook";
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let advice = match name.as_str() {
        "ModuleNotFoundError" if says(&["google.colab", "'google'"]) => {
            format!("google.colab exists on Colab only: take the cell out, or {stored}")
        }
        "ModuleNotFoundError" => {
            let module = message.split('\'').nth(1).unwrap_or("NAME").split('.').next().unwrap_or("NAME");
            let package = package_of(module);
            format!("`.venv/bin/python -m pip install {package}` installs it for the project; or {stored}")
        }
        // NumPy words a missing file in its own way, in the FileNotFoundError that it raises.
        "FileNotFoundError" | "OSError" if says(&["/content/", "/kaggle/", "/home/", "/Users/", ":\\"]) => format!(
            "that place is on another machine: name the file alone, as if it lay beside the notebook; --course-data then \
             finds the course's; or {stored}"
        ),
        "FileNotFoundError" | "OSError" if name == "FileNotFoundError" || says(&["not found"]) => format!(
            "a notebook runs in its own folder: put the file there; --course-data lets it find the course's files \
             (the project's data/); or {stored}"
        ),
        "RuntimeError" if says(&["Dataset not found", "Error downloading", "File not found or corrupted"]) => {
            format!("--course-data lets it find MNIST as MNIST_data (the project's data/); or {stored}")
        }
        _ if NO_NETWORK.contains(&name.as_str()) || says(&["Name or service not known", "Connection refused"]) => format!(
            "it downloads something and there is no connection: put the file beside the notebook; --course-data has \
             the course's and MNIST; or {stored}"
        ),
        "StdinNotImplementedError" => {
            format!("input() has nobody to ask here: put a value in its place, or {stored}")
        }
        "SystemExit" => "exit() ends the kernel: take it out, the comparison ends with the last cell".to_string(),
        "MemoryError" => format!("the memory is full: take a smaller batch, or {stored}"),
        "RuntimeError" | "OutOfMemoryError" if says(&["out of memory", "can't allocate memory"]) => {
            format!("the memory is full: take a smaller batch, or {stored}")
        }
        "" if source.contains("exit(") => {
            "exit() ends the kernel: take it out, the comparison ends with the last cell".to_string()
        }
        "" => format!("often the memory was full, or the cell ended its own process; {stored}"),
        "SyntaxError" if says(&["Missing parentheses in call to 'print'", "Missing parentheses in call to 'exec'"]) => {
            format!("this is Python 2: `2to3` rewrites it; or {stored}")
        }
        "NameError" if says(&["'xrange'", "'raw_input'", "'unicode'"]) => {
            format!("this is Python 2: `2to3` rewrites it; or {stored}")
        }
        "IndexError" | "RuntimeError" | "AttributeError" | "TypeError" | "ValueError"
            if OLD_TORCH.iter().any(|words| message.contains(words)) =>
        {
            format!("this was written for another torch (`cost.data[0]` is `cost.item()` today, for one); or {stored}")
        }
        "AttributeError" if says(&["module 'torch"]) => {
            format!("this torch has no such name: is it misspelt, or of another version? {stored}")
        }
        "AssertionError" if says(&["Torch not compiled with CUDA enabled"]) => {
            "there is no CUDA here: `torch.device('cuda' if torch.cuda.is_available() else 'cpu')` runs anywhere".to_string()
        }
        "RuntimeError" if says(&["Found no NVIDIA driver", "No CUDA GPUs are available"]) => {
            "there is no CUDA here: `torch.device('cuda' if torch.cuda.is_available() else 'cpu')` runs anywhere".to_string()
        }
        _ => return None,
    };
    Some(advice)
}

/// The package that contains a module, by its name on PyPI.
fn package_of(module: &str) -> &str {
    match module {
        "sklearn" => "scikit-learn",
        "cv2" => "opencv-python-headless",
        "PIL" => "pillow",
        "skimage" => "scikit-image",
        "yaml" => "pyyaml",
        "bs4" => "beautifulsoup4",
        other => other,
    }
}

/// Why a notebook of this language cannot run; `None` for Python.
pub fn other_language(language: &str) -> Option<String> {
    let python = ["python", "ipython", "python3"].contains(&language);
    (!python).then(|| {
        format!("this is a notebook of {language}, and the labs' are Python's; --stored compares its saved outputs")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_module_is_installed_by_its_package() {
        let advice = |name: &str, message: &str| {
            let [name, message] = [name, message].map(str::to_string);
            super::advice(&Exception { name, message, source: String::new() })
        };
        let hint = advice("ModuleNotFoundError", "No module named 'sklearn.datasets'").unwrap();
        assert!(hint.contains("pip install scikit-learn"), "{hint}");
        assert!(advice("ZeroDivisionError", "division by zero").is_none());
    }
}
