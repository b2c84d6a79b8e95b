//! Faults on either side: a clear message, the right exit code (1 or 2), and no kernel left behind.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::common::{Notebook, compare, fake_lab, prepared, report, root, status_of};
use serde_json::json;

const LAB: &str = "lab4_1_multivariable";

/// A lab with three cells; only In[2] prints.
fn small_lab(folder: &Path) -> PathBuf {
    fake_lab(folder, &[(1, String::new()), (2, "two 2.5\n".into()), (3, String::new())], "")
}

/// A notebook of three cells; In[2] prints, and In[3] is `third`.
fn small_notebook(third: &str) -> Notebook {
    let mut notebook = Notebook::empty();
    notebook.insert(1, "import os, time", "");
    notebook.insert(2, "print('two', 2.5)", "two 2.5\n");
    notebook.insert(3, third, "");
    notebook
}

/// Processes that run in this folder; a kernel runs in the notebook's folder.
fn kernels_in(folder: &Path) -> Vec<String> {
    let labs = folder.join("labs").canonicalize().unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let here =
        processes.filter(|process| fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == labs));
    here.map(|process| process.file_name().to_string_lossy().into_owned()).collect()
}

fn assert_no_kernel_in(folder: &Path) {
    let start = Instant::now();
    while !kernels_in(folder).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(5), "left behind: {:?}", kernels_in(folder));
        sleep(Duration::from_millis(50));
    }
}

/// Runs a live comparison of the small lab that must fail. Returns its report.
fn fails_live(folder: &Path, notebook: &Notebook, options: &[&str], code: i32) -> String {
    let program = small_lab(folder);
    let (found, text) = report(notebook.live(LAB, folder).arg("--program").arg(program).args(options));
    assert_eq!(found, code, "{text}");
    assert!(!text.contains("panicked") && !text.contains("Traceback"), "{text}");
    assert_no_kernel_in(folder);
    text
}

#[test]
fn a_file_that_is_no_notebook() {
    let folder = prepared("not-json");
    let file = folder.join("labs/bad.ipynb");
    let compared = |content: &str| {
        fs::write(&file, content).unwrap();
        let (code, text) = report(compare(&[LAB, "--notebook"]).arg(&file));
        assert_eq!((code, text.trim_end().lines().count()), (2, 1), "{text}");
        assert!(text.contains("bad.ipynb"), "{text}");
        text
    };
    assert!(compared("{\"cells\": [\n  1,,2]}").contains("line 2, column 5"));
    assert!(compared("").contains("the file is empty"));
    assert!(compared("{\"nbformat\": 3, \"worksheets\": []}").contains("no code cells"));
    assert!(compared("{\"nbformat\": 5, \"cells\": []}").contains("found nbformat 5"));
    assert!(compared("\n<!DOCTYPE html>\n<html>").contains("web page"));
    assert!(compared("version https://git-lfs.github.com/spec/v1\noid sha256:1").contains("git lfs pull"));
    assert!(compared("{\n<<<<<<< HEAD\n \"cells\": []}").contains("conflict marks"));
    assert!(compared("[1]").contains("no nbformat"));
    assert!(compared("{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\"}]}").contains("source"));
    assert!(compared("{\"nbformat\": 4, \"cells\": []}").contains("no code cells"));
    let (code, text) = report(&mut compare(&[LAB, "--notebook", "missing.ipynb"]));
    assert_eq!(code, 2);
    assert!(text.contains("missing.ipynb: cannot be read"), "{text}");
}

#[test]
fn a_notebook_without_outputs() {
    let folder = prepared("no-outputs");
    let mut notebook = Notebook::empty();
    notebook.insert(1, "print(1)", "");
    let (code, text) = report(&mut notebook.stored(LAB, &folder));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("no outputs are saved in it"), "{text}");
}

#[test]
fn a_cell_that_raises_is_named_and_what_ran_before_is_compared() {
    let folder = prepared("raises");
    let text = fails_live(&folder, &small_notebook("{}['key']"), &[], 2);
    assert!(text.contains("In[3] stopped the notebook: KeyError: 'key'"), "{text}");
    assert!(text.contains("not compared to the end"), "{text}");
    assert_eq!(
        (status_of(&folder, "In[2]"), status_of(&folder, "In[3]")),
        ("identical".into(), "failed".into())
    );

    let mut differs = small_notebook("{}['key']");
    differs.edit(2, "2.5", "3.5");
    fails_live(&folder, &differs, &[], 1);
}

#[test]
fn a_saved_exception_counts_as_one() {
    let folder = prepared("saved-exception");
    let mut notebook = small_notebook("1 / 0");
    let error = json!([{"output_type": "error", "ename": "ZeroDivisionError", "evalue": "division by zero", "traceback": []}]);
    notebook.set_outputs(3, error);
    let program = small_lab(&folder);
    let (code, text) = report(&mut notebook.stored_against(LAB, &folder, &program));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("In[3]") && text.contains("ZeroDivisionError"), "{text}");
}

#[test]
fn a_kernel_that_dies() {
    let folder = prepared("dies");
    let text = fails_live(&folder, &small_notebook("os._exit(3)"), &[], 2);
    assert!(text.contains("In[3] stopped the notebook: the kernel died"), "{text}");
    assert!(text.contains("what to do: exit() ends the kernel"), "{text}");
    assert_eq!(status_of(&folder, "In[2]"), "identical");
}

#[test]
fn a_notebook_that_takes_too_long() {
    let folder = prepared("slow-notebook");
    let text = fails_live(&folder, &small_notebook("time.sleep(600)"), &["--timeout=15"], 2);
    assert!(text.contains("In[3] of the notebook was not done after 15 s"), "{text}");
    assert_eq!(status_of(&folder, "In[2]"), "identical");
}

#[test]
fn a_kernel_does_not_outlive_compare() {
    let folder = prepared("killed");
    let program = small_lab(&folder);
    let mut command = small_notebook("time.sleep(60)").live(LAB, &folder);
    let mut child =
        command.arg("--program").arg(program).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while kernels_in(&folder).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(20), "no kernel");
        sleep(Duration::from_millis(50));
    }
    sleep(Duration::from_secs(1));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_no_kernel_in(&folder);
}

#[test]
fn no_python_and_no_torch() {
    let folder = prepared("no-python");
    let text = fails_live(&folder, &small_notebook("pass"), &["--python=/nowhere/python"], 2);
    assert!(text.contains("/nowhere/python: no Python there") && text.contains("make python"), "{text}");
    // -S: without site-packages, so without torch and Jupyter.
    let bare = script(&folder, &format!("exec '{}' -S \"$@\"", root().join(".venv/bin/python").display()));
    let text = fails_live(&folder, &small_notebook("pass"), &["--python", bare.to_str().unwrap()], 2);
    assert!(text.contains("is missing in this Python") && text.contains("make python"), "{text}");
    // The same with Jupyter there.
    let hidden = folder.join("hidden");
    fs::create_dir(&hidden).unwrap();
    fs::write(
        hidden.join("sitecustomize.py"),
        "import importlib.metadata as m\nversion = m.version\ndef without(name):\n    if name == 'torch': raise m.PackageNotFoundError(name)\n    return version(name)\nm.version = without\n",
    )
    .unwrap();
    let text = fails_live(
        &folder,
        &small_notebook("pass"),
        &["--python", with_path(&folder, &hidden).to_str().unwrap()],
        2,
    );
    assert!(text.contains("torch is missing in this Python"), "{text}");
}

#[test]
fn another_torch_is_a_warning() {
    let folder = prepared("other-torch");
    let packages = folder.join("packages");
    fs::create_dir_all(packages.join("torch-2.12.1.dist-info")).unwrap();
    fs::write(
        packages.join("torch-2.12.1.dist-info/METADATA"),
        "Metadata-Version: 2.1\nName: torch\nVersion: 2.12.1+cpu\n",
    )
    .unwrap();
    let python = with_path(&folder, &packages);
    let text = fails_live(&folder, &small_notebook("pass"), &["--python", python.to_str().unwrap()], 0);
    assert!(
        text.contains("warning: the notebook has torch 2.12.1+cpu, the lab has libtorch 2.13.0"),
        "{text}"
    );
}

#[test]
fn a_lab_that_stops_half_way() {
    let folder = prepared("lab-stops");
    let cells = [(1, String::new()), (2, "two 2.5\n".to_string()), (3, "thr".to_string())];
    let notebook =
        small_notebook("x1_train = torch.FloatTensor([[73], [93], [89], [96], [73]])\nprint('three')");
    let program = fake_lab(&folder, &cells, "echo 'fake: data/x.csv: no such file' >&2; exit 2");
    let (code, text) = report(&mut notebook.stored_against(LAB, &folder, &program));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("the lab stopped in In[3]: fake: data/x.csv: no such file"), "{text}");
    assert_eq!(
        (status_of(&folder, "In[2]"), status_of(&folder, "In[3]")),
        ("identical".into(), "failed".into())
    );

    let program = fake_lab(&folder, &cells, "sleep 60");
    let (code, text) = report(notebook.stored_against(LAB, &folder, &program).arg("--timeout=1"));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("In[3] of the lab was not done after 1 s"), "{text}");

    // A lab that prints without end is stopped, too.
    let program = fake_lab(&folder, &cells, "exec yes");
    let (code, text) = report(notebook.stored_against(LAB, &folder, &program).arg("--timeout=1"));
    assert!(code == 2 && text.contains("In[3] of the lab was not done after 1 s"), "{text}");
    let program = fake_lab(&folder, &[], "exit 2");
    let (code, text) = report(&mut notebook.stored_against(LAB, &folder, &program));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("before its first cell"), "{text}");

    let (code, text) = report(&mut notebook.stored_against(LAB, &folder, Path::new("/nowhere/lab")));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("/nowhere/lab: cannot be started"), "{text}");
}

#[test]
fn nothing_to_compare_is_not_the_same() {
    let folder = prepared("nothing");
    let program = fake_lab(&folder, &[(1, String::new()), (2, "two\n".into())], "");
    let mut notebook = Notebook::of(LAB);
    notebook.keep(3);
    let (code, text) = report(notebook.live(LAB, &folder).arg("--program").arg(program));
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("nothing was compared") && !text.contains("times as fast"), "{text}");
}

#[test]
fn messages_cannot_command_the_terminal() {
    let folder = prepared("escapes");
    let mut notebook = small_notebook("x = 1");
    notebook.set_outputs(
        1,
        json!([{"output_type": "error", "ename": "E", "evalue": "\u{1b}[2J", "traceback": []}]),
    );
    let mut command = notebook.stored_against(LAB, &folder, &small_lab(&folder));
    // As on a terminal: in a pipe every escape is left out.
    let (code, text) = report(command.env("CLICOLOR_FORCE", "1"));
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("In[1] had failed when the notebook was saved") && text.contains('\u{1b}'),
        "{text}"
    );
    assert!(!text.contains("\u{1b}[2J"), "{text}");
}

#[test]
fn the_labs_own_faults_come_through() {
    let folder = prepared("lab-fault");
    let lab = "lab5_logistic";
    let mut command = compare(&[lab, "--stored", "--data-dir=/nowhere", "--json"]);
    let (code, text) = report(command.arg(folder.join("out.json")));
    assert_eq!(code, 2, "{text}");
    assert!(
        text.contains("the lab stopped in In[22]") && text.contains("/nowhere/data-03-diabetes.csv"),
        "{text}"
    );
    assert_ne!(status_of(&folder, "In[20]"), "not_run");
    assert_eq!(status_of(&folder, "In[24]"), "not_run");
}

/// An executable script in the folder.
fn script(folder: &Path, line: &str) -> PathBuf {
    let path = folder.join("python");
    fs::write(&path, format!("#!/bin/sh\n{line}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// The project's Python with a folder before all others on its path.
fn with_path(folder: &Path, first: &Path) -> PathBuf {
    let python = root().join(".venv/bin/python");
    script(folder, &format!("PYTHONPATH='{}' exec '{}' \"$@\"", first.display(), python.display()))
}
