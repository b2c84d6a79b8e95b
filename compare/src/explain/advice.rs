//! Advises what to do when a notebook stops: one sentence for each reason why learners' notebooks stop.

use std::env;
use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::pattern;
use crate::sides::Exception;

/// The exceptions of data sets and hubs when there is no network.
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

/// Words in errors of notebooks for torch before 1.0.
const OLD_TORCH: [&str; 3] =
    ["invalid index of a 0-dim tensor", "only one element tensors can be converted", "volatile was removed"];

/// What to do about an exception of a notebook's cell, where that is known. `course_data`: whether the notebook has the course's
/// files already.
pub fn advice(raised: &Exception, course_data: bool) -> Option<String> {
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
        "FileNotFoundError" | "OSError" | "RuntimeError"
            if course_data && says(&["No such file", "not found", "Dataset not found", "not found or corrupted"]) =>
        {
            format!(
                "--course-data has the course's CSV files and MNIST wherever the code names them by one relative path; other \
                 files lie beside the notebook; or {stored}"
            )
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
        "NotImplementedError" if message.is_empty() => {
            "an exercise without an answer: write one; --keep-going runs the cells after it".to_string()
        }
        "ImportError" | "RuntimeError"
            if says(&["Cannot load backend", "Qt binding modules", "is not a recognised GUI loop"]) =>
        {
            "no window opens here, and plots need none: take the line with the backend out (Jupyter's own, inline, is set)".to_string()
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

/// The order of a set's elements, taken for a list's. `sorted(set(..))` is not.
static ORDER_OF_A_SET: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(list|tuple|enumerate|join)\(\s*set\(|\bfor\s+[\w\s,()]+\s+in\s+set\("));
/// A draw of Python's `random`, not of NumPy's or torch's.
static PYTHONS_DRAW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?m)(^|[^.\w])random\.(choices?|randint|randrange|random|sample|shuffle|uniform|gauss)\(")
});
static PYTHONS_SEED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)(^|[^.\w])random\.seed\("));
static NUMPYS_DRAW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(np|numpy)\.random\.(choice|randint|rand|randn|random|normal|uniform|shuffle|permutation)\(")
});

/// Why a notebook of this code prints something else in every process, where that is known.
pub fn unrepeatable(code: &str) -> Vec<String> {
    let mut reasons = Vec::new();
    if ORDER_OF_A_SET.is_match(code) && env::var_os("PYTHONHASHSEED").is_none() {
        reasons.push(
            "the order of a set of strings changes from process to process: PYTHONHASHSEED=0 before the command keeps it, \
             and `sorted(set(..))` gives one that the lab has, too"
                .to_string(),
        );
    }
    if PYTHONS_DRAW.is_match(code) && !PYTHONS_SEED.is_match(code) {
        reasons.push(
            "nothing seeds Python's random, which draws otherwise in every process: random.seed(0)"
                .to_string(),
        );
    }
    if NUMPYS_DRAW.is_match(code) && !code.contains("np.random.seed(") && !code.contains("numpy.random.seed(")
    {
        reasons.push(
            "nothing seeds NumPy's random, which draws otherwise in every process: np.random.seed(0)"
                .to_string(),
        );
    }
    reasons
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
            super::advice(&Exception { name, message, source: String::new() }, false)
        };
        let hint = advice("ModuleNotFoundError", "No module named 'sklearn.datasets'").unwrap();
        assert!(hint.contains("pip install scikit-learn"), "{hint}");
        assert!(advice("NotImplementedError", "").unwrap().contains("--keep-going"));
        assert!(advice("ZeroDivisionError", "division by zero").is_none());
    }

    #[test]
    fn what_changes_in_every_process_is_named() {
        for (code, word) in [
            ("char_set = list(set(sample))", Some("order of a set")),
            ("for c in set('hello'): print(c)", Some("order of a set")),
            ("char_set = sorted(set(sample))", None),
            ("pair = random.choice(pairs)", Some("Python's random")),
            ("random.seed(0)\npair = random.choice(pairs)", None),
            ("x = np.random.rand(3)", Some("NumPy's random")),
            ("x = torch.random.seed()", None),
            ("np.random.seed(0)\nrandom.choice(x)", Some("Python's random")),
            ("if word in set(stop): pass", None),
        ] {
            let reasons = unrepeatable(code);
            assert_eq!(reasons.len(), usize::from(word.is_some()), "{code}: {reasons:?}");
            assert!(word.is_none_or(|word| reasons[0].contains(word)), "{code}: {reasons:?}");
        }
    }
}
