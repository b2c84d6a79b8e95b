//! `compare`: runs a lab and a notebook, and says cell by cell what is equal, what differs and by how much.
//!
//! It knows nothing of the labs' library: it sees processes and text, so it cannot share a lab's bug.

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

mod align;
mod comparison;
mod diff;
mod notebook;
mod page;
mod plot;
mod project;
mod run;
mod source;
mod table;
mod text;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use comparison::{Comparison, Status};
use diff::{Spelling, Tolerance};
use run::Run;

/// Exit code of a program that could not run.
const COULD_NOT_RUN: u8 = 2;

/// Runs a notebook in a Jupyter kernel and its Rust lab beside it, and says cell by cell what is equal, what differs
/// and by how much.
///
/// Exit code 0: the same, to the byte or within the tolerance; 1: different; 2: could not run.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// The lab: lab6_softmax, for one
    #[arg(required_unless_present_any = ["all", "table"])]
    lab: Option<String>,

    /// Compares every lab with its own notebook
    #[arg(long, conflicts_with_all = ["lab", "notebook", "program"])]
    all: bool,

    /// The notebook, any .ipynb; it runs in its own folder [default: the lab's own]
    #[arg(long, value_name = "FILE")]
    notebook: Option<PathBuf>,

    /// Compares with the outputs saved in the notebook; needs no Python
    #[arg(long)]
    stored: bool,

    /// Writes a page: both sides beside each other, in one file that needs nothing else
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Writes all that was found as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Relative tolerance of a number
    #[arg(long, default_value_t = 1.3e-6, value_parser = tolerance)]
    rtol: f64,

    /// Absolute tolerance of a number
    #[arg(long, default_value_t = 1e-5, value_parser = tolerance)]
    atol: f64,

    /// Takes nothing but the same bytes
    #[arg(long)]
    exact: bool,

    /// --device of the lab; the notebook chooses its own
    #[arg(long)]
    device: Option<String>,

    /// --data-dir of the lab; the notebook reads what it names
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Seconds that each side may take
    #[arg(long, default_value_t = 600.0, value_parser = timeout, value_name = "S")]
    timeout: f64,

    /// Shows every cell and every line that differs
    #[arg(long, short)]
    verbose: bool,

    /// The Python that runs the notebook [default: .venv/bin/python, in the project]
    #[arg(long, value_name = "FILE")]
    python: Option<PathBuf>,

    /// The lab's program [default: cargo builds it]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,

    /// Writes the table of the notebooks' Python lines and the Rust lines that port them, and compares nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["lab", "all"])]
    table: Option<PathBuf>,
}

fn tolerance(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err("expected a finite number, 0 or more".to_string()),
    }
}

fn timeout(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && Duration::try_from_secs_f64(seconds).is_ok() => Ok(seconds),
        _ => Err("expected a number of seconds above 0".to_string()),
    }
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            say(&format!("compare: {error:#}"));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn run(args: &Args) -> Result<u8> {
    if let Some(file) = &args.table {
        let table = table::markdown(&project::folder()?.join("labs"), &labs()?)?;
        write(file, &table)?;
        return Ok(0);
    }
    let labs = match &args.lab {
        Some(lab) => vec![lab.clone()],
        None => labs()?,
    };
    for file in [&args.html, &args.json].into_iter().flatten() {
        // Said now, not after a minute of work.
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            bail!("{}: cannot be written, there is no folder {}", file.display(), folder.display());
        }
    }
    let mut comparisons = Vec::new();
    let mut code = 0;
    for lab in &labs {
        match compare(args, lab) {
            Ok(comparison) => {
                print(&text::report(&comparison, args.exact, args.verbose)?)?;
                code = code.max(comparison.exit_code(args.exact));
                comparisons.push(comparison);
            }
            // The other labs are still worth their answer.
            Err(error) if args.all => {
                say(&format!("compare: {lab}: {error:#}"));
                code = COULD_NOT_RUN;
            }
            Err(error) => return Err(error),
        }
    }
    if let Some(file) = &args.json {
        write(file, &(serde_json::to_string_pretty(&comparisons)? + "\n"))?;
    }
    if let Some(file) = &args.html {
        write(file, &page::html(&comparisons, args.exact)?)?;
    }
    Ok(code)
}

/// A line on stderr.
fn say(message: &str) {
    anstream::eprintln!("{}", message.chars().map(text::visible).collect::<String>());
}

/// Writes to stdout. A reader that has seen enough (`| head`) is no error.
fn print(text: &str) -> Result<()> {
    use std::io::{ErrorKind, Write};
    let mut stdout = anstream::stdout();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("stdout: cannot be written")
        }
        _ => Ok(()),
    }
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("{}: cannot be written", file.display()))
}

/// Every lab of the project: a Rust file with a notebook of the same name.
fn labs() -> Result<Vec<String>> {
    let folder = project::folder()?.join("labs");
    let entries = fs::read_dir(&folder).with_context(|| format!("{}: cannot be read", folder.display()))?;
    let mut labs = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && path.with_extension("ipynb").exists()
        {
            labs.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    labs.sort();
    Ok(labs)
}

/// Runs both sides, one after the other so that neither slows the other, and compares them.
fn compare(args: &Args, lab: &str) -> Result<Comparison> {
    let project = project::folder()?;
    let source = project.join("labs").join(format!("{lab}.rs"));
    if !source.exists() {
        bail!("no lab {lab}; there are {}", labs()?.join(", "));
    }
    let own = Path::new("labs").join(format!("{lab}.ipynb"));
    let shown = args.notebook.clone().unwrap_or(own.clone());
    let path = args.notebook.clone().unwrap_or_else(|| project.join(own));
    let cells = notebook::read(&path)?;
    ensure!(!cells.is_empty(), "{}: the notebook has no code cells", shown.display());
    let sections =
        source::sections(&fs::read_to_string(&source).with_context(|| source.display().to_string())?);
    let timeout = Duration::from_secs_f64(args.timeout);

    let program = match &args.program {
        Some(program) => program.clone(),
        None => build(lab)?,
    };

    let (notebook, torch) = match args.stored {
        true => {
            let saved = run::stored(&cells);
            ensure!(
                cells.iter().any(|cell| !cell.outputs.is_empty()),
                "{}: no outputs are saved in it; run it in Jupyter and save it, or leave out --stored",
                shown.display()
            );
            (saved, None)
        }
        false => {
            let python = args.python.clone().unwrap_or_else(|| project.join(".venv/bin/python"));
            let (run, torch) = watched("the notebook", cells.len(), |report| {
                run::notebook(&python, &path, timeout, report)
            })?;
            (run, Some(torch))
        }
    };
    let last = sections.keys().next_back().copied().unwrap_or(0);
    let ours = watched("the lab", last, |report| run::lab(&program, &lab_options(args), timeout, report))?;
    let mut warnings: Vec<String> =
        torch.and_then(|torch| other_torch(&torch, &ours.versions)).into_iter().collect();

    let tolerance = Tolerance { rtol: args.rtol, atol: args.atol };
    let (pairs, by_output) = comparison::compare(&cells, &notebook, &sections, &ours, tolerance, args.stored);
    let alone: Vec<String> =
        pairs.iter().filter(|pair| pair.status == Status::Alone).map(|pair| pair.name()).collect();
    if !alone.is_empty() {
        warnings.push(format!("without a partner, and without output: {}", alone.join(", ")));
    }
    let mut spelling = Spelling::default();
    pairs.iter().flat_map(|pair| &pair.diff).for_each(|diff| spelling += diff.spelling);
    let Run { seconds, versions, problem, .. } = notebook;
    let mut problems: Vec<String> =
        [problem, ours.problem].into_iter().flatten().map(|problem| problem.text).collect();
    let compared = pairs.iter().any(|pair| {
        pair.status != Status::Beyond && pair.diff.as_ref().is_some_and(|diff| !diff.lines.is_empty())
    });
    if problems.is_empty() && !compared {
        problems.push("nothing was compared: no cell of the notebook printed anything".to_string());
    }
    Ok(Comparison {
        lab: lab.to_string(),
        notebook: shown.display().to_string(),
        stored: args.stored,
        tolerance,
        pairs,
        by_output,
        spelling,
        seconds: [(!args.stored).then_some(seconds), Some(ours.seconds)],
        versions: [versions, ours.versions],
        warnings,
        problems,
    })
}

fn lab_options(args: &Args) -> Vec<String> {
    let mut options = Vec::new();
    if let Some(device) = &args.device {
        options.push(format!("--device={device}"));
    }
    if let Some(folder) = &args.data_dir {
        options.push(format!("--data-dir={}", folder.display()));
    }
    options
}

/// Builds the lab in the profile that this program was built in; nothing when it is up to date.
fn build(lab: &str) -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--bin", lab]).current_dir(project::folder()?).stdin(Stdio::null());
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let status = command.status().context("cargo cannot be started; --program names the lab's program")?;
    ensure!(status.success(), "{lab} does not build (see above)");
    let folder = env::current_exe()?.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok(folder.join(format!("{lab}{}", env::consts::EXE_SUFFIX)))
}

/// A warning when Python's torch is another one than the lab's libtorch.
fn other_torch(torch: &str, lab_version: &str) -> Option<String> {
    let lab = lab_version.split_once("libtorch ")?.1.trim_end_matches(')');
    let base = torch.split('+').next().unwrap_or(torch);
    (base != lab).then(|| {
        format!("the notebook runs on torch {torch}, the lab on libtorch {lab}: the last digits may differ")
    })
}

/// Runs a side, with a bar on stderr when that is a terminal.
fn watched<T>(side: &str, cells: usize, run: impl FnOnce(Box<dyn FnMut(usize) + '_>) -> T) -> T {
    let bar = ProgressBar::new(cells as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {elapsed}") {
        bar.set_style(style);
    }
    let result = run(Box::new(|k| {
        bar.set_position(k as u64);
        bar.set_message(format!("{side}, In[{k}]"));
    }));
    bar.finish_and_clear();
    result
}
