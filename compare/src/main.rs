//! `compare`: runs a lab and a notebook, and says cell by cell what is equal, what differs and by how much.
//!
//! `compare` knows nothing of the labs' library: it sees processes and text, so it cannot share a lab's bug.

// A user's mistake is an error, never a panic. (The tests are free to unwrap: their panics are failures.)
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

mod advice;
mod args;
mod code;
mod comparison;
mod devices;
mod diff;
mod labs;
mod pairing;
mod processors;
mod project;
mod report;
mod rust_notebooks;
mod sides;
mod site;
mod stepwise;
mod table;

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use args::{Command, CommandLine, Options};
use code::Lang;
use comparison::{Comparison, Status, not_this_lab, pairs};
use diff::{Rules, Spelling, Verdict};
use labs::Lab;
use sides::kernel::{self, Kernel};
use sides::notebook::{self, Notebook};
use sides::{Problem, Recording, Run, Sides, lab, stored};
use stepwise::Records;

/// Exit code of a program that could not run.
const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let CommandLine { command, options } = CommandLine::parse();
    let result = match command {
        Some(Command::Table { file }) => table::write(&file).map(|()| 0),
        Some(Command::RustNotebooks { folder }) => rust_notebooks(&folder),
        Some(Command::Exercises) => exercises(&options),
        Some(Command::Steps { first, second }) => steps_of_files(&first, &second, &options),
        None => run(&options),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            say(&format!("compare: {error:#}"));
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

fn run(options: &Options) -> Result<u8> {
    let labs = match &options.lab {
        Some(lab) => vec![Lab::named(lab)?],
        None => Lab::all()?,
    };
    let json_to_stdout = options.json.as_deref() == Some(Path::new("-"));
    for file in [&options.html, &options.ipynb, &options.json, &options.junit, &options.markdown]
        .into_iter()
        .flatten()
    {
        // Said now, not after a minute of work.
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            bail!("{}: cannot be written, there is no folder {}", file.display(), folder.display());
        }
    }
    no_report_overwrites(options)?;
    if let Some(folder) = &options.site {
        site::check(folder)?;
    }
    let mut comparisons = Vec::new();
    let mut code = 0;
    let mut failures = Vec::new();
    for lab in &labs {
        match compared(options, lab) {
            Ok(comparison) => {
                if options.quiet && !json_to_stdout {
                    print(&report::terminal::verdict(&comparison)?)?;
                } else if !json_to_stdout {
                    print(&report::terminal::report(&comparison, options.verbose)?)?;
                }
                code = code.max(comparison.exit_code());
                comparisons.push(comparison);
            }
            // The other labs are still worth their answer.
            Err(error) if options.all => {
                let error = format!("{error:#}");
                say(&format!("compare: {}: {error}", lab.name));
                failures.push(report::Failure { lab: lab.name.clone(), error });
                code = COULD_NOT_RUN;
            }
            Err(error) => return Err(error),
        }
    }
    if let Some(file) = &options.json {
        let text = report::json::text(&comparisons, &failures)?;
        if json_to_stdout { print(&text)? } else { write(file, &text)? }
    }
    if let Some(file) = &options.html {
        write(file, &report::page::html(&comparisons)?)?;
    }
    if let (Some(file), Some(comparison)) = (&options.ipynb, comparisons.first()) {
        write(file, &report::ipynb::text(comparison)?)?;
    }
    if let Some(folder) = &options.site {
        let mut runs = site::Runs::new(options.timeout, python(options)?);
        site::write(folder, &comparisons, &mut runs)?;
        say(&format!("compare: the site begins at {}", folder.join("index.html").display()));
    }
    if let Some(file) = &options.junit {
        write(file, &report::junit::xml(&comparisons, &failures)?)?;
    }
    if let Some(file) = &options.markdown {
        append(file, &report::markdown::summary(&comparisons, &failures))?;
    }
    Ok(code)
}

/// Prints the notebooks that had to be written.
fn rust_notebooks(folder: &Path) -> Result<u8> {
    for file in rust_notebooks::update(folder)? {
        print(&format!("{}\n", file.display()))?;
    }
    Ok(0)
}

/// Whether the exercises' answers hold here.
fn exercises(options: &Options) -> Result<u8> {
    let mut runs = site::Runs::new(options.timeout, python(options)?);
    let (count, wrong) = site::exercises::try_all(&mut runs)?;
    for error in &wrong {
        print(&format!("{error:#}\n"))?;
    }
    print(&format!("{} of {count} answers hold here\n", count - wrong.len()))?;
    Ok(u8::from(!wrong.is_empty()))
}

/// Two records of training beside each other.
fn steps_of_files(first: &Path, second: &Path, options: &Options) -> Result<u8> {
    let steps = stepwise::of_files(first, second, &options.tolerance())?;
    print(&report::terminal::records(&steps)?)?;
    Ok(match steps.verdict() {
        _ if steps.compared() == 0 => COULD_NOT_RUN,
        Verdict::Drifts | Verdict::Different => 1,
        _ => 0,
    })
}

/// A report must not be written over the notebook, or over another report.
fn no_report_overwrites(options: &Options) -> Result<()> {
    let reports = [&options.html, &options.ipynb, &options.json, &options.junit, &options.markdown];
    let mut taken: Vec<PathBuf> =
        options.notebook.iter().filter_map(|file| fs::canonicalize(file).ok()).collect();
    for file in reports.into_iter().flatten().filter(|file| *file != Path::new("-")) {
        let place = fs::canonicalize(file).or_else(|_| std::path::absolute(file));
        let place = place.with_context(|| format!("{}: no such place", file.display()))?;
        ensure!(
            !taken.contains(&place),
            "{}: is the notebook or another report, and stays as it is",
            file.display()
        );
        taken.push(place);
    }
    for file in [&options.html, &options.ipynb, &options.junit, &options.markdown].into_iter().flatten() {
        ensure!(file != Path::new("-"), "-: only --json can be written to stdout");
    }
    Ok(())
}

/// A line on stderr.
fn say(message: &str) {
    anstream::eprintln!("{}", message.chars().map(report::terminal::visible).collect::<String>());
}

/// Writes to stdout. A reader that has seen enough (`| head`) is no error.
fn print(text: &str) -> Result<()> {
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

fn append(file: &Path, text: &str) -> Result<()> {
    let open = fs::File::options().create(true).append(true).open(file);
    open.and_then(|mut open| open.write_all(text.as_bytes()))
        .with_context(|| format!("{}: cannot be written", file.display()))
}

/// Runs both sides, one after the other so that neither slows the other, and compares them.
fn compared(options: &Options, lab: &Lab) -> Result<Comparison> {
    let own = Path::new("labs").join(format!("{}.ipynb", lab.name));
    let shown = options.notebook.clone().unwrap_or(own.clone());
    let path = match &options.notebook {
        Some(path) => path.clone(),
        None => project::folder()?.join(own),
    };
    let notebook = notebook::read(&path)?;
    ensure!(!notebook.cells.is_empty(), "{}: the notebook has no code cells", shown.display());
    let sections = lab.sections()?;
    // A Rust notebook runs in place of the program.
    let program = match &options.program {
        _ if options.rust_notebook => None,
        Some(program) => Some(program.clone()),
        None => Some(lab.build()?),
    };

    let records = options.steps.then(Records::new).transpose()?;
    let mut warnings = Vec::new();
    let (theirs, torch) = match options.stored {
        true => {
            ensure!(
                notebook.cells.iter().any(|cell| !cell.outputs.is_empty()),
                "{}: no outputs are saved in it; run it in Jupyter and save it, or leave out --stored",
                shown.display()
            );
            let (run, failed) = stored::run(&notebook);
            warnings.extend(failed);
            (run, notebook.torch())
        }
        false => {
            if let Some(problem) = advice::other_language(&notebook.language) {
                bail!("{}: {problem}", shown.display());
            }
            let record = records.as_ref().map(|records| records.recordings(Sides::default()).notebook);
            let (run, torch) = run_notebook(options, &notebook, &path, record)?;
            (run, Some(torch))
        }
    };
    let last = sections.keys().next_back().copied().unwrap_or(0);
    let mut process = lab::Lab {
        options: options.lab_options(devices::of_lab(options.device.as_deref(), theirs.device.as_ref())),
        variables: Vec::new(),
        timeout: options.timeout,
        record: records.as_ref().map(|records| records.recordings(Sides::default()).lab),
        until: usize::MAX,
    };
    let ours = match &program {
        Some(program) => watched("the lab", last, |report| process.run(program, report))?,
        None => run_rust_notebook(options, lab)?,
    };

    let another_torch = torch.as_deref().is_none_or(|torch| is_other_torch(torch, &ours.versions));
    let rules = Rules { tolerance: options.tolerance(), old_torch: options.stored || another_torch };
    let mut pairs = pairs(&notebook.cells, &sections, Sides::new(&theirs, &ours), &rules);
    let until = processors::last_to_explain(&pairs).filter(|_| options.stored);
    if let (Some(until), Some(program)) = (until, &program) {
        say(&format!("compare: numbers differ: {} runs as other processors would run it", lab.name));
        process.until = until;
        let mut others = Vec::new();
        for setting in processors::SETTINGS {
            process.variables = setting.to_vec();
            others.push(watched("the lab, as elsewhere", last, |report| process.run(program, report))?);
        }
        let runs: Vec<&Run> = [&ours].into_iter().chain(&others).collect();
        processors::explain(&mut pairs, &runs);
    }

    let steps = records.zip(program).map(|(records, program)| {
        let again = |recordings: Sides<Recording>| {
            say(&format!("compare: the steps part: {} and its notebook run once more", lab.name));
            process.record = Some(recordings.lab);
            watched("the lab, once more", last, |report| process.run(&program, report))?;
            run_notebook(options, &notebook, &path, Some(recordings.notebook)).map(|_| ())
        };
        let ended = theirs.problem.is_none() && ours.problem.is_none();
        records.compared(&pairs, &options.tolerance(), ended, again)
    });
    let steps = steps.transpose()?;

    let mut problems: Vec<Problem> = [theirs.problem, ours.problem].into_iter().flatten().collect();
    let not_this_lab = match problems.is_empty() {
        true => not_this_lab(&pairs, &notebook.cells, &lab.with_all_others()?),
        false => None,
    };
    let both = |line: &diff::Line| line.text.notebook.is_some() && line.text.lab.is_some();
    let printed = pairs.iter().any(|pair| pair.diff.as_ref().is_some_and(|diff| diff.lines.iter().any(both)));
    if problems.is_empty() && not_this_lab.is_none() && !printed {
        let text = "nothing was compared: no cell that prints has a partner that does".to_string();
        problems.push(Problem { cell: 0, text, hint: None });
    }
    let mut spelling = Spelling::default();
    pairs.iter().flat_map(|pair| &pair.diff).for_each(|diff| spelling += diff.spelling);
    let versions = match options.stored {
        true => saved_versions(&notebook),
        false => theirs.versions,
    };
    let warning = torch.filter(|torch| is_other_torch(torch, &ours.versions)).map(|torch| {
        format!(
            "the notebook is of torch {torch}, the lab of {}: the last digits may differ",
            libtorch(&ours.versions).map_or("another".to_string(), |version| format!("libtorch {version}"))
        )
    });
    warnings.extend(warning);
    let differs = pairs.iter().any(|pair| pair.status >= Status::Drifts && pair.is_compared());
    if options.stored && differs && !notebook.ran_in_order() {
        let hint = "its cells ran again or in another order, as their numbers say: Restart & Run All, save, and compare";
        warnings.push(format!("{hint} once more"));
    }
    let devices = Sides::new(theirs.device, ours.device);
    warnings.extend(devices::warning(&devices, options.device.as_deref()));
    Ok(Comparison {
        lab: lab.name.clone(),
        notebook: shown.display().to_string(),
        stored: options.stored,
        strictness: options.strictness(),
        tolerance: options.tolerance(),
        pairs,
        spelling,
        seconds: Sides::new(theirs.seconds, ours.seconds),
        versions: Sides::new(versions, ours.versions),
        devices,
        warnings,
        problems,
        not_this_lab,
        steps,
    })
}

fn run_notebook(
    options: &Options,
    notebook: &Notebook,
    path: &Path,
    record: Option<Recording>,
) -> Result<(Run, String)> {
    let python = python(options)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).with_context(|| format!("{}: no such folder", folder.display()))?;
    let linked = match options.course_data {
        true => Some(kernel::folder_with_data(&folder, &project::folder()?.join("data"))?),
        false => None,
    };
    let folder: PathBuf = linked.as_ref().map_or(folder, |linked| linked.path().to_path_buf());
    let hides_gpus = options.device.as_deref() == Some("cpu");
    let kernel =
        Kernel { python, folder, timeout: options.timeout, language: Lang::Python, record, hides_gpus };
    watched("the notebook", notebook.cells.len(), |report| kernel.run(notebook, report))
}

/// Runs the lab's Rust notebook in place of its program.
fn run_rust_notebook(options: &Options, lab: &Lab) -> Result<Run> {
    let folder = project::folder()?.join("labs/rust");
    let path = folder.join(format!("{}.ipynb", lab.name));
    let mut notebook = notebook::read(&path)?;
    let last = notebook.cells.len();
    let mut versions = notebook.cells.last().cloned().context("labs/rust: a notebook has no cells")?;
    // The last cell says what `--mark-cells` makes a lab say first.
    versions.number = last + 1;
    versions.source = "println!(\"zerotoall {}\", zerotoall::VERSION);".to_string();
    notebook.cells.push(versions);
    let python = python(options)?;
    let kernel = Kernel {
        python,
        folder,
        timeout: options.timeout,
        language: Lang::Rust,
        record: None,
        hides_gpus: true,
    };
    let (mut run, _) = watched("the Rust notebook", last, |report| kernel.run(&notebook, report))?;
    run.versions =
        run.cells.remove(&(last + 1)).map_or_else(String::new, |cell| cell.output.trim().to_string());
    Ok(run)
}

fn python(options: &Options) -> Result<PathBuf> {
    match &options.python {
        Some(python) => Ok(python.clone()),
        None => Ok(project::folder()?.join(".venv/bin/python")),
    }
}

/// What a notebook says of the Python and the torch that ran it when it was saved.
fn saved_versions(notebook: &Notebook) -> String {
    let python = notebook.language_version.as_ref().map(|version| format!("Python {version}"));
    let torch = notebook.torch().map(|version| format!("torch {version}"));
    let said: Vec<String> = [python, torch].into_iter().flatten().collect();
    match said.is_empty() {
        true => "its saved outputs".to_string(),
        false => format!("its saved outputs ({})", said.join(", ")),
    }
}

/// The libtorch in what a lab says of its versions: `zerotoall 0.1.0 (tch 0.26, libtorch 2.13.0)`.
fn libtorch(lab_versions: &str) -> Option<&str> {
    Some(lab_versions.split_once("libtorch ")?.1.trim_end_matches(')'))
}

fn is_other_torch(torch: &str, lab_versions: &str) -> bool {
    let base = torch.split('+').next().unwrap_or(torch);
    libtorch(lab_versions).is_some_and(|libtorch| libtorch != base)
}

/// Runs a side, with a bar on stderr when that is a terminal.
fn watched<T>(side: &str, cells: usize, run: impl FnOnce(Box<dyn FnMut(usize) + '_>) -> T) -> T {
    let bar = ProgressBar::new(cells as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {elapsed}") {
        bar.set_style(style);
    }
    let result = run(Box::new(|number| {
        bar.set_position(number as u64);
        bar.set_message(format!("{side}, In[{number}]"));
    }));
    bar.finish_and_clear();
    result
}
