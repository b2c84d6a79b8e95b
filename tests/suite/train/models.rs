//! Weights between programs, `eval` and `predict`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{ended, refused, train};
use crate::common::{lab, python, raw, root, stderr, stdout};

#[test]
fn weights_travel_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    ended(train(&run, &["--epochs=1"]), 0);
    let file = run.join("model.safetensors");
    let text = stdout(python("weights.py").arg("read").arg(&file).arg(root().join("data")));
    let theirs: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(theirs["names"], serde_json::json!(["linear.bias", "linear.weight"]));
    let eval = |file: &Path| -> Value {
        let text = stdout(lab("lab6_softmax").args(["eval", "--json", "--model"]).arg(file));
        serde_json::from_str(&text).unwrap()
    };
    let ours = eval(&file);
    assert_eq!((&ours["accuracy"], &ours["cost"]), (&theirs["accuracy"], &theirs["cost"]));
    let text = stdout(lab("lab6_softmax").args(["predict", "--index=3", "--json", "--model"]).arg(&file));
    let prediction: Value = serde_json::from_str(&text).unwrap();
    let floats = |value: &Value| -> Vec<f32> {
        value.as_array().unwrap().iter().map(|p| p.as_f64().unwrap() as f32).collect()
    };
    for outputs in ["logits", "probabilities"] {
        assert_eq!(floats(&prediction[outputs]), floats(&theirs[outputs]), "{outputs}");
    }
    assert_eq!(prediction["label"], 0);

    stdout(python("weights.py").arg("write").arg(folder.path()));
    let [safetensors, pt, bare] =
        ["model.safetensors", "model.pt", "bare.pt"].map(|n| eval(&folder.path().join(n)));
    assert_eq!(safetensors, pt);
    assert_eq!(safetensors, bare);
    let text = stdout(
        python("weights.py")
            .arg("read")
            .arg(folder.path().join("model.safetensors"))
            .arg(root().join("data")),
    );
    let theirs: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&pt["accuracy"], &pt["cost"]), (&theirs["accuracy"], &theirs["cost"]));

    let other = refused(lab("lab6_softmax").args(["eval", "--model"]).arg(folder.path().join("other.pt")));
    assert!(
        other.contains("other.pt: the test images have 28x28 pixels, expected 3 in all, as the model has"),
        "{other}"
    );
    for (name, pickle) in [
        ("deep.pt", [&b"\x80\x02)"[..], &b"\x85".repeat(400_000), b"."].concat()),
        ("doubled.pt", [&b"\x80\x02)"[..], &b"q\x00h\x00\x86".repeat(45), b"."].concat()),
        ("code.pt", b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.".to_vec()),
    ] {
        let path = folder.path().join(name);
        let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
        let stored =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file("model/data.pkl", stored).unwrap();
        std::io::Write::write_all(&mut zip, &pickle).unwrap();
        zip.finish().unwrap();
        assert!(refused(lab("lab6_softmax").args(["eval", "--model"]).arg(&path)).contains(name));
    }
    for (name, bytes) in [("junk.safetensors", &b"junk"[..]), ("junk.pt", b"PKjunk"), ("empty", b"")] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        assert!(refused(lab("lab6_softmax").args(["eval", "--model"]).arg(&path)).contains(name));
    }
}

/// Files as other people have them, all of them written by live PyTorch.
#[test]
fn other_peoples_weights_are_read_or_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = stdout(python("weights.py").arg("others").arg(folder.path()).arg(root().join("data")));
    let files: std::collections::BTreeMap<String, Option<f64>> = serde_json::from_str(&text).unwrap();
    assert!(files.len() > 20);
    let eval = |name: &str| {
        let mut command = lab("lab6_softmax");
        command.args(["eval", "--json", "--model"]).arg(folder.path().join(name));
        command
    };
    for (name, cost) in &files {
        let Some(cost) = cost else { continue };
        let output = ended(eval(name), 0);
        let ours: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(ours["cost"], *cost, "{name}");
        for converted in ["converted.safetensors", "converted.pt"] {
            let to = folder.path().join(converted);
            ended(lab("lab6_softmax").arg("convert").arg(folder.path().join(name)).arg(&to), 0);
            let output = ended(eval(converted), 0);
            let ours: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!((&ours["cost"], &*stderr(&output)), (&Value::from(*cost), ""), "{name}, converted");
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let layer = match name.split('.').next().unwrap() {
            "sequential" => "1.weight and its bias were taken",
            "network-fc" => "fc1.weight, fc2.weight, fc3.weight and their biases were taken",
            "network-linear" => "linear1.weight, linear2.weight, linear3.weight and their biases were taken",
            "beside" | "fc" | "more" | "old-checkpoint" => "fc.weight and its bias were taken",
            _ => "",
        };
        let kind = match name.split('.').next().unwrap() {
            "half" => "Half weights became float32",
            "bfloat16" => "BFloat16 weights became float32",
            "double" | "old-checkpoint" => "Double weights became float32",
            _ => "",
        };
        assert!(said.contains(layer) && said.contains(kind), "{name}: {said}");
        assert_eq!(said.is_empty(), layer.is_empty() && kind.is_empty(), "{name}: {said}");
    }
    for (name, words) in [
        ("nan.pt", "weight has a nan or an infinite number in it"),
        ("two.pt", "several layers have this model's shape: a.weight [10, 784]"),
        ("none.pt", "no state_dict in it; torch.save(model.state_dict(), 'model.pt') writes one"),
        ("whole.pt", "an object of torch.nn.modules.container.Sequential, which only Python can make"),
        ("wide.pt", "expected a weight [10, 784] with a bias [10], found only 0.weight [256, 784]"),
        ("sparse.pt", "expected a weight [10, 784] with a bias [10], found only bias [10]"),
        ("script.pt", "a TorchScript program, not weights"),
    ] {
        assert_eq!(files[name], None, "{name}");
        let said = refused(eval(name));
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn pictures_are_read_as_mnist_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    ended(train(&run, &["--epochs=3", "--quiet"]), 0);
    let images = fs::read(raw(&root().join("data")).join("t10k-images-idx3-ubyte")).unwrap();
    let digit = |options: &[&str], path: &Path| -> Value {
        let mut command = lab("lab6_softmax");
        command
            .args(["predict", "--json", "--model"])
            .arg(run.join("model.safetensors"))
            .args(options)
            .arg(path);
        serde_json::from_str(&stdout(&mut command)).unwrap()
    };
    for (index, label) in [(0usize, 7), (1, 2), (2, 1), (3, 0)] {
        let pixels = images[16 + index * 784..][..784].to_vec();
        let grey = image::GrayImage::from_raw(28, 28, pixels).unwrap();
        // Unchanged, the picture gives the same probabilities as the data set.
        let path = folder.path().join(format!("{index}.png"));
        grey.save(&path).unwrap();
        let plain = digit(&[], &path);
        let text = stdout(
            lab("lab6_softmax")
                .args(["predict", "--json", "--model"])
                .arg(run.join("model.safetensors"))
                .arg(format!("--index={index}")),
        );
        let own: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&plain["probabilities"], &plain["digit"]), (&own["probabilities"], &Value::from(label)));
        // Blue ink on white paper, four times as large, away from the middle.
        let mut paper = image::RgbImage::from_pixel(300, 200, image::Rgb([250, 250, 245]));
        let large = image::imageops::resize(&grey, 112, 112, image::imageops::FilterType::Triangle);
        for (x, y, image::Luma([ink])) in large.enumerate_pixels() {
            paper.put_pixel(x + 170, y + 20, image::Rgb([255 - ink, 255 - ink, 255 - ink / 3]));
        }
        let path = folder.path().join(format!("{index}-paper.png"));
        paper.save(&path).unwrap();
        assert_eq!(digit(&[], &path)["digit"], label, "image {index} on paper");
    }
    let blank = folder.path().join("blank.png");
    image::GrayImage::from_pixel(40, 40, image::Luma([200])).save(&blank).unwrap();
    let predict = |file: &Path| {
        refused(lab("lab6_softmax").args(["predict", "--model"]).arg(run.join("model.safetensors")).arg(file))
    };
    assert!(predict(&blank).contains("nothing on it"));
    assert!(predict(&root().join("README.md")).contains("README.md"));
    assert!(predict(Path::new("missing.png")).contains("missing.png"));
    assert!(
        refused(
            lab("lab6_softmax")
                .args(["predict", "--index=10000", "--model"])
                .arg(run.join("model.safetensors"))
        )
        .contains("0 to 9999")
    );
}
