//! Files of `torch.save` beside live PyTorch: those of public reports, and some that chance has made.
//!
//! A few hundred in every run of the tests; `SAVED=20000 cargo test --test suite saved:: -- --nocapture` for so many, and others
//! each time.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use zerotoall::{Kind, Tensor, torch};

use crate::common::{cases, python};

fn dtype(kind: Kind) -> &'static str {
    match kind {
        Kind::Float => "torch.float32",
        Kind::Double => "torch.float64",
        Kind::Half => "torch.float16",
        Kind::BFloat16 => "torch.bfloat16",
        Kind::Int64 => "torch.int64",
        Kind::Int => "torch.int32",
        Kind::Int16 => "torch.int16",
        Kind::Int8 => "torch.int8",
        Kind::Uint8 => "torch.uint8",
        Kind::Bool => "torch.bool",
        Kind::ComplexHalf => "torch.complex32",
        Kind::ComplexFloat => "torch.complex64",
        Kind::ComplexDouble => "torch.complex128",
        Kind::Float8e5m2 => "torch.float8_e5m2",
        Kind::Float8e4m3fn => "torch.float8_e4m3fn",
        other => panic!("{other:?}"),
    }
}

fn bytes(tensor: &Tensor) -> Vec<u8> {
    match tensor.numel() {
        0 => Vec::new(),
        _ => Tensor::from(tensor.tch().detach().contiguous().view([-1]).view_dtype(Kind::Uint8)).to_vec(),
    }
}

/// What differs between our reading of a file and PyTorch's.
fn difference(folder: &Path, case: &Value) -> Option<String> {
    let file = case["file"].as_str().unwrap();
    let ours = match torch::catch(|| torch::load(folder.join(file))) {
        Ok(Ok(state)) => state,
        Ok(Err(error)) | Err(error) => return Some(error.to_string()),
    };
    let theirs = case["state"].as_array().unwrap();
    let names: Vec<&str> = ours.iter().map(|(name, _)| name.as_str()).collect();
    let expected: Vec<&str> = theirs.iter().map(|tensor| tensor[0].as_str().unwrap()).collect();
    if names != expected {
        return Some(format!("{file}: {names:?}, Python has {expected:?}"));
    }
    theirs.iter().zip(&ours).find_map(|(theirs, (name, tensor))| {
        let said = serde_json::json!([
            name,
            dtype(tensor.kind()),
            &*tensor.shape(),
            tensor.requires_grad(),
            BASE64_STANDARD.encode(bytes(tensor)),
        ]);
        let shared = theirs[5].as_u64().map(|first| &ours[first as usize].1);
        let is_shared = shared.is_none_or(|first| shares(first, tensor));
        let is_same = said.as_array().unwrap()[..] == theirs.as_array().unwrap()[..5] && is_shared;
        (!is_same).then(|| format!("{file}: {said}, shared: {is_shared}; Python has {theirs}"))
    })
}

/// Whether both have one storage: as long as that is, from its beginning on.
fn shares(first: &Tensor, second: &Tensor) -> bool {
    let apart = (first.tch().data_ptr() as isize - second.tch().data_ptr() as isize).unsigned_abs();
    apart < 1024
}

#[test]
fn files_of_torch_save_are_read_as_pytorch_reads_them() {
    let (count, seed) = match std::env::var("SAVED") {
        Ok(count) => {
            let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
            (count.parse::<usize>().expect("SAVED: a number"), now)
        }
        Err(_) => (300, 1),
    };
    let folder = tempfile::tempdir().unwrap();
    let mut command = python("saved.py");
    let cases = cases(command.arg(folder.path()).arg(count.to_string()).arg(seed.to_string()));
    assert!(cases.len() > count * 9 / 10, "only {} files", cases.len());
    let safe = cases.iter().filter(|case| case["safe"] == true).count();
    let wrong: Vec<String> = cases.iter().filter_map(|case| difference(folder.path(), case)).collect();
    println!("{} files, {safe} of them safe for PyTorch, {} differ", cases.len(), wrong.len());
    assert!(safe > cases.len() / 5, "{safe} of {}", cases.len());
    let shown: Vec<&str> = wrong.iter().take(20).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), shown.join("\n"));
}

/// Two that may be meant: both are named. None: that is said.
#[test]
fn a_state_that_could_be_another_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let script = "import sys, torch; w = {'w': torch.ones(2)}; torch.save(eval(sys.argv[2]), sys.argv[1])";
    let error = |content: &str| {
        let path = folder.path().join("model.pt");
        let mut python = std::process::Command::new(crate::common::root().join(".venv/bin/python"));
        crate::common::stdout(python.args(["-c", script]).arg(&path).arg(content));
        torch::load(&path).unwrap_err().to_string()
    };
    let several = error("{'g': w, 'd': dict(w), 'epoch': 3}");
    assert!(several.contains("several state_dicts in it: ['g'], ['d']"), "{several}");
    assert!(several.contains("torch.save(torch.load('model.pt')['g'], 'state.pt')"), "{several}");
    assert!(error("{'epoch': 3}").contains("no state_dict in it"));
    assert!(
        error("{'model': torch.nn.Linear(1, 1)}").contains("an object of torch.nn.modules.linear.Linear")
    );
    assert!(error("torch.ones(3)").contains("the file holds no dictionary"));
}

#[test]
fn what_is_taken_for_a_file_of_torch_save_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.pt");
    for (bytes, words) in [
        (&b""[..], "an empty file"),
        (b"\n<!DOCTYPE html><html>", "a web page, not weights; download the file itself"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid",
            "a pointer of Git LFS; git lfs pull gets the file",
        ),
        (b"\x40\0\0\0\0\0\0\0{\"a\":{}}", "a safetensors file"),
        (b"\x80\x04\x95\x10\0", "a pickle without storages"),
        (b"seven", "a damaged zip"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let error = torch::load(&path).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("model.pt"), "{error}");
    }
}

/// 300 MB of zeros in a third of a megabyte, for a tensor of six numbers.
#[test]
fn a_file_that_unpacks_to_more_than_it_may_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.pt");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let deflated = zip::write::SimpleFileOptions::default();
    zip.start_file("a/data.pkl", deflated).unwrap();
    let zeros = vec![b')'; 1 << 20];
    for _ in 0..300 {
        std::io::Write::write_all(&mut zip, &zeros).unwrap();
    }
    zip.finish().unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() < 1 << 20);
    let error = torch::load(&path).unwrap_err().to_string();
    assert!(error.contains("it unpacks to more than is read here"), "{error}");
}
