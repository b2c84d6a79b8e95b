//! Notebooks of other people: what they add, leave out and stumble over. Jupyter's output comes from a live kernel.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::common::{Notebook, compare, count, fake_lab, found, labs_own, prepared, report, root, status_of};

const LAB: &str = "lab5_logistic";

/// A lab of a few cells, and its notebook, which a test changes.
fn few_cells(folder: &Path) -> (Notebook, std::path::PathBuf) {
    let cells = [
        ("import torch", ""),
        ("torch.manual_seed(1)", ""),
        ("x = torch.ones(2)\nprint(x)", "tensor([1., 1.])\n"),
        ("print('Cost: {:.6f}'.format(x.sum().item()))", "Cost: 2.000000\n"),
    ];
    let mut notebook = Notebook::empty();
    for (index, (source, output)) in cells.iter().enumerate() {
        notebook.insert(index + 1, source, output);
    }
    let printed: Vec<(usize, String)> =
        cells.iter().enumerate().map(|(index, (_, output))| (index + 1, output.to_string())).collect();
    let program = fake_lab(folder, &printed, "");
    (notebook, program)
}

/// Exit code and report of a live comparison.
fn live(notebook: &Notebook, folder: &Path, program: &Path, options: &[&str]) -> (i32, String) {
    report(notebook.live(LAB, folder).arg("--program").arg(program).args(options))
}

#[test]
fn what_a_learner_adds_is_no_difference() {
    let folder = prepared("added");
    let (mut notebook, program) = few_cells(&folder);
    notebook.insert(1, "%matplotlib inline\nimport matplotlib.pyplot as plt", "");
    notebook.insert(2, "!python --version\n!pip --version\n%pip --version", "");
    notebook.insert(5, "print(torch.Size([2]))\nplt.plot([1, 2])\nplt.show()", "");
    notebook.edit(6, "x = torch.ones(2)", "%%time\nx = torch.ones(2)");
    notebook.insert(8, "plt.plot([1, 2])", "");
    notebook.insert(9, "note = 1", "");
    notebook.insert(10, "for i in range(3):\n    print('\\r{}%'.format(i), end='')", "");
    let (code, text) = live(&notebook, &folder, &program, &["--exact"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("lab5_logistic: identical as far as it goes: 4 of 39 cells"), "{text}");
    assert!(text.contains("1 x address left out"), "{text}");
    assert!(text.contains("2 x line of %%time left out"), "{text}");
    assert!(text.contains("not compared: 2 figures"), "{text}");
    assert_eq!(count(&folder, "only_notebook"), 6, "{text}");
    let found = found(&folder);
    let output = |name: &str| {
        let pairs = found["pairs"].as_array().unwrap();
        let pair = pairs.iter().find(|pair| pair["name"] == name).unwrap();
        pair["notebook"][0]["output"].as_str().unwrap().to_string()
    };
    // The kernel's own Python and pip, not the system's; and the last state of a progress bar.
    let venv = root().join(".venv").canonicalize().unwrap();
    assert_eq!(output("In[2]").matches(venv.to_str().unwrap()).count(), 2, "{}", output("In[2]"));
    assert_eq!(output("In[10]"), "2%");
    let (code, text) = live(&notebook, &folder, &program, &["--strict-cells"]);
    assert_eq!(code, 1, "{text}");
}

/// `compare`'s kernel makes MKL's first call on one thread, and leaves no trace in the notebook's names.
#[test]
fn the_first_call_is_made_for_the_notebook() {
    let folder = prepared("first-call");
    let (mut notebook, program) = few_cells(&folder);
    let state = fs::read_to_string(root().join("tests/reference/kernels.py")).unwrap();
    notebook.insert(
        2,
        "names = sorted(name for name in dir() if not name.startswith('_'))\nprint(names)",
        "",
    );
    notebook.insert(3, &state.replace("sys.argv[1:]", "[]"), "");
    let (code, text) = live(&notebook, &folder, &program, &[]);
    assert_eq!(code, 0, "{text}");
    let outputs: Vec<String> = found(&folder)["pairs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|pair| pair["status"] == "only_notebook")
        .map(|pair| pair["notebook"][0]["output"].as_str().unwrap().to_string())
        .collect();
    assert_eq!(outputs, ["['In', 'Out', 'exit', 'get_ipython', 'open', 'quit', 'torch']\n", "chosen\n"]);
}

#[test]
fn a_failed_cell_is_failed_and_those_after_it_did_not_run() {
    let folder = prepared("failed");
    let (mut notebook, program) = few_cells(&folder);
    notebook.edit(2, "torch.manual_seed(1)", "torch.manual_sed(1)");
    let (code, text) = live(&notebook, &folder, &program, &[]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("In[2] stopped the notebook: AttributeError: module 'torch'"), "{text}");
    assert!(text.contains("0 different") && text.contains("not compared to the end"), "{text}");
    let statuses = ["In[1]", "In[2]", "In[3]", "In[4]"].map(|name| status_of(&folder, name));
    assert_eq!(statuses, ["silent", "failed", "not_run", "not_run"]);
    // A tag says that the exception belongs to the lesson, in a live run and in saved outputs.
    notebook.insert(2, "1 / 0", "");
    notebook.tag(2, "raises-exception");
    notebook.edit(3, "torch.manual_sed(1)", "torch.manual_seed(1)");
    let (code, text) = live(&notebook, &folder, &program, &[]);
    assert_eq!(code, 0, "{text}");
    notebook.set_outputs(
        2,
        json!([{"output_type": "error", "ename": "ZeroDivisionError", "evalue": "", "traceback": []}]),
    );
    let (code, text) = report(&mut notebook.stored_against(LAB, &folder, &program));
    assert_eq!(code, 0, "{text}");
}

/// A learner's own cell failed, and the work went on.
#[test]
fn an_own_cell_that_failed_is_a_warning() {
    let folder = prepared("own-failed");
    let mut notebook = Notebook::of(LAB);
    notebook.insert(10, "foo", "");
    notebook.set_outputs(
        10,
        json!([{"output_type": "error", "ename": "NameError", "evalue": "foo", "traceback": []}]),
    );
    let junit = folder.join("junit.xml");
    let (code, text) = report(notebook.stored(LAB, &folder).arg("--junit").arg(&junit));
    assert!(code == 0 && text.contains("In[10] had failed when the notebook was saved"), "{text}");
    assert!(fs::read_to_string(junit).unwrap().contains("NameError: foo"));
}

#[test]
fn cells_that_were_never_run_are_no_difference() {
    let folder = prepared("never-run");
    let mut notebook = Notebook::of("lab6_softmax");
    notebook.never_run(17);
    notebook.never_run(18);
    let (code, text) = report(&mut notebook.stored("lab6_softmax", &folder));
    assert_eq!(code, 0, "{text}");
    assert_eq!((status_of(&folder, "In[17]").as_str(), count(&folder, "not_run")), ("not_run", 2));
    assert!(text.contains("identical as far as it goes: 26 of 28 cells"), "{text}");
}

#[test]
fn a_part_of_a_lab_is_said_to_be_one_and_another_subject_none() {
    let folder = prepared("part");
    let mut notebook = Notebook::of(LAB);
    notebook.keep(6);
    let (code, text) = report(&mut notebook.stored(LAB, &folder));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("identical as far as it goes: 6 of 39 cells"), "{text}");
    let (code, text) = report(notebook.stored(LAB, &folder).arg("--whole"));
    assert_eq!(code, 1, "{text}");

    let mut other = Notebook::empty();
    for (k, (source, output)) in [
        ("import pandas as pd", ""),
        ("titanic = pd.read_csv('titanic.csv')\ntitanic.head()", "   Survived  Pclass\n0  0  3\n"),
        ("titanic.groupby('Sex').Survived.mean()", "female 0.742038\nmale 0.188908\n"),
    ]
    .iter()
    .enumerate()
    {
        other.insert(k + 1, source, output);
    }
    let (code, text) = report(&mut other.stored(LAB, &folder));
    assert!(code == 2 && text.contains("not a notebook of this lab"), "{text}");
    // A notebook of another lab is recognised.
    let mut other = Notebook::of("lab4_2_load_data");
    let (code, text) =
        report(&mut other.stored_against("lab6_softmax", &folder, &fake_lab(&folder, &[], "")));
    assert!(code == 2 && text.contains("more like lab4_2_load_data's"), "{text}");
    let _ = other.value();
}

#[test]
fn cells_have_the_numbers_that_jupyter_shows() {
    let folder = prepared("counts");
    let mut notebook = Notebook::of("lab6_softmax");
    notebook.replace_output(16, "Cost: 1.", "Cost: 2.");
    notebook.set_count(16, 72);
    let (code, text) = report(&mut notebook.stored("lab6_softmax", &folder));
    assert!(code == 1 && text.contains("cell 16, In [72] different"), "{text}");
}

/// The reasons why learners' notebooks stop, and the report's advice.
#[test]
fn the_report_says_what_to_do() {
    let folder = prepared("advice");
    for (source, stopped, hint) in [
        ("import sklearnx.datasets", "No module named 'sklearnx'", "-m pip install sklearnx"),
        ("import google.colab", "ModuleNotFoundError", "exists on Colab only"),
        ("open('data-03-diabetes.csv')", "No such file or directory", "--course-data"),
        (
            "import numpy as np\nnp.loadtxt('data-01-test-score.csv')",
            "data-01-test-score.csv",
            "--course-data",
        ),
        (
            "import urllib.request as r\nr.urlopen('http://127.0.0.1:9/x')",
            "URLError",
            "there is no connection",
        ),
        ("name = input('name? ')", "StdinNotImplementedError", "nobody to ask"),
        ("import torch\ntorch.ones_lik(1)", "has no attribute 'ones_lik'", "is it misspelt"),
        ("print 'hello'", "SyntaxError", "this is Python 2"),
        ("import torch\nx = torch.ones(1).sum()\nx.data[0]", "IndexError", "`cost.item()` today"),
        (
            "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\nplt.figure()",
            "Cannot load backend",
            "take the line",
        ),
        ("%matplotlib qt", "Qt binding modules", "take the line with the backend out"),
        ("%matplotlib widget", "not a recognised GUI loop", "take the line with the backend out"),
        ("raise MemoryError", "MemoryError", "smaller batch"),
        ("raise ValueError('\\nfirst line\\nsecond line')", "ValueError: first line", ""),
    ] {
        let mut notebook = Notebook::empty();
        notebook.insert(1, "print('two')", "");
        notebook.insert(2, source, "");
        notebook.insert(3, "x = 1", "");
        let program = fake_lab(&folder, &[(1, "two\n".into()), (2, String::new())], "");
        let (code, text) = live(&notebook, &folder, &program, &[]);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(code, 2, "{source}: {text}");
        assert!(text.contains(stopped) && text.contains("stopped the notebook"), "{source}: {text}");
        assert!(text.contains(hint) && text.contains("what to do") != hint.is_empty(), "{source}: {text}");
        assert!(
            !text.contains("second line") && status_of(&folder, "In[1]") == "identical",
            "{source}: {text}"
        );
    }
}

#[test]
fn the_courses_files_are_found_where_they_are_asked_for() {
    let folder = prepared("course-data");
    let mut notebook = Notebook::empty();
    notebook.insert(
        1,
        "import os\nprint(len(open('data-03-diabetes.csv').readlines()), os.path.exists('changed.ipynb'))",
        "",
    );
    notebook.insert(
        2,
        "import os\nfrom torchvision import datasets\n\
         print(len(open('../data/data-03-diabetes.csv').readlines()), len(open('./own/data-04-zoo.csv').readlines()))\n\
         print(sorted(os.listdir('own')), len(datasets.MNIST('../sets', train=False)), len(datasets.MNIST(root='own')))",
        "",
    );
    fs::create_dir_all(folder.join("labs/own")).unwrap();
    fs::write(folder.join("labs/own/kept.txt"), "").unwrap();
    let printed = "759 101\n['MNIST', 'data-04-zoo.csv', 'kept.txt'] 10000 60000\n";
    let program = fake_lab(&folder, &[(1, "759 True\n".into()), (2, printed.into())], "");
    let (code, text) = live(&notebook, &folder, &program, &["--course-data", "--verbose"]);
    assert_eq!(code, 0, "{text}");
    // What is not there is not advised again.
    notebook.insert(1, "open('notes/mine.csv')", "");
    let (code, text) = live(&notebook, &folder, &program, &["--course-data"]);
    assert!(
        code == 2 && text.contains("other files lie beside") && !text.contains("--course-data lets"),
        "{text}"
    );
    let names = |place: &str| fs::read_dir(folder.join(place)).unwrap().count();
    assert_eq!((names("labs"), names("labs/own")), (2, 1), "the notebook's folder is left as it was");
}

/// A file as papermill and Windows leave it: NaN in the metadata, an emoji cut in two.
#[test]
fn a_notebook_that_python_reads_is_read() {
    let folder = prepared("nan");
    let (mut notebook, program) = few_cells(&folder);
    notebook.value()["metadata"] =
        json!({"papermill": {"parameters": {"lr": "NAN", "until": ["INF", "-INF"]}}});
    notebook.insert(1, "'HALF'", "");
    let file = notebook.save(&folder);
    let mut text = fs::read_to_string(&file).unwrap();
    for (mark, python) in
        [("\"NAN\"", "NaN"), ("\"INF\"", "Infinity"), ("\"-INF\"", "-Infinity"), ("HALF", "\\ud83d")]
    {
        assert!(text.contains(mark));
        text = text.replace(mark, python);
    }
    fs::write(&file, text).unwrap();
    let options = [LAB, "--notebook", file.to_str().unwrap(), "--program", program.to_str().unwrap()];
    let (code, text) = report(&mut compare(&options));
    assert_eq!(code, 0, "{text}");
}

/// A learner's exercise without an answer: nbgrader's stub, and a cell that needs it.
#[test]
fn a_notebook_goes_on_after_an_exception_where_that_is_asked_for() {
    let folder = prepared("keep-going");
    let mut notebook = Notebook::empty();
    notebook.insert(1, "print('one')", "");
    notebook.insert(2, "# YOUR CODE HERE\nraise NotImplementedError()", "");
    notebook.insert(3, "print('three')", "");
    let cells = [(1, "one\n".into()), (2, "two\n".into()), (3, "three\n".into())];
    let program = fake_lab(&folder, &cells, "");
    let (code, text) = live(&notebook, &folder, &program, &[]);
    assert!(code == 2 && text.contains("--keep-going") && status_of(&folder, "In[3]") == "not_run", "{text}");
    let (code, text) = live(&notebook, &folder, &program, &["--keep-going"]);
    assert!(code == 1 && text.contains("In[2] raised NotImplementedError"), "{text}");
    assert_eq!(
        ["In[1]", "In[2]", "In[3]"].map(|name| status_of(&folder, name)),
        ["identical", "failed", "identical"]
    );
}

/// What a learner likes better, and not what the figure shows.
#[test]
fn a_figure_in_another_style_is_the_same_figure() {
    const DRAWS: &str = "lab3_minimizing_cost";
    let folder = prepared("style");
    let mut notebook = Notebook::of(DRAWS);
    notebook.edit(4, "plt.scatter(", "plt.figure(figsize=(10, 6))\nplt.scatter(");
    notebook.edit(6, "plt.plot(", "plt.style.use('ggplot')\nplt.plot(");
    let file = notebook.save(&folder);
    let options = [DRAWS, "--notebook", file.to_str().unwrap()];
    let (code, text) = report(&mut compare(&options));
    assert!(code == 0 && text.contains("2 in another style"), "{text}");
    let (code, text) = report(compare(&options).args(["--exact", "--verbose"]));
    assert!(code == 1 && text.contains("figure 1, size") && text.contains("line 1, color"), "{text}");
    notebook.edit(6, "plt.plot(W_l, cost_l)", "plt.plot(W_l, [cost + 1 for cost in cost_l])");
    let file = notebook.save(&folder);
    let (code, text) = report(&mut compare(&[DRAWS, "--notebook", file.to_str().unwrap()]));
    assert_eq!(code, 1, "{text}");
}

#[test]
fn a_kernel_of_another_language_is_named() {
    let folder = prepared("language");
    let (mut notebook, program) = few_cells(&folder);
    notebook.value()["metadata"] = json!({"kernelspec": {"language": "R", "name": "ir"}});
    let (code, text) = live(&notebook, &folder, &program, &[]);
    assert!(code == 2 && text.contains("a notebook of r"), "{text}");
}

#[test]
fn every_encoding_and_an_old_format_are_read() {
    let folder = prepared("encodings");
    let (mut notebook, program) = few_cells(&folder);
    notebook.insert(1, "# 한글", "");
    let path = notebook.save(&folder);
    let text = fs::read_to_string(&path).unwrap();
    let compared = |what: &str, bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let mut command = compare(&[LAB, "--stored", "--notebook"]);
        let (code, text) = report(command.arg(&path).arg("--program").arg(&program));
        assert!(code == 0 && text.contains(": identical as far as it goes: 4 of 39"), "{what}: {text}");
    };
    compared("UTF-8 with a mark", &[b"\xef\xbb\xbf", text.as_bytes()].concat());
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    compared("UTF-16", &[b"\xff\xfe", &utf16[..]].concat());
    let korean = text.replace("한글", "@@").into_bytes();
    let at = korean.windows(2).position(|two| two == b"@@").unwrap();
    compared("cp949", &[&korean[..at], b"\xc7\xd1\xb1\xdb", &korean[at + 2..]].concat());
    // Jupyter itself converts the notebook: nbformat.convert(notebook, 3).
    let script = "import nbformat, sys; n = nbformat.read(sys.argv[1], 4); nbformat.write(nbformat.convert(n, 3), sys.argv[1])";
    fs::write(&path, &text).unwrap();
    let python = root().join(".venv/bin/python");
    let done =
        std::process::Command::new(python).args(["-W", "ignore", "-c", script]).arg(&path).status().unwrap();
    assert!(done.success());
    let old = fs::read_to_string(&path).unwrap();
    assert!(old.contains("\"worksheets\""), "{old}");
    compared("nbformat 3", old.as_bytes());
    // Without metadata, as some programs write it.
    let mut bare: serde_json::Value = serde_json::from_str(&text).unwrap();
    bare.as_object_mut().unwrap().remove("metadata");
    for cell in bare["cells"].as_array_mut().unwrap() {
        cell.as_object_mut().unwrap().remove("metadata");
    }
    compared("no metadata", bare.to_string().as_bytes());
    let (code, text) = report(compare(&[LAB, "--notebook"]).arg(&path).arg("--program").arg(&program));
    assert!(code == 0 && text.contains(": identical as far as it goes: 4 of 39"), "live: {text}");
}

#[test]
fn long_lines_and_colours_do_not_flood_the_report() {
    let folder = prepared("flood");
    let long = "x".repeat(5_000_000);
    let many = "Cost: 2.000000\n".repeat(100_000);
    let mut notebook = Notebook::of(LAB);
    notebook.set_output(9, &format!("\u{1b}[31mred\u{1b}[0m {long}\n"));
    notebook.set_output(19, &many);
    let mut cells = labs_own(LAB);
    cells[8].1 = format!("red {long}y\n");
    cells[18].1 = many;
    let program = fake_lab(&folder, &cells, "");
    let html = folder.join("page.html");
    let mut command = notebook.stored_against(LAB, &folder, &program);
    let (code, text) = report(command.arg("--verbose").arg("--html").arg(&html));
    assert_eq!(code, 1, "{}", &text[..2000]);
    assert!(text.contains("4999005 charact") && text.len() < 20_000, "{}: {}", text.len(), &text[..2000]);
    let page = fs::read_to_string(html).unwrap();
    assert!(page.len() < 1_000_000 && page.contains("98000 lines"), "{}", page.len());
}

#[test]
fn programs_can_read_the_answer() {
    let folder = prepared("machines");
    let (mut notebook, program) = few_cells(&folder);
    notebook.replace_output(4, "2.000000", "9.000000");
    let mut command = compare(&[LAB, "--stored", "--json=-", "--notebook"]);
    let output = command.arg(notebook.save(&folder)).arg("--program").arg(&program).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let comparison = &document["comparisons"][0];
    assert_eq!((&comparison["outcome"], &comparison["exit_code"]), (&json!("different"), &json!(1)));
    let pairs = comparison["pairs"].as_array().unwrap();
    let pair = pairs.iter().find(|pair| pair["name"] == "In[4]").unwrap();
    assert_eq!(pair["status"], "different");
    assert_eq!(pair["notebook"][0]["seconds"], json!(null), "nothing ran there");
    assert!(pair["lab"][0]["seconds"].is_f64());
    assert_eq!(pair["diff"]["lines"][0]["moved"][0]["notebook"], json!("9.000000"));

    let (junit, markdown) = (folder.join("junit.xml"), folder.join("summary.md"));
    let mut command = notebook.stored_against(LAB, &folder, &program);
    let (code, text) =
        report(command.arg("--quiet").arg("--junit").arg(&junit).arg("--markdown").arg(&markdown));
    assert_eq!((code, text.as_str()), (1, "lab5_logistic: different as far as it goes: 4 of 39 cells\n"));
    let junit = fs::read_to_string(junit).unwrap();
    assert!(
        junit.contains("tests=\"") && junit.contains("failures=\"1\"") && junit.contains("9.000000"),
        "{junit}"
    );
    let markdown = fs::read_to_string(markdown).unwrap();
    assert!(
        markdown.contains("| lab5_logistic | different as far as it goes: 4 of 39 cells |")
            && markdown.contains("**In[4]** different"),
        "{markdown}"
    );
}
