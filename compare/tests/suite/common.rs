//! Helpers of the tests: running `compare`, notebooks to compare with, and fake labs.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

pub fn compare(options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compare"));
    command.args(options);
    command
}

/// The environment variables with which libtorch computes as it does here, as on other processors, and with other numbers of
/// threads.
pub const SETTINGS: [&[(&str, &str)]; 5] = [
    &[],
    &[
        ("ATEN_CPU_CAPABILITY", "default"),
        ("MKL_ENABLE_INSTRUCTIONS", "SSE4_2"),
        ("ONEDNN_MAX_CPU_ISA", "SSE41"),
    ],
    &[("ATEN_CPU_CAPABILITY", "avx2"), ("MKL_ENABLE_INSTRUCTIONS", "AVX2"), ("ONEDNN_MAX_CPU_ISA", "AVX2")],
    &[("OMP_NUM_THREADS", "1")],
    &[("OMP_NUM_THREADS", "8")],
];

/// Runs a command. Returns its exit code, and stdout and stderr together.
pub fn report(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap_or(-1), text)
}

/// A fresh folder for one test, with the labs' data where a notebook in its `labs/` looks for them.
pub fn prepared(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("labs")).unwrap();
    symlink(root().join("data").canonicalize().unwrap(), folder.join("data")).unwrap();
    folder
}

pub fn json(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// The only comparison in out.json.
pub fn found(folder: &Path) -> Value {
    let document = json(&folder.join("out.json"));
    assert_eq!(
        (document["schema"].as_u64(), document["comparisons"].as_array().unwrap().len()),
        (Some(1), 1)
    );
    document["comparisons"][0].clone()
}

/// The status in out.json of the pair of this name.
pub fn status_of(folder: &Path, name: &str) -> String {
    let found = found(folder);
    let pairs = found["pairs"].as_array().unwrap();
    let pair = pairs.iter().find(|pair| pair["name"] == name);
    pair.unwrap_or_else(|| panic!("no {name} in {found}"))["status"].as_str().unwrap().to_string()
}

/// How many pairs have this status.
pub fn count(folder: &Path, status: &str) -> u64 {
    found(folder)["counts"][status].as_u64().unwrap_or(0)
}

/// A notebook that a test changes; and whether its cells have execution counts set by the test.
pub struct Notebook(Value, bool);

impl Notebook {
    /// The lab's own notebook.
    pub fn of(lab: &str) -> Self {
        Notebook(json(&root().join(format!("labs/{lab}.ipynb"))), false)
    }

    pub fn empty() -> Self {
        Notebook(json!({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}), false)
    }

    /// The index of In[k] among all cells.
    fn index(&self, k: usize) -> usize {
        let cells = self.0["cells"].as_array().unwrap();
        let code =
            cells.iter().enumerate().filter(|(_, cell)| cell["cell_type"] == "code").map(|(index, _)| index);
        code.chain([cells.len()]).nth(k - 1).unwrap()
    }

    fn cell(&mut self, k: usize) -> &mut Value {
        let index = self.index(k);
        &mut self.0["cells"][index]
    }

    fn text(value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            lines => lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect(),
        }
    }

    pub fn edit(&mut self, k: usize, from: &str, to: &str) {
        let cell = self.cell(k);
        let source = Self::text(&cell["source"]);
        assert!(source.contains(from), "no {from} in {source}");
        cell["source"] = source.replace(from, to).into();
    }

    /// Puts code before the code of In[k].
    pub fn prefix(&mut self, k: usize, code: &str) {
        let cell = self.cell(k);
        cell["source"] = format!("{code}{}", Self::text(&cell["source"])).into();
    }

    pub fn output(&mut self, k: usize) -> String {
        let outputs = self.cell(k)["outputs"].clone();
        let text = |output: &Value| match output["output_type"].as_str() {
            Some("stream") => Self::text(&output["text"]),
            _ if is_figure(output) => String::new(),
            _ => Self::text(&output["data"]["text/plain"]) + "\n",
        };
        outputs.as_array().unwrap().iter().map(text).collect()
    }

    /// The number of figures in its outputs.
    pub fn figures(&self) -> usize {
        let cells = self.0["cells"].as_array().unwrap().iter();
        cells
            .flat_map(|cell| cell["outputs"].as_array().into_iter().flatten())
            .filter(|output| is_figure(output))
            .count()
    }

    pub fn set_output(&mut self, k: usize, text: &str) {
        self.cell(k)["outputs"] = json!([{"output_type": "stream", "name": "stdout", "text": text}]);
    }

    pub fn set_outputs(&mut self, k: usize, outputs: Value) {
        self.cell(k)["outputs"] = outputs;
    }

    pub fn replace_output(&mut self, k: usize, from: &str, to: &str) {
        let output = self.output(k);
        assert!(output.contains(from), "no {from} in {output}");
        self.set_output(k, &output.replacen(from, to, 1));
    }

    /// Changes the last digit of the last number. Returns the line that contains it.
    pub fn move_last_digit(&mut self, k: usize) -> String {
        let mut output = self.output(k);
        let at = output.rfind(|c: char| c.is_ascii_digit()).unwrap();
        let digit = if &output[at..=at] == "5" { "6" } else { "5" };
        let near = if output[at..].starts_with('0') { "1" } else { digit };
        output.replace_range(at..=at, near);
        self.set_output(k, &output);
        output.lines().last().unwrap().to_string()
    }

    fn code(source: &str, output: &str) -> Value {
        let outputs = if output.is_empty() {
            json!([])
        } else {
            json!([{"output_type": "stream", "name": "stdout", "text": output}])
        };
        json!({"cell_type": "code", "id": format!("added-{}", source.len()), "metadata": {}, "execution_count": 0, "source": source, "outputs": outputs})
    }

    /// Inserts a code cell, which becomes In[k].
    pub fn insert(&mut self, k: usize, source: &str, output: &str) {
        let index = self.index(k);
        self.0["cells"].as_array_mut().unwrap().insert(index, Self::code(source, output));
    }

    pub fn markdown(&mut self, k: usize, source: &str) {
        let index = self.index(k);
        let cell = json!({"cell_type": "markdown", "id": "note", "metadata": {}, "source": source});
        self.0["cells"].as_array_mut().unwrap().insert(index, cell);
    }

    /// Divides In[k] into two cells, each with half of the lines that it prints.
    pub fn cut_in_two(&mut self, k: usize) {
        let output = self.output(k);
        let source = Self::text(&self.cell(k)["source"].clone());
        let half = output.lines().count() / 2;
        let first: String = output.lines().take(half).map(|line| format!("{line}\n")).collect();
        self.set_output(k, &first);
        self.insert(k + 1, &source, output.strip_prefix(&first).unwrap());
    }

    /// Joins In[k] and In[k+1].
    pub fn join(&mut self, k: usize) {
        let output = self.output(k) + &self.output(k + 1);
        let source = Self::text(&self.cell(k)["source"].clone())
            + "\n"
            + &Self::text(&self.cell(k + 1)["source"].clone());
        let index = self.index(k + 1);
        self.0["cells"].as_array_mut().unwrap().remove(index);
        self.set_output(k, &output);
        self.cell(k)["source"] = source.into();
    }

    /// Drops every cell after In[k].
    pub fn keep(&mut self, k: usize) {
        let index = self.index(k);
        self.0["cells"].as_array_mut().unwrap().truncate(index + 1);
    }

    /// Makes In[k] a cell that was never run.
    pub fn never_run(&mut self, k: usize) {
        self.cell(k)["execution_count"] = Value::Null;
        self.cell(k)["outputs"] = json!([]);
    }

    /// Sets the `[count]` that Jupyter shows beside In[k].
    pub fn set_count(&mut self, k: usize, count: u64) {
        self.renumber();
        self.cell(k)["execution_count"] = count.into();
        self.1 = true;
    }

    pub fn tag(&mut self, k: usize, tag: &str) {
        self.cell(k)["metadata"]["tags"] = json!([tag]);
    }

    /// The whole notebook, for changes without a method here.
    pub fn value(&mut self) -> &mut Value {
        &mut self.0
    }

    /// Numbers the cells that have run as if they had run from top to bottom.
    fn renumber(&mut self) {
        let cells = self.0["cells"].as_array_mut().unwrap();
        let code = cells.iter_mut().filter(|cell| cell["cell_type"] == "code");
        for (index, cell) in code.enumerate().filter(|(_, cell)| !cell["execution_count"].is_null()) {
            cell["execution_count"] = (index + 1).into();
        }
    }

    /// Saves it in the folder's `labs`.
    pub fn save(&self, folder: &Path) -> PathBuf {
        let mut numbered = Notebook(self.0.clone(), self.1);
        if !self.1 {
            numbered.renumber();
        }
        let path = folder.join("labs/changed.ipynb");
        fs::write(&path, numbered.0.to_string()).unwrap();
        path
    }

    fn command(&self, lab: &str, folder: &Path) -> Command {
        let mut command = compare(&[lab, "--notebook"]);
        command.arg(self.save(folder)).arg("--json").arg(folder.join("out.json"));
        command
    }

    /// `compare` with this notebook's saved outputs; `program` is the lab.
    pub fn stored_against(&self, lab: &str, folder: &Path, program: &Path) -> Command {
        let mut command = self.command(lab, folder);
        command.arg("--stored").arg("--program").arg(program);
        command
    }

    /// `stored_against` with a lab that prints the saved outputs of its own notebook, because on another processor the real lab
    /// would print other last digits.
    pub fn stored(&self, lab: &str, folder: &Path) -> Command {
        self.stored_against(lab, folder, &fake_lab(folder, &labs_own(lab), ""))
    }

    /// `compare` with this notebook, live.
    pub fn live(&self, lab: &str, folder: &Path) -> Command {
        self.command(lab, folder)
    }
}

fn is_figure(output: &Value) -> bool {
    !output["data"]["image/png"].is_null()
}

/// The saved outputs of a lab's notebook, by cell; a figure is the mark that the lab prints for it.
pub fn labs_own(lab: &str) -> Vec<(usize, String)> {
    let mut notebook = Notebook::of(lab);
    let count =
        notebook.0["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code").count();
    let figure = json!({"text": "<Figure>", "data": {}, "svg": "<svg/>"});
    let figures = |notebook: &mut Notebook, k| {
        let outputs =
            notebook.cell(k)["outputs"].as_array().unwrap().iter().filter(|output| is_figure(output)).count();
        format!("\u{1e}Figure {figure}\n").repeat(outputs)
    };
    (1..=count).map(|k| (k, notebook.output(k) + &figures(&mut notebook, k))).collect()
}

/// A program that prints these cells as a lab would, then does `end` (a line of shell).
pub fn fake_lab(folder: &Path, cells: &[(usize, String)], end: &str) -> PathBuf {
    let cells: String = cells.iter().map(|(k, output)| format!("\u{1e}In[{k}]\n{output}")).collect();
    fs::write(folder.join("fake.txt"), format!("\u{1e}fake 0.0 (tch 0.26, libtorch 2.13.0)\n{cells}"))
        .unwrap();
    let program = folder.join("fake");
    let script = format!("#!/bin/sh\ncat '{}'\n{end}\n", folder.join("fake.txt").display());
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program
}

/// Says that a test does not run here, and why. It writes past the test runner's capture, because a skipped test must not look like
/// a passed one. If CI is set, everything is installed, and only hardware may be missing.
pub fn skipped(why: &str, hardware: bool) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
    assert!(hardware || std::env::var_os("CI").is_none(), "skipped where all is installed: {why}");
}
