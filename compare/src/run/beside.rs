//! Compares one lab with one notebook: runs one after the other, so that neither slows the other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::versions;
use crate::args::Options;
use crate::code::{Lang, Section};
use crate::comparison::Comparison;
use crate::console::{say, watched};
use crate::diff::steps::StepsDiff;
use crate::diff::{Rules, Spelling};
use crate::explain::stepwise::Records;
use crate::explain::{advice, devices, processors};
use crate::grade::Grade;
use crate::kin::not_this_lab;
use crate::labs::Lab;
use crate::pairs::{Pair, pairs};
use crate::project;
use crate::sides::course_data::CourseData;
use crate::sides::kernel::Kernel;
use crate::sides::notebook::{self, Notebook};
use crate::sides::program::Program;
use crate::sides::{Problem, Recording, Run, Sides, device, stored};

/// Runs both sides and compares them.
///
/// # Errors
/// When the notebook cannot be read, the lab does not build, or a side cannot be started. A side that stops in the middle is not an
/// error, but a problem in the comparison.
pub fn compared(options: &Options, lab: &Lab) -> Result<Comparison> {
    let job = Job::new(options, lab)?;
    let Theirs { run: mut theirs, torch, mut warnings } = job.notebook()?;
    let mut ours = job.lab(theirs.device.as_ref())?;
    for problem in theirs.problem.iter_mut().chain(&mut ours.problem).chain(&mut theirs.raised) {
        problem.hint = problem.raised.as_ref().and_then(|raised| advice::advice(raised, options.course_data));
    }

    let other_torch = torch.as_deref().is_none_or(|torch| versions::differ(torch, &ours.versions));
    let rules = Rules { tolerance: options.tolerance(), old_torch: options.stored || other_torch };
    let mut pairs = pairs(&job.notebook.cells, &job.sections, Sides::new(&theirs, &ours), &rules);
    job.explain_by_processors(&mut pairs, &theirs, &ours)?;
    let steps = job.steps(&pairs, &theirs, &ours)?;

    let mut problems: Vec<Problem> = [theirs.problem, ours.problem].into_iter().flatten().collect();
    let mut not_this_lab = None;
    if problems.is_empty() {
        not_this_lab = self::not_this_lab(&pairs, &job.notebook.cells, &lab.with_all_others()?);
    }
    if problems.is_empty() && not_this_lab.is_none() && !pairs.iter().any(Pair::has_lines_of_both) {
        let text = "nothing was compared: no cell that prints has a partner that prints".to_string();
        problems.push(Problem { cell: 0, text, raised: None, hint: None });
    }
    let devices = Sides::new(theirs.device, ours.device);
    warnings.extend(versions::warning(torch.as_deref(), &ours.versions));
    warnings.extend(job.order_warning(&pairs));
    if pairs.iter().any(|pair| pair.status >= Grade::Drifts && pair.is_compared()) {
        let code: Vec<&str> = job.notebook.cells.iter().map(|cell| cell.source.as_str()).collect();
        warnings.extend(advice::unrepeatable(&code.join("\n")));
    }
    warnings.extend(devices::warning(&devices, options.device.as_deref()));
    let mut spelling = Spelling::default();
    pairs.iter().flat_map(|pair| &pair.diff).for_each(|diff| spelling += diff.spelling);
    let their_versions = if options.stored { versions::saved(&job.notebook) } else { theirs.versions };
    Ok(Comparison {
        lab: lab.name.clone(),
        notebook: job.shown.display().to_string(),
        stored: options.stored,
        strictness: options.strictness(),
        tolerance: options.tolerance(),
        pairs,
        spelling,
        seconds: Sides::new(theirs.seconds, ours.seconds),
        versions: Sides::new(their_versions, ours.versions),
        devices,
        warnings,
        problems,
        raised: theirs.raised,
        not_this_lab,
        steps,
    })
}

/// A lab and a notebook to compare.
struct Job<'a> {
    options: &'a Options,
    lab: &'a Lab,
    /// The lab's code, by cell.
    sections: BTreeMap<usize, Section>,
    notebook: Notebook,
    /// The notebook's file.
    path: PathBuf,
    /// The notebook's path as reports show it.
    shown: PathBuf,
    /// The lab's program; `None` if its Rust notebook runs instead.
    program: Option<PathBuf>,
    /// The files to which both sides write their steps, with `--steps`.
    records: Option<Records>,
}

/// The result of the notebook.
struct Theirs {
    run: Run,
    /// The version of torch that ran it, if known.
    torch: Option<String>,
    warnings: Vec<String>,
}

impl<'a> Job<'a> {
    /// Reads the notebook and builds the lab.
    fn new(options: &'a Options, lab: &'a Lab) -> Result<Self> {
        let own = Path::new("labs").join(format!("{}.ipynb", lab.name));
        let shown = options.notebook.clone().unwrap_or(own.clone());
        let path = match &options.notebook {
            Some(path) => path.clone(),
            None => project::folder()?.join(own),
        };
        let notebook = notebook::read(&path)?;
        ensure!(!notebook.cells.is_empty(), "{}: the notebook has no code cells", shown.display());
        let sections = lab.sections()?;
        let program = match &options.program {
            _ if options.rust_notebook => None,
            Some(program) => Some(program.clone()),
            None => Some(lab.build()?),
        };
        let records = options.steps.then(Records::new).transpose()?;
        Ok(Job { options, lab, sections, notebook, path, shown, program, records })
    }

    /// The number of the lab's last cell.
    fn last_cell(&self) -> usize {
        self.sections.keys().next_back().copied().unwrap_or(0)
    }

    /// The files for both sides' steps, without whole steps.
    fn recordings(&self) -> Option<Sides<Recording>> {
        self.records.as_ref().map(|records| records.recordings(Sides::default()))
    }

    /// Runs the notebook, or takes its saved outputs.
    fn notebook(&self) -> Result<Theirs> {
        let Job { notebook, shown, .. } = self;
        if self.options.stored {
            ensure!(
                notebook.cells.iter().any(|cell| !cell.outputs.is_empty()),
                "{}: no outputs are saved in it; run it in Jupyter and save it, or leave out --stored",
                shown.display()
            );
            let (run, warnings) = stored::run(notebook);
            return Ok(Theirs { run, torch: notebook.torch(), warnings });
        }
        if let Some(problem) = advice::other_language(&notebook.language) {
            bail!("{}: {problem}", shown.display());
        }
        let (run, torch) = self.run_notebook(self.recordings().map(|recordings| recordings.notebook))?;
        Ok(Theirs { run, torch: Some(torch), warnings: Vec::new() })
    }

    /// Runs the notebook in a kernel. Returns the run, and the version of torch there.
    fn run_notebook(&self, record: Option<Recording>) -> Result<(Run, String)> {
        let python = self.options.python()?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let folder =
            fs::canonicalize(folder).with_context(|| format!("{}: no such folder", folder.display()))?;
        let linked = if self.options.course_data {
            Some(CourseData::new(&self.notebook, &folder, &project::folder()?.join("data"))?)
        } else {
            None
        };
        let kernel = Kernel {
            python,
            folder: linked.as_ref().map_or(folder, CourseData::path),
            timeout: self.options.timeout,
            language: Lang::Python,
            record,
            hides_gpus: self.options.device.as_deref() == Some("cpu"),
            keep_going: self.options.keep_going,
        };
        watched("the notebook", self.notebook.cells.len(), |report| kernel.run(&self.notebook, report))
    }

    /// Runs the lab's program, or its Rust notebook. `notebook`: the notebook's device.
    fn lab(&self, notebook: Option<&device::Device>) -> Result<Run> {
        let Some(program) = self.program(notebook) else { return self.run_rust_notebook() };
        watched("the lab", self.last_cell(), |report| program.run(report))
    }

    /// How the lab's program runs; `None` if its Rust notebook runs instead.
    fn program(&self, notebook: Option<&device::Device>) -> Option<Program> {
        let device = device::of_lab(self.options.device.as_deref(), notebook);
        let device = device.map(|device| format!("--device={device}"));
        let data_dir =
            self.options.data_dir.as_ref().map(|folder| format!("--data-dir={}", folder.display()));
        let epochs = self.options.epochs.map(|epochs| format!("--epochs={epochs}"));
        Some(Program {
            file: self.program.clone()?,
            options: [device, data_dir, epochs].into_iter().flatten().collect(),
            variables: Vec::new(),
            timeout: self.options.timeout,
            record: self.recordings().map(|recordings| recordings.lab),
            until: usize::MAX,
        })
    }

    fn run_rust_notebook(&self) -> Result<Run> {
        let folder = project::folder()?.join("labs/rust");
        let path = folder.join(format!("{}.ipynb", self.lab.name));
        let mut notebook = notebook::read(&path)?;
        let last = notebook.cells.len();
        let mut versions = notebook.cells.last().cloned().context("labs/rust: a notebook has no cells")?;
        // One more cell prints the versions, which a lab prints first with `--mark-cells`.
        versions.number = last + 1;
        versions.source = "println!(\"zerotoall {}\", zerotoall::VERSION);".to_string();
        notebook.cells.push(versions);
        let kernel = Kernel {
            python: self.options.python()?,
            folder,
            timeout: self.options.timeout,
            language: Lang::Rust,
            record: None,
            hides_gpus: true,
            keep_going: false,
        };
        let (mut run, _) = watched("the Rust notebook", last, |report| kernel.run(&notebook, report))?;
        run.versions =
            run.cells.remove(&(last + 1)).map_or_else(String::new, |cell| cell.output.trim().to_string());
        Ok(run)
    }

    /// Grades the pairs anew in which saved outputs differ from the lab's only as far as processors differ. How far the lab as it is
    /// varies is known; otherwise it runs as other processors would run it. As soon as every such pair is explained it runs no
    /// more: another run would only widen the limits.
    fn explain_by_processors(&self, pairs: &mut [Pair], theirs: &Run, ours: &Run) -> Result<()> {
        let Some(program) = self.program(theirs.device.as_ref()).filter(|_| self.options.stored) else {
            return Ok(());
        };
        if program.options.is_empty() && self.options.program.is_none() {
            let known = processors::read(&project::folder()?.join(processors::FILE))?;
            if let Some(spreads) = known.get(&self.lab.name) {
                processors::explain(pairs, spreads);
                return Ok(());
            }
        }
        let mut others = Vec::new();
        for setting in processors::SETTINGS {
            let Some(until) = processors::last_to_explain(pairs) else { break };
            if others.is_empty() {
                say(&format!(
                    "compare: numbers differ: {} runs as other processors would run it",
                    self.lab.name
                ));
            }
            let program = Program { variables: setting.to_vec(), until, ..program.clone() };
            others.push(watched("the lab, as elsewhere", self.last_cell(), |report| program.run(report))?);
            let runs: Vec<&Run> = [ours].into_iter().chain(&others).collect();
            processors::explain(pairs, &processors::spreads(&runs));
        }
        Ok(())
    }

    /// With `--steps`, compares the steps of both sides; if they part, runs both sides once more.
    fn steps(&self, pairs: &[Pair], theirs: &Run, ours: &Run) -> Result<Option<StepsDiff>> {
        let program = self.program(theirs.device.as_ref());
        let (Some(records), Some(program)) = (&self.records, program) else { return Ok(None) };
        let again = |recordings: Sides<Recording>| {
            say(&format!("compare: the steps part: {} and its notebook run once more", self.lab.name));
            let program = Program { record: Some(recordings.lab), ..program };
            watched("the lab, once more", self.last_cell(), |report| program.run(report))?;
            self.run_notebook(Some(recordings.notebook)).map(|_| ())
        };
        let ended = theirs.problem.is_none() && ours.problem.is_none();
        records.compared(pairs, &self.options.tolerance(), ended, again).map(Some)
    }

    /// A warning if saved outputs differ and their cells ran in another order.
    fn order_warning(&self, pairs: &[Pair]) -> Option<String> {
        let differs = pairs.iter().any(|pair| pair.status >= Grade::Drifts && pair.is_compared());
        (self.options.stored && differs && !self.notebook.ran_in_order()).then(|| {
            "its cells ran again or in another order, as their numbers say: Restart & Run All, save, and compare once more"
                .to_string()
        })
    }
}
