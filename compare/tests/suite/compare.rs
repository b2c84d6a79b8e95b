//! Tests `compare` as its users see it: a command line, two processes, a report and an exit code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::common::{
    Notebook, SETTINGS, compare, count, fake_lab, found, json, labs_own, prepared, report, root, skipped,
    status_of,
};

const LAB: &str = "lab4_1_multivariable";

/// The names of all labs: Rust files in labs/.
fn labs() -> Vec<String> {
    let names = fs::read_dir(root().join("labs")).unwrap().map(|entry| entry.unwrap().path());
    let rust = names.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let mut names: Vec<String> =
        rust.map(|path| path.file_stem().unwrap().to_str().unwrap().to_string()).collect();
    names.sort();
    names
}

/// One test for each lab, so that they run beside each other and fail by name.
macro_rules! live {
    ($($lab:ident)*) => {
        $(
            #[test]
            fn $lab() {
                is_its_notebook_in_output_figures_and_steps(stringify!($lab));
            }
        )*

        #[test]
        fn every_lab_is_run_live() {
            let mut named = vec![$(stringify!($lab).to_string()),*];
            named.sort();
            assert_eq!(named, labs());
        }
    };
}

mod live {
    use super::*;

    live! {
        lab1_tensor_manipulation
        lab2_linear_regression
        lab3_minimizing_cost
        lab4_1_multivariable
        lab4_2_load_data
        lab5_logistic
        lab6_softmax
        lab6_2_fancy_softmax
        lab7_1_tips
        lab7_2_mnist_introduction
        lab8_1_xor
        lab8_2_xor_nn
        lab8_3_xor_nn_wide_deep
        lab8_4_mnist_back_prop
        lab9_1_mnist_softmax
        lab9_2_mnist_nn
        lab9_3_mnist_nn_xavier
        lab9_4_mnist_nn_deep
        lab9_5_mnist_nn_dropout
        lab9_6_mnist_batchnorm
        lab9_7_mnist_nn_selu
        lab10_1_mnist_cnn
        lab10_2_mnist_deep_cnn
        lab11_1_rnn_basics
        lab11_2_1_charseq
        lab11_2_2_hihello
        lab11_3_longseq
        lab11_4_timeseries
        lab11_5_seq2seq
        lab11_6_packed_sequence
    }
}

/// Labs 9 and 10 train for half a minute each. Live tests take a tenth of MNIST, which runs the same lines; stored outputs are tried where
/// the site is made.
fn trains_for_long(lab: &str) -> bool {
    lab.starts_with("lab9_") || lab.starts_with("lab10_")
}

/// A folder with the labs' notebooks beside a tenth of MNIST.
fn tenth_of_mnist(folder: &Path) -> PathBuf {
    let tenth = folder.join("tenth_of_mnist");
    let mut python = Command::new(root().join(".venv/bin/python"));
    let script = root().join("tests/reference/tenth_of_mnist.py");
    let (code, text) = report(python.arg(script).arg(&tenth));
    assert_eq!(code, 0, "{text}");
    tenth
}

fn is_its_notebook_in_output_figures_and_steps(lab: &str) {
    let folder = prepared(lab);
    let out = folder.join("out.json");
    let mut command = compare(&[lab, "--exact", "--steps", "--json"]);
    command.arg(&out);
    if trains_for_long(lab) {
        let tenth = tenth_of_mnist(&folder);
        command.arg("--notebook").arg(tenth.join(format!("labs/{lab}.ipynb")));
        command.arg("--data-dir").arg(tenth.join("data"));
    }
    let (code, text) = report(&mut command);
    assert_eq!(code, 0, "{text}");
    let comparison = found(&folder);
    let mut figures = 0;
    for pair in comparison["pairs"].as_array().unwrap() {
        let status = pair["status"].as_str().unwrap();
        if status.starts_with("only_") {
            // A cell with imports under other names prints nothing on either side.
            let cells = ["notebook", "lab"].map(|side| pair[side].as_array().unwrap().clone()).concat();
            assert!(cells.iter().all(|cell| cell["output"] == ""), "{pair}");
            continue;
        }
        assert!(["identical", "silent"].contains(&status), "{pair}");
        for figure in pair["figures"].as_array().unwrap() {
            assert_eq!(figure["verdict"], "identical", "{pair}");
            figures += 1;
        }
        let number = |side: &str| pair[side][0]["number"].clone();
        assert_eq!(number("notebook"), number("lab"), "{pair}");
    }
    let steps = &comparison["steps"];
    let words = match steps["optimizers"].as_array().unwrap().is_empty() {
        true => "no steps to compare: no optimizer of torch.optim on both sides",
        false => "identical in every step of every optimizer",
    };
    assert_eq!(comparison["verdict"], format!("identical; {words}"));
    assert_eq!((&steps["draws"], &steps["notes"]), (&Value::Array(vec![]), &Value::Array(vec![])));
    assert_eq!(
        figures,
        Notebook::of(lab).figures(),
        "figures that have a partner, and figures in the notebook"
    );
}

/// Changes one point, one label and one limit, each in a separate figure; and adds a figure that the lab does not have.
#[test]
fn what_differs_in_a_figure_is_named() {
    const DRAWS: &str = "lab3_minimizing_cost";
    let folder = prepared("figures");
    let mut notebook = Notebook::of(DRAWS);
    notebook.edit(4, "plt.plot(xs, xs)", "xs[499] += 1e-3\nplt.plot(xs, np.linspace(1, 3, 1000))");
    notebook.edit(6, "'Cost'", "'cost'");
    notebook.edit(6, "plt.show()", "plt.xlim(-5, 7)\nplt.show()\nplt.plot([1, 2])\nplt.show()");
    let file = notebook.save(&folder);
    let out = folder.join("out.json");
    let page = folder.join("out.html");
    let options = [DRAWS, "--notebook", file.to_str().unwrap(), "--json", out.to_str().unwrap()];
    let (code, text) = report(compare(&options).arg("--html").arg(&page));
    assert_eq!(code, 1, "{text}");
    for words in [
        "figure 1, axes 1, line 1, x of point 500",
        "1.99999",
        "figure 1, axes 1, ylabel\n    \"cost\" -> \"Cost\"",
        "figure 1, axes 1, xlim, from\n    -5 -> -5.6",
        "figure 2 is only in the notebook",
        "0 of 2 identical, by their data",
    ] {
        assert!(text.contains(words), "no {words} in {text}");
    }
    // Both pictures are on the page.
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.contains("data:image/png;base64,") && html.contains("data:image/svg+xml;base64,"));
    // A figure that was saved only as a picture is shown and not compared.
    let (code, text) = report(&mut compare(&[DRAWS, "--stored"]));
    assert!(code == 0 && text.contains("shown     and not compared: 2 figures"), "{text}");
}

#[test]
fn another_learning_rate_is_found_where_it_is() {
    let folder = prepared("lr");
    let mut notebook = Notebook::of("lab5_logistic");
    notebook.edit(24, "lr=1)", "lr=0.5)");
    let (code, text) = report(&mut notebook.live("lab5_logistic", &folder));
    assert_eq!(code, 1, "{text}");
    assert_eq!(
        (count(&folder, "different"), status_of(&folder, "In[24]").as_str()),
        (1, "different"),
        "{text}"
    );
    assert!(text.contains("In[24] different"), "{text}");
}

#[test]
fn one_planted_digit_is_a_difference() {
    let folder = prepared("digit");
    let mut notebook = Notebook::of(LAB);
    notebook.replace_output(4, "Cost: 1.5", "Cost: 2.5");
    let (code, text) = report(&mut notebook.stored(LAB, &folder));
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("In[4] different") && text.contains(" -> ") && text.contains("1.0e0"), "{text}");
    assert_eq!(status_of(&folder, "In[4]"), "different");
    assert_eq!(status_of(&folder, "In[7]"), "identical");
}

#[test]
fn the_last_digit_is_within_the_tolerance_and_not_exact() {
    let folder = prepared("last");
    let mut notebook = Notebook::of(LAB);
    let moved = notebook.move_last_digit(10);
    let (code, text) = report(&mut notebook.stored(LAB, &folder));
    assert_eq!((code, status_of(&folder, "In[10]").as_str()), (0, "within"), "{moved}: {text}");
    let (code, _) = report(notebook.stored(LAB, &folder).arg("--exact"));
    assert_eq!(code, 1);
    let (code, _) = report(notebook.stored(LAB, &folder).args(["--atol=0", "--rtol=0"]));
    assert_eq!(code, 1);
}

#[test]
fn cells_cut_otherwise_still_find_their_partners() {
    let folder = prepared("cut");
    // An extra cell without output and an extra markdown cell before everything else: all numbers move by one.
    let mut notebook = Notebook::of(LAB);
    notebook.insert(1, "unused = 1", "");
    let (code, text) = report(&mut notebook.stored(LAB, &folder));
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("by what the cells print") && text.contains("only in the notebook: In[1]"),
        "{text}"
    );
    assert!(text.trim_end().ends_with(": identical"), "{text}");

    // An extra cell with output has no partner; the others have theirs.
    let mut notebook = Notebook::of(LAB);
    notebook.insert(5, "print('something of my own')", "something of my own\n");
    let (code, text) = report(&mut notebook.stored(LAB, &folder));
    assert_eq!((code, status_of(&folder, "In[5]").as_str()), (0, "only_notebook"), "{text}");
    let (code, text) = report(notebook.stored(LAB, &folder).arg("--strict-cells"));
    assert_eq!(code, 1, "{text}");

    // One cell of the notebook is divided into two.
    let mut notebook = Notebook::of(LAB);
    notebook.cut_in_two(7);
    let (code, text) = report(&mut notebook.stored(LAB, &folder));
    assert_eq!(code, 0, "{text}");
    assert_eq!(status_of(&folder, "In[7-8], lab In[7]"), "identical");

    // Two cells are joined into one.
    let mut notebook = Notebook::of(LAB);
    notebook.join(6);
    let (code, text) = report(&mut notebook.stored(LAB, &folder));
    assert_eq!(code, 0, "{text}");
    assert_eq!(status_of(&folder, "In[6], lab In[6-7]"), "identical");

    // Markdown between cells counts for nothing.
    let mut notebook = Notebook::of(LAB);
    notebook.markdown(4, "## A note");
    let (code, text) = report(&mut notebook.stored(LAB, &folder));
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("by what the cells print"), "{text}");
}

#[test]
fn a_lab_that_goes_on_is_beyond_the_notebook() {
    let folder = prepared("beyond");
    let mut notebook = Notebook::of("lab5_logistic");
    notebook.keep(33);
    let (code, text) = report(&mut notebook.stored("lab5_logistic", &folder));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("goes on after the notebook: In[34..39]"), "{text}");
    assert!(text.contains("identical as far as it goes: 33 of 39 cells"), "{text}");
    assert_eq!(status_of(&folder, "lab In[34]"), "only_lab");
    let (code, text) = report(notebook.stored("lab5_logistic", &folder).arg("--whole"));
    assert_eq!(code, 1, "{text}");
}

#[test]
fn outputs_of_torch_1_are_understood() {
    let folder = prepared("old");
    let mut notebook = Notebook::of("lab5_logistic");
    notebook.replace_output(9, "MulBackward0", "MulBackward");
    notebook.replace_output(17, "BinaryCrossEntropyBackward0", "BinaryCrossEntropyBackward");
    notebook.set_output(
        27,
        "tensor([[0],\n        [1],\n        [0],\n        [1],\n        [0]], dtype=torch.uint8)\n",
    );
    let cost = notebook.move_last_digit(19);
    let (code, text) = report(&mut notebook.stored("lab5_logistic", &folder));
    assert_eq!(code, 0, "{cost}: {text}");
    assert!(text.contains("2 x grad_fn name in the spelling of torch 1.x"), "{text}");
    assert!(text.contains("1 x uint8 mask of torch 1.x"), "{text}");
    assert_eq!(
        (status_of(&folder, "In[9]"), status_of(&folder, "In[27]")),
        ("respelled".into(), "respelled".into())
    );
    assert!(!text.contains("MulBackward"), "counted, not listed: {text}");
    // The numbers still decide.
    notebook.replace_output(17, "0.6931", "0.7931");
    let (code, text) = report(&mut notebook.stored("lab5_logistic", &folder));
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("In[17] different"), "{text}");
}

#[test]
fn numbers_that_drift_have_a_word_of_their_own() {
    let folder = prepared("drifts");
    let mut notebook = Notebook::of("lab6_softmax");
    notebook.replace_output(16, "Cost: 0.901535", "Cost: 0.901999");
    let (code, text) = report(&mut notebook.stored("lab6_softmax", &folder));
    assert_eq!((code, status_of(&folder, "In[16]").as_str()), (1, "drifts"), "{text}");
    assert!(text.contains("with --rtol 5.1e-4 it would be the same"), "{text}");
    assert!(text.contains("\nlab6_softmax: drifts\n"), "{text}");
    assert_eq!(report(notebook.stored("lab6_softmax", &folder).arg("--rtol=5.1e-4")).0, 0);
    assert_eq!(report(notebook.stored("lab6_softmax", &folder).arg("--drift=1e-4")).0, 1);
    assert_eq!(status_of(&folder, "In[16]"), "different");
    // 28% off.
    notebook.replace_output(16, "0.901999", "0.701999");
    let (code, text) = report(&mut notebook.stored("lab6_softmax", &folder));
    assert!(code == 1 && text.contains("In[16] different") && !text.contains("--rtol"), "{text}");
}

#[test]
fn other_words_around_the_same_numbers_are_said_to_be_that() {
    let folder = prepared("words");
    let mut notebook = Notebook::of("lab6_softmax");
    let german = notebook.output(16).replace("Cost:", "Kosten:");
    notebook.set_output(16, &german);
    let (code, text) = report(&mut notebook.stored("lab6_softmax", &folder));
    assert!(code == 1 && text.contains("the numbers are the same, only words differ"), "{text}");
    assert!(text.trim_end().ends_with("different, but only in words"), "{text}");
    let (code, text) = report(notebook.stored("lab6_softmax", &folder).arg("--any-words"));
    assert!(code == 0 && text.trim_end().ends_with("the same numbers, in other words"), "{text}");
}

#[test]
fn a_report_is_not_written_over_the_notebook() {
    let folder = prepared("overwrite");
    let path = Notebook::of(LAB).save(&folder);
    let before = fs::read_to_string(&path).unwrap();
    let (code, text) = report(compare(&[LAB, "--stored", "--notebook"]).arg(&path).arg("--html").arg(&path));
    assert!(code == 2 && text.contains("is the notebook or another report"), "{text}");
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    assert_eq!(report(&mut compare(&[LAB, "--stored", "--html=x.html", "--json=x.html"])).0, 2);
}

#[test]
fn lines_more_and_fewer_are_no_difference_unless_asked_for() {
    let folder = prepared("fewer");
    let mut notebook = Notebook::of(LAB);
    let fewer: String = notebook.output(4).lines().step_by(2).map(|line| format!("{line}\n")).collect();
    notebook.set_output(4, &fewer);
    let more = notebook.output(10) + "my own line\n";
    notebook.set_output(10, &more);
    let (code, text) = report(&mut notebook.stored(LAB, &folder));
    assert_eq!(code, 0, "{text}");
    assert_eq!((status_of(&folder, "In[4]"), status_of(&folder, "In[10]")), ("fewer".into(), "more".into()));
    assert_eq!(report(notebook.stored(LAB, &folder).arg("--whole")).0, 1);
    assert_eq!(report(notebook.stored(LAB, &folder).arg("--strict-cells")).0, 1);
    assert_eq!(report(notebook.stored(LAB, &folder).arg("--exact")).0, 1);
}

/// A notebook that pretends to have used a GPU, and a lab that prints the options it was started with.
#[test]
fn the_lab_computes_on_the_notebooks_device() {
    const CARD: &str = "import torch
torch.cuda.is_initialized = lambda: True
torch.cuda.device_count = lambda: 2
torch.cuda.get_device_name = lambda index: f'Card {index}'
torch.cuda.max_memory_allocated = lambda index: 512 * index
";
    let folder = prepared("devices");
    let own = labs_own(LAB);
    let program = fake_lab(&folder, &own, &format!("echo \"$@\" > '{}'", folder.join("started").display()));
    let told = |device: &str| {
        let lines = fs::read_to_string(folder.join("fake.txt")).unwrap();
        let lines: Vec<&str> = lines.lines().filter(|line| !line.starts_with("\u{1e}Device")).collect();
        let first = format!("{}\n\u{1e}Device {device}\n", lines[0]);
        fs::write(folder.join("fake.txt"), first + &lines[1..].join("\n") + "\n").unwrap();
    };
    let run = |notebook: &Notebook, options: &[&str]| {
        let mut command = notebook.live(LAB, &folder);
        let (_, text) = report(command.arg("--program").arg(&program).args(options));
        // Lines of the report are folded.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let devices = json(&folder.join("out.json"))["comparisons"][0]["devices"].clone();
        (text, devices, fs::read_to_string(folder.join("started")).unwrap().trim().to_string())
    };

    let mut notebook = Notebook::of(LAB);
    notebook.insert(1, "import os\nprint('GPUs', os.environ.get('CUDA_VISIBLE_DEVICES', 'not hidden'))", "");
    let (text, devices, started) = run(&notebook, &[]);
    assert_eq!((&devices["notebook"]["device"], started.as_str()), (&"cpu".into(), "--mark-cells"), "{text}");
    assert!(!text.contains("the last digits may differ") && text.contains("device cpu"), "{text}");
    let hidden = || !fs::read_to_string(folder.join("out.json")).unwrap().contains("GPUs not hidden");
    assert!(!hidden());
    let (text, _, started) = run(&notebook, &["--device=cpu"]);
    assert!(hidden() && started == "--mark-cells --device=cpu", "{started} {text}");
    told("cuda:0, Card 0");
    let (text, _, started) = run(&notebook, &["--device=cuda"]);
    assert_eq!(started, "--mark-cells --device=cuda");
    assert!(
        text.contains("--device cuda: the notebook does not use a GPU; the notebook computed on cpu"),
        "{text}"
    );

    notebook.insert(1, CARD, "");
    told("cuda:1, Card 1");
    let (text, devices, started) = run(&notebook, &[]);
    assert_eq!(started, "--mark-cells --device=cuda:1", "{text}");
    let device = serde_json::json!({"device": "cuda:1", "name": "Card 1"});
    assert_eq!(devices, serde_json::json!({"notebook": device, "lab": device}));
    assert!(text.contains(", on cuda:1 (Card 1)") && !text.contains("the last digits may differ"), "{text}");
    // The notebook used the GPU before it failed, too.
    notebook.insert(3, "1 / 0", "");
    let (text, _, started) = run(&notebook, &[]);
    assert!(started.ends_with("--device=cuda:1") && text.contains("ZeroDivisionError"), "{started} {text}");

    // If the kernel gives no answer, the report says nothing about its device.
    let mut notebook = Notebook::of(LAB);
    notebook.insert(1, "import torch\ntorch.cuda.is_initialized = None", "");
    let (text, devices, started) = run(&notebook, &[]);
    assert!(devices["notebook"].is_null() && started == "--mark-cells", "{devices} {started} {text}");
}

#[test]
fn outputs_that_were_cleared_are_missing() {
    let folder = prepared("cleared");
    let mut notebook = Notebook::of(LAB);
    for k in [4, 7, 10] {
        notebook.set_outputs(k, serde_json::json!([]));
    }
    let (code, text) = report(&mut notebook.stored(LAB, &folder));
    assert!(code == 0 && text.contains("identical as far as it goes: 8 of 11 cells"), "{text}");
    assert_eq!(report(notebook.stored(LAB, &folder).arg("--whole")).0, 1);
    // Cells that never ran are not finished.
    [4, 7, 10].into_iter().for_each(|k| notebook.never_run(k));
    assert_eq!(report(notebook.stored(LAB, &folder).arg("--whole")).0, 2);
}

#[test]
fn what_another_processor_explains_is_a_drift() {
    let folder = prepared("processors");
    const SSE: [(&str, &str); 3] = [
        ("ATEN_CPU_CAPABILITY", "default"),
        ("MKL_ENABLE_INSTRUCTIONS", "SSE4_2"),
        ("ONEDNN_MAX_CPU_ISA", "SSE41"),
    ];
    let as_elsewhere = |notebook: &mut Notebook, options: &[&str]| {
        let mut command = compare(&[LAB, "--stored", "--notebook"]);
        command.arg(notebook.save(&folder)).arg("--json").arg(folder.join("out.json")).args(options);
        report(command.envs(SSE))
    };
    let mut notebook = Notebook::of(LAB);
    let (code, text) = as_elsewhere(&mut notebook, &[]);
    assert_eq!(code, 0, "{text}");
    let drifted = count(&folder, "drifts_as_processors");
    if drifted > 0 {
        assert_eq!(as_elsewhere(&mut notebook, &["--exact"]).0, 1);
    } else {
        skipped("the saved outputs are those of such a processor", true);
    }
    // A difference that no processor explains stays.
    notebook.replace_output(4, "Cost: 1.5", "Cost: 1.6");
    let (code, text) = as_elsewhere(&mut notebook, &[]);
    assert!(code == 1 && text.contains("In[4] different"), "{text}");
    assert_eq!(count(&folder, "drifts_as_processors"), drifted.saturating_sub(1), "{text}");
}

#[test]
fn the_labs_own_notebooks_are_the_same_on_every_processor() {
    for setting in SETTINGS {
        for lab in labs().iter().filter(|lab| !trains_for_long(lab)) {
            let (code, text) = report(compare(&[lab, "--stored", "--quiet"]).envs(setting.iter().copied()));
            assert_eq!(code, 0, "{setting:?}: {text}");
        }
    }
}

#[test]
fn the_report_fits_80_columns_and_has_no_colour_in_a_pipe() {
    let folder = prepared("columns");
    let mut notebook = Notebook::of("lab6_softmax");
    notebook.replace_output(6, "0.2645", "0.2646");
    notebook.set_output(11, "tensor([[-1.3301, -1.8084, -1.6846, -1.3530, -2.0584], and a line that is much longer than the terminal is wide\n");
    notebook.set_output(12, "\u{1b}[31mred\u{1b}[0m\n");
    for extra in [&[][..], &["--verbose"][..]] {
        let (code, text) = report(notebook.stored("lab6_softmax", &folder).args(extra));
        assert_eq!(code, 1, "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(long.is_empty(), "{long:#?}");
    }
}

#[test]
fn ten_thousand_lines_are_compared_and_cut() {
    let folder = prepared("long");
    let lines = |last: char| -> String {
        (0..10_000).map(|i| format!("Epoch {i:4}/10000 Cost: {}.12345{last}\n", i % 97)).collect()
    };
    let mut notebook = Notebook::empty();
    notebook.insert(1, "for epoch in range(10000): print(cost)", &lines('6'));
    let program = fake_lab(&folder, &[(1, lines('7'))], "");
    let html = folder.join("long.html");
    let (code, text) = report(notebook.stored_against(LAB, &folder, &program).arg("--html").arg(&html));
    assert_eq!(code, 0, "{text}");
    // The page has the lines at both ends, and says how many there are between them.
    let page = fs::read_to_string(html).unwrap();
    assert!(page.contains("8000 lines") && page.contains("9999/10000") && !page.contains("5000/10000"));
}

#[test]
fn the_table_in_docs_is_the_labs() {
    let out = prepared("table").join("table.md");
    assert_eq!(report(compare(&["table"]).arg(&out)).0, 0);
    let committed = fs::read_to_string(root().join("docs/python-to-rust.md")).unwrap();
    assert!(
        fs::read_to_string(out).unwrap() == committed,
        "docs/python-to-rust.md is stale: `make table` writes it anew"
    );
}

#[test]
fn help_names_every_option_and_wrong_ones_end_with_2() {
    let (code, help) = report(&mut compare(&["--help"]));
    assert_eq!(code, 0);
    for option in [
        "--all",
        "--notebook",
        "--stored",
        "--html",
        "--json",
        "--rtol",
        "--atol",
        "--exact",
        "--device",
        "--data-dir",
        "--epochs",
        "--timeout",
        "--verbose",
        "--quiet",
        "--whole",
        "--any-words",
        "--strict-cells",
        "--course-data",
        "--drift",
        "--junit",
        "--markdown",
    ] {
        assert!(help.contains(option), "{option}");
    }
    for options in [
        &[][..],
        &["--rtol=nan", LAB][..],
        &["--timeout=0", LAB][..],
        &["--all", LAB][..],
        &["lab9_unknown"][..],
    ] {
        assert_eq!(report(&mut compare(options)).0, 2, "{options:?}");
    }
    assert!(help.contains("compare [OPTIONS] --all") && help.contains("Examples:"));
    assert!(report(&mut compare(&["lab9_unknown"])).1.contains("lab6_softmax"));
    for near in ["lab5", "lab5_logistics", "logistic"] {
        let (code, text) = report(&mut compare(&[near]));
        assert!(code == 2 && text.contains("did you mean lab5_logistic?"), "{near}: {text}");
    }
}

#[test]
fn a_report_that_cannot_be_written_says_so() {
    let folder = prepared("write");
    let (code, text) =
        report(Notebook::of(LAB).stored(LAB, &folder).arg("--html").arg(Path::new("/nowhere/page.html")));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("/nowhere/page.html: cannot be written"), "{text}");
}
