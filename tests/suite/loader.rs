//! Compares the order of samples with live DataLoaders: every size from 1 to 300 and 60000, three epochs.

use crate::common::{cases, global_generator, python};
use serde_json::Value;
use zerotoall::torch::utils::data::{DataLoader, Dataset, TensorDataset};
use zerotoall::torchvision::datasets::MNIST;
use zerotoall::{Tensor, torch};

/// Samples that are their own index.
fn indices(n: i64) -> TensorDataset {
    let x: Tensor = tch::Tensor::arange(n, (tch::Kind::Int64, tch::Device::Cpu)).into();
    TensorDataset::new(&x, &x)
}

fn integers(tensor: &Tensor) -> Vec<i64> {
    tensor.to_vec()
}

fn number(case: &Value, key: &str) -> i64 {
    case[key].as_i64().unwrap()
}

fn flag(case: &Value, key: &str) -> bool {
    case[key].as_bool().unwrap()
}

#[test]
fn batches_come_in_pytorchs_order() {
    let _guard = global_generator();
    let cases = cases(&mut python("loader.py"));
    assert!(cases.len() > 5000, "only {} cases", cases.len());
    for case in &cases {
        let seed = number(case, "seed");
        torch::manual_seed(seed);
        let dataset = indices(number(case, "n"));
        let generator = flag(case, "own_generator").then(|| torch::Generator::seeded(seed + 1));
        let mut loader = DataLoader::new(&dataset, number(case, "batch_size") as usize)
            .unwrap()
            .shuffle(flag(case, "shuffle"))
            .drop_last(flag(case, "drop_last"));
        if let Some(generator) = &generator {
            loader = loader.generator(generator.clone());
        }
        let what = format!("{} batch_size {} seed {seed}", case["n"], case["batch_size"]);
        assert_eq!(loader.len() as i64, number(case, "len"), "{what}");
        for (epoch, theirs) in case["batches"].as_array().unwrap().iter().enumerate() {
            let stop = flag(case, "stop_early") && epoch == 1;
            let ours: Vec<Vec<i64>> =
                loader.iter().take(if stop { 1 } else { usize::MAX }).map(|(x, _)| integers(&x)).collect();
            assert_eq!(serde_json::json!(ours), *theirs, "{what}, epoch {epoch}");
        }
        let mut next = vec![torch::random()];
        next.extend(generator.map(|generator| generator.random()));
        assert_eq!(serde_json::json!(next), case["next"], "{what}: another number of draws");
    }
}

#[test]
fn orders_written_down_in_the_notes() {
    let _guard = global_generator();
    for (seed, n, epochs) in [
        (1, 5, vec![vec![4, 1, 3, 0, 2], vec![4, 0, 2, 3, 1]]),
        (1, 60000, vec![vec![24894, 45082, 51850, 25962, 57884], vec![23224, 52501, 34224, 2252, 41614]]),
        (777, 60000, vec![vec![50208, 51282, 50204, 21670, 44774]]),
    ] {
        torch::manual_seed(seed);
        let loader = DataLoader::new(indices(n), 5).unwrap().shuffle(true);
        for expected in epochs {
            let mut batches = loader.iter();
            assert_eq!(integers(&batches.next().unwrap().0), expected, "seed {seed}, n {n}");
            batches.for_each(drop);
        }
    }
}

#[test]
fn a_data_set_of_ones_own_is_collated_sample_by_sample() {
    struct Squares;

    impl Dataset for Squares {
        fn len(&self) -> usize {
            5
        }

        fn getitem(&self, index: i64) -> (Tensor, Tensor) {
            (torch::FloatTensor([index as f32, 1.0]), torch::LongTensor([index * index]))
        }
    }

    let _guard = global_generator();
    let loader = DataLoader::new(Squares, 2).unwrap();
    let shapes: Vec<String> = loader.iter().map(|(x, y)| format!("{} {}", x.shape(), y.shape())).collect();
    let whole = "torch.Size([2, 2]) torch.Size([2, 1])";
    assert_eq!(shapes, [whole, whole, "torch.Size([1, 2]) torch.Size([1, 1])"]);
    let squares: Vec<i64> = loader.iter().flat_map(|(_, y)| integers(&y.view([-1]))).collect();
    assert_eq!(squares, [0, 1, 4, 9, 16]);
    assert_eq!(loader.iter().len(), 3);
}

#[test]
fn batch_size_0_is_refused() {
    let error = DataLoader::new(indices(3), 0).err().unwrap().to_string();
    assert_eq!(error, "batch_size should be a positive integer value, but got batch_size=0");
}

/// Workers read the set as it was when the epoch began, like PyTorch's worker processes, which copy it then.
#[test]
fn workers_read_the_set_as_it_was_when_the_epoch_began() {
    let _guard = global_generator();
    let pixels = tch::Tensor::ones([6, 2, 3], (tch::Kind::Uint8, tch::Device::Cpu)) * 255;
    let mut set = MNIST::of(pixels.into(), torch::tensor([0, 1, 2, 3, 4, 5]));
    let epoch = |set: &MNIST, change: &dyn Fn()| -> Vec<f64> {
        let loader = DataLoader::new(set, 2).unwrap().workers(2);
        let mut batches = loader.iter();
        let mut sums = vec![batches.next().unwrap().0.sum().item().0];
        change();
        sums.extend(batches.map(|(x, _)| x.sum().item().0));
        sums
    };
    let data = set.data.shallow_clone();
    assert_eq!(epoch(&set, &|| drop(data.zero_())), [12.0, 12.0, 12.0]);
    assert_eq!(epoch(&set, &|| ()), [0.0, 0.0, 0.0], "changed in place");
    set.data = (torch::ones([6, 2, 3]) * 255).byte();
    assert_eq!(epoch(&set, &|| ()), [12.0, 12.0, 12.0], "replaced");
}
