//! Compares every lab's whole output with its notebook's, byte for byte. The installed PyTorch runs the notebook live, with other
//! parameters. compare/tests/suite/compare.rs runs the unchanged notebooks, in a Jupyter kernel.

use crate::common::{assert_same_lines, folder_of, lab, python, stdout};

fn same_as_notebook(name: &str, options: &[&str]) {
    let folder = folder_of(name);
    let notebook = folder.join("labs").join(format!("{name}.ipynb"));
    let theirs = stdout(python("run_notebook.py").arg(notebook).args(options));
    let ours = stdout(lab(name).arg("--data-dir").arg(folder.join("data")).args(options));
    assert_same_lines(&format!("{name} {options:?}"), &theirs, &ours);
    assert_eq!(theirs, ours, "{name} {options:?}");
}

/// One test for each setting, so that they run beside each other and fail by name.
macro_rules! settings {
    ($($test:ident: $lab:literal $($option:literal)*;)*) => { $(
        #[test]
        fn $test() {
            same_as_notebook($lab, &[$($option),*]);
        }
    )* };
}

settings! {
    lab1_as_it_is: "lab1_tensor_manipulation";
    lab2_another_rate: "lab2_linear_regression" "--seed=2" "--lr=0.05" "--epochs=300";
    lab6_2_another_seed: "lab6_2_fancy_softmax" "--seed=5" "--lr=0.5" "--epochs=400";
    lab7_1_another_seed: "lab7_1_tips" "--seed=3" "--lr=0.3" "--epochs=7";
    lab7_2_another_seed: "lab7_2_mnist_introduction" "--seed=2" "--epochs=1" "--batch-size=300";
    lab8_1_another_seed: "lab8_1_xor" "--seed=2" "--lr=0.5" "--epochs=300";
    lab8_2_another_seed: "lab8_2_xor_nn" "--seed=3" "--lr=2" "--epochs=2000";
    lab8_3_another_seed: "lab8_3_xor_nn_wide_deep" "--seed=4" "--lr=0.5" "--epochs=400";
    lab8_4_another_seed: "lab8_4_mnist_back_prop" "--seed=2" "--lr=0.1" "--batch-size=5";
    lab9_1_another_seed: "lab9_1_mnist_softmax" "--seed=2" "--lr=0.01" "--epochs=1" "--batch-size=300";
    lab9_2_another_seed: "lab9_2_mnist_nn" "--seed=2" "--epochs=1" "--batch-size=300";
    lab9_3_another_seed: "lab9_3_mnist_nn_xavier" "--seed=3" "--lr=0.003" "--epochs=1" "--batch-size=300";
    lab9_4_another_seed: "lab9_4_mnist_nn_deep" "--seed=2" "--epochs=1" "--batch-size=600";
    lab9_5_another_seed: "lab9_5_mnist_nn_dropout" "--seed=2" "--epochs=1" "--batch-size=600";
    lab9_6_another_seed: "lab9_6_mnist_batchnorm" "--seed=2" "--lr=0.003" "--epochs=1" "--batch-size=300";
    lab9_7_another_seed: "lab9_7_mnist_nn_selu" "--seed=2" "--epochs=1" "--batch-size=600";
    lab10_1_another_seed: "lab10_1_mnist_cnn" "--seed=2" "--epochs=1" "--batch-size=300";
    lab10_2_another_seed: "lab10_2_mnist_deep_cnn" "--seed=2" "--lr=0.003" "--epochs=1" "--batch-size=300";
    lab11_1_another_seed: "lab11_1_rnn_basics" "--seed=3";
    lab11_2_1_another_seed: "lab11_2_1_charseq" "--seed=2" "--lr=0.05" "--epochs=20";
    lab11_2_2_another_seed: "lab11_2_2_hihello" "--seed=3" "--lr=0.2" "--epochs=60";
    lab11_3_another_seed: "lab11_3_longseq" "--seed=2" "--lr=0.03" "--epochs=20";
    lab11_4_another_seed: "lab11_4_timeseries" "--seed=2" "--lr=0.02" "--epochs=30";
    lab11_5_another_seed: "lab11_5_seq2seq" "--seed=3" "--lr=0.05" "--epochs=1000";
    lab11_6_another_seed: "lab11_6_packed_sequence" "--seed=2";
    lab4_1_another_seed: "lab4_1_multivariable" "--seed=2";
    lab4_1_slow: "lab4_1_multivariable" "--seed=-3" "--lr=1e-7" "--epochs=300";
    lab4_1_diverges: "lab4_1_multivariable" "--seed=4" "--lr=1e-3" "--epochs=100";
    lab4_2_another_seed: "lab4_2_load_data" "--seed=2" "--epochs=1" "--batch-size=100";
    lab4_2_slow: "lab4_2_load_data" "--seed=3" "--lr=1e-7" "--epochs=2" "--batch-size=999";
    lab4_2_diverges_in_one_batch: "lab4_2_load_data" "--seed=4" "--lr=0.5" "--epochs=1" "--batch-size=70000";
    lab5_another_seed: "lab5_logistic" "--seed=2";
    lab5_slow: "lab5_logistic" "--seed=3" "--lr=0.01" "--epochs=30";
    lab5_overshoots: "lab5_logistic" "--seed=123456789012" "--lr=100" "--epochs=200";
    lab6_another_seed: "lab6_softmax" "--seed=2" "--epochs=1" "--batch-size=100";
    lab6_on_one_thread: "lab6_softmax" "--threads=1" "--epochs=1";
    lab6_fast: "lab6_softmax" "--seed=-3" "--lr=1.5" "--epochs=2" "--batch-size=1000";
    lab6_one_batch: "lab6_softmax" "--seed=4" "--lr=1e30" "--epochs=1" "--batch-size=60000";
}
