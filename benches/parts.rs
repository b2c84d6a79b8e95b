//! Measures the parts of the library that decide its speed, so that they do not get slower: the loader, the readers,
//! the printer.
//!
//! `cargo bench --bench parts --profile dev` measures them in the profile of `cargo run`, and compares with the last
//! time; `cargo test --bench parts` runs each once.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group};
use zerotoall::prelude::*;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");

/// A shuffled epoch of the test set in batches of 256, for a loader of bytes and for one of tensors.
fn loader(c: &mut Criterion) {
    let mnist = MNIST::new(DATA, false).unwrap();
    let floats = mnist.data.view([-1, 784]).float() / 255.0;
    let tensors = TensorDataset::new(&floats, &mnist.targets);
    let mut group = c.benchmark_group("loader");
    group.throughput(Throughput::Elements(10_000));
    epoch(&mut group, "MNIST", mnist);
    epoch(&mut group, "TensorDataset", tensors);
}

fn epoch<D: Dataset>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, dataset: D) {
    let loader = DataLoader::new(dataset, 256).unwrap().shuffle(true);
    group.bench_function(name, |b| {
        b.iter(|| {
            let samples: i64 = loader.iter().map(|(x, _)| black_box(x).shape()[0]).sum();
            assert_eq!(samples, 10_000);
        })
    });
}

/// The test set, from the plain files and from the gzipped ones.
fn idx(c: &mut Criterion) {
    let (plain, packed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for name in ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"] {
        let raw = |folder: &Path| folder.join("MNIST").join("raw");
        for (folder, name) in [(&plain, name.to_string()), (&packed, format!("{name}.gz"))] {
            fs::create_dir_all(raw(folder.path())).unwrap();
            fs::copy(raw(Path::new(DATA)).join(&name), raw(folder.path()).join(&name)).unwrap();
        }
    }
    let mut group = c.benchmark_group("idx");
    group.throughput(Throughput::Bytes(10_000 * 785));
    for (name, folder) in [("plain", &plain), ("gzip", &packed)] {
        group.bench_function(name, |b| {
            b.iter(|| assert_eq!(MNIST::new(folder.path(), false).unwrap().len(), 10_000));
        });
    }
}

/// The labs' larger table, and a table a hundred times as long.
fn csv(c: &mut Criterion) {
    let small = Path::new(DATA).join("data-03-diabetes.csv");
    let text = fs::read_to_string(&small).unwrap();
    let large = tempfile::NamedTempFile::new().unwrap();
    fs::write(large.path(), text.repeat(100)).unwrap();
    let mut group = c.benchmark_group("loadtxt");
    for (name, path, rows) in [("759 rows", small.as_path(), 759), ("75,900 rows", large.path(), 75_900)] {
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(name, |b| {
            b.iter(|| assert_eq!(np::loadtxt(path).unwrap().dim(), (rows, 9)));
        });
    }
}

/// The repr of a table that is printed in full, and of a table that is summarised.
fn printer(c: &mut Criterion) {
    torch::manual_seed(1);
    let mut group = c.benchmark_group("repr");
    for (name, shape) in [("32x10", [32, 10]), ("60000x784", [60_000, 784])] {
        let tensor: Tensor = torch::rand(shape);
        group.bench_function(name, |b| {
            b.iter(|| assert!(tensor.to_string().starts_with("tensor([[")));
        });
    }
}

criterion_group!(parts, loader, idx, csv, printer);

/// The `main` of `criterion_main!`, after the start that every program here has.
fn main() {
    zerotoall::lab::prepare("parts");
    parts();
    Criterion::default().configure_from_args().final_summary();
}
