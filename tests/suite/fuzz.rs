//! Files that chance has damaged: whatever is in them, a program ends by itself, with 0, 1 or 2, in time and in little memory.
//!
//! A minute of it in every run of the tests; `FUZZ_SECONDS=3600 cargo test --test suite fuzz:: -- --nocapture` for longer.
//! The files that something was wrong with stay in target/tmp/fuzz.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use zerotoall::torchvision::datasets::{ImageFolder, MNIST};
use zerotoall::{np, torch};

use crate::common::{lab, python, raw, root, stdout};
use crate::fuzzing::{fuzz, here};

/// A small run, and the command that measures a model on ten images.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { folder };
        fs::create_dir_all(raw(place.path())).unwrap();
        for (set, kind, header, size) in [
            ("train", "images-idx3", 16, 784),
            ("train", "labels-idx1", 8, 1),
            ("t10k", "images-idx3", 16, 784),
            ("t10k", "labels-idx1", 8, 1),
        ] {
            let name = format!("{set}-{kind}-ubyte");
            let mut bytes = fs::read(raw(&root().join("data")).join(&name)).unwrap();
            bytes.truncate(header + 20 * size);
            bytes[4..8].copy_from_slice(&20_u32.to_be_bytes());
            fs::write(raw(place.path()).join(&name), bytes).unwrap();
        }
        stdout(
            place
                .command("train")
                .args(["--quiet", "--epochs=2", "--batch-size=10", "--out"])
                .arg(place.run()),
        );
        place
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self) -> PathBuf {
        self.path().join("run")
    }

    fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.run().join(name)).unwrap()
    }

    fn command(&self, name: &str) -> Command {
        let mut command = lab("lab6_softmax");
        command.arg(name).arg("--data-dir").arg(self.path());
        command
    }

    /// `eval` of a model with these bytes.
    fn eval(&self, bytes: &[u8]) -> Command {
        let model = self.path().join("model");
        fs::write(&model, bytes).unwrap();
        let mut command = self.command("eval");
        command.arg("--model").arg(model);
        command
    }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn csv() {
    let folder = tempfile::tempdir().unwrap();
    let table = fs::read(root().join("data/data-03-diabetes.csv")).unwrap();
    let lines: Vec<u8> = table.split_inclusive(|&byte| byte == b'\n').take(30).flatten().copied().collect();
    fuzz("csv", &[lines.clone(), gzipped(&lines)], |bytes| {
        fs::write(folder.path().join("data-03-diabetes.csv"), bytes).unwrap();
        let mut command = lab("lab5_logistic");
        command.args(["--epochs=1", "--data-dir"]).arg(folder.path());
        command
    });
}

#[test]
fn idx() {
    let place = Place::new();
    let images = raw(place.path()).join("t10k-images-idx3-ubyte");
    let seed = fs::read(&images).unwrap();
    fuzz("idx", &[seed.clone(), gzipped(&seed)], |bytes| {
        fs::write(&images, bytes).unwrap();
        let mut command = place.command("eval");
        command.arg("--model").arg(place.run().join("model.safetensors"));
        command
    });
}

#[test]
fn safetensors() {
    let place = Place::new();
    fuzz("safetensors", &[place.file("model.safetensors")], |bytes| place.eval(bytes));
}

#[test]
fn pt() {
    let place = Place::new();
    stdout(python("weights.py").arg("others").arg(place.path()).arg(root().join("data")));
    let seeds = ["parallel.pt", "lightning.ckpt", "old.pt", "old-checkpoint.pt", "protocol-4.pt", "whole.pt"];
    let seeds = seeds.map(|name| fs::read(place.path().join(name)).unwrap());
    fuzz("pt", &seeds, |bytes| place.eval(bytes));
}

/// A checkpoint with a digest that is right again, so that what is behind it is read.
#[test]
fn checkpoint() {
    let place = Place::new();
    let folder = place.run().join("checkpoints");
    let path = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).max().unwrap();
    let seed = fs::read(&path).unwrap();
    let line = seed.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    fuzz("checkpoint", &[seed[line..].to_vec()], |body| {
        let digest: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let start = format!("zerotoall checkpoint 1 sha256 {digest}\n");
        fs::write(&path, [start.as_bytes(), body].concat()).unwrap();
        let mut command = place.command("train");
        command.args(["--quiet", "--resume", "--epochs=2", "--out"]).arg(place.run());
        command
    });
}

#[test]
fn metrics() {
    let place = Place::new();
    let path = place.run().join("metrics.jsonl");
    let seed = fs::read(&path).unwrap();
    let mut resume = false;
    fuzz("metrics", &[seed], |bytes| {
        fs::write(&path, bytes).unwrap();
        resume = !resume;
        if resume {
            let mut command = place.command("train");
            command.args(["--quiet", "--resume", "--out"]).arg(place.run());
            return command;
        }
        let mut command = lab("lab6_softmax");
        command.arg("runs").arg(place.path());
        command
    });
}

#[test]
fn pictures() {
    let place = Place::new();
    let grey =
        image::GrayImage::from_fn(90, 70, |x, y| image::Luma([if x.abs_diff(y) < 9 { 20 } else { 230 }]));
    let formats = ["png", "jpg", "webp", "bmp", "gif", "tiff", "pnm"];
    let seeds = formats.map(|extension| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let format = image::ImageFormat::from_extension(extension).unwrap();
        image::DynamicImage::from(grey.clone()).to_rgb8().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    });
    fuzz("pictures", &seeds, |bytes| {
        let path = place.path().join("picture");
        fs::write(&path, bytes).unwrap();
        let mut command = lab("lab6_softmax");
        command.args(["predict", "--model"]).arg(place.run().join("model.safetensors")).arg(path);
        command
    });
}

/// The library's readers without a process for each file: hundreds of times as many.
#[test]
fn readers_of_the_library() {
    let place = Place::new();
    stdout(python("weights.py").arg("others").arg(place.path()).arg(root().join("data")));
    let table = b"1,2,3\n4.5,-6e3,.7 # c\n\n8,9,10\n".to_vec();
    let images = fs::read(raw(place.path()).join("t10k-images-idx3-ubyte")).unwrap();
    let weights =
        ["parallel.pt", "lightning.ckpt", "old.pt", "old-checkpoint.pt", "protocol-5.pt", "whole.pt"];
    let mut weights = weights.map(|name| fs::read(place.path().join(name)).unwrap()).to_vec();
    let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut old = zip::ZipArchive::new(std::io::Cursor::new(weights[0].clone())).unwrap();
    for index in 0..old.len() {
        let mut entry = old.by_index(index).unwrap();
        packed
            .start_file(entry.name().unwrap().to_string(), zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::copy(&mut entry, &mut packed).unwrap();
    }
    weights.push(packed.finish().unwrap().into_inner());
    let mut pictures = Vec::new();
    for extension in ["png", "jpg", "webp", "bmp", "tiff", "ppm"] {
        let picture = image::RgbImage::from_fn(30, 20, |x, y| image::Rgb([x as u8 * 8, y as u8 * 9, 77]));
        let path = place.path().join(format!("picture.{extension}"));
        picture.save(&path).unwrap();
        pictures.push(fs::read(path).unwrap());
    }
    let class = place.path().join("pictures/class");
    fs::create_dir_all(&class).unwrap();
    let (csv, pt, picture) = (place.path().join("a.csv"), place.path().join("a.pt"), class.join("a.png"));
    let idx = raw(place.path()).join("t10k-images-idx3-ubyte");
    here("loadtxt", &[table.clone(), gzipped(&table)], &csv, || np::loadtxt(&csv).map(|_| ()));
    here("MNIST", &[images.clone(), gzipped(&images)], &idx, || {
        MNIST::of_any_size(place.path(), false).map(|_| ())
    });
    here("torch::load", &weights, &pt, || torch::load(&pt).map(|_| ()));
    here("ImageFolder", &pictures, &picture, || ImageFolder::new(place.path().join("pictures")).map(|_| ()));
}
