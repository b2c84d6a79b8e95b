//! Records a training in a file of JSON lines: the state before and after each step of each optimiser.
//!
//! `compare --steps` compares a lab's record with the notebook's, and `compare steps` any two records; docs/compare.md describes
//! the lines. A record has tensors as digests, and those of some steps also as bytes. Nothing is recorded unless [`start`] was
//! called on this thread; then each step costs a hash of what has changed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::sys::{dtype, ffi};

thread_local! {
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// The steps whose tensors are written whole.
#[derive(Clone, Debug)]
pub enum Whole {
    /// These steps, by the optimiser's number and the step's, both from 1.
    These(BTreeSet<(usize, u64)>),
    /// Steps 1, 2, 4, 8 and so on, of every optimiser.
    PowersOfTwo,
}

impl Whole {
    fn has(&self, optimizer: usize, step: u64) -> bool {
        match self {
            Whole::These(these) => these.contains(&(optimizer, step)),
            Whole::PowersOfTwo => step.is_power_of_two(),
        }
    }
}

/// An optimiser without its parameters.
#[derive(Debug)]
pub struct Kind {
    /// PyTorch's class name.
    pub name: &'static str,
    /// Its settings, under PyTorch's names: `{"lr": 0.1}`.
    pub settings: Value,
}

/// An optimiser's place in a record: the number it gets at its first step, and its steps so far.
#[derive(Debug, Default)]
pub struct Place {
    optimizer: Cell<usize>,
    steps: Cell<u64>,
}

struct Recorder {
    path: PathBuf,
    file: File,
    whole: Whole,
    cell: u32,
    optimizers: usize,
    /// Since the last step.
    batches: Vec<String>,
    losses: Vec<Loss>,
    /// The bytes of a tensor when it was last seen, and their digest.
    known: HashMap<(usize, usize, Part), (Vec<u8>, String)>,
    /// The first error.
    error: Option<Error>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Parameter,
    Gradient,
}

#[derive(Serialize)]
struct Header<'a> {
    /// The version of this format.
    steps: u32,
    by: &'a str,
}

/// The global generator where a cell ends.
#[derive(Serialize)]
struct Mark {
    end: u32,
    generator: String,
}

#[derive(Serialize)]
struct Loss {
    dtype: &'static str,
    bytes: String,
}

#[derive(Serialize)]
struct Step<'a> {
    step: u64,
    optimizer: usize,
    cell: u32,
    kind: &'static str,
    settings: Value,
    /// The digest of the global generator's state.
    draws: String,
    /// The state itself, if the step is written whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    generator: Option<String>,
    /// The digests of the indices that loaders have gathered since the last step.
    batches: &'a [String],
    /// What `backward` was called on since the last step.
    losses: &'a [Loss],
    parameters: Vec<Parameter>,
}

/// A parameter and its gradient, before and after.
#[derive(Serialize)]
struct Parameter {
    dtype: &'static str,
    shape: Vec<i64>,
    parameter: [String; 2],
    gradient: Option<[String; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    whole: Option<WholeParameter>,
}

#[derive(Serialize)]
struct WholeParameter {
    before: String,
    gradient: Option<String>,
    after: String,
}

/// Starts to write this thread's steps to `path`. `by`: the writing program's name, for the file's first line.
///
/// # Errors
/// When the file cannot be made.
pub fn start(path: &Path, by: &str, whole: Whole) -> Result<()> {
    let file = File::create(path).map_err(|error| unwritable(path, &error))?;
    let (batches, losses, known) = Default::default();
    let path = path.to_path_buf();
    let mut recorder =
        Recorder { path, file, whole, cell: 0, optimizers: 0, batches, losses, known, error: None };
    recorder.write(&Header { steps: 1, by });
    RECORDER.set(Some(recorder));
    Ok(())
}

/// Ends the record.
///
/// # Errors
/// When something could not be written.
pub fn end() -> Result<()> {
    let Some(mut recorder) = RECORDER.take() else { return Ok(()) };
    recorder.end_cell();
    recorder.error.map_or(Ok(()), Err)
}

/// Notes that cell `k` begins.
pub fn cell(k: u32) {
    recording(|recorder| {
        recorder.end_cell();
        recorder.cell = k;
    });
}

/// Notes that a loader has gathered the samples with these indices.
pub fn batch(indices: &[i64]) {
    recording(|recorder| {
        let bytes: Vec<u8> = indices.iter().flat_map(|index| index.to_le_bytes()).collect();
        recorder.batches.push(digest("torch.int64", &[indices.len() as i64], &bytes));
    });
}

/// Notes that `backward` is called on `loss`.
pub fn backward(loss: &tch::Tensor) {
    recording(|recorder| {
        if loss.numel() == 1 {
            let bytes = ffi::with_bytes(loss, hex);
            recorder.losses.push(Loss { dtype: dtype(loss.kind()), bytes });
        }
    });
}

/// Records a step, which `update` performs.
pub fn step<'a>(
    place: &Place,
    kind: impl FnOnce() -> Kind,
    params: impl Iterator<Item = &'a tch::Tensor> + Clone,
    update: impl FnOnce(),
) {
    let before = recording(|recorder| {
        if place.optimizer.get() == 0 {
            recorder.optimizers += 1;
            place.optimizer.set(recorder.optimizers);
        }
        place.steps.set(place.steps.get() + 1);
        let whole = recorder.whole.has(place.optimizer.get(), place.steps.get());
        let state = ffi::rng_state();
        let generator = whole.then(|| ffi::with_bytes(&state, |bytes| BASE64_STANDARD.encode(bytes)));
        let draws = ffi::with_bytes(&state, |bytes| digest(dtype(state.kind()), &state.size(), bytes));
        (whole, generator, draws, recorder.snapshot(place, params.clone(), whole))
    });
    update();
    let Some((whole, generator, draws, before)) = before else { return };
    recording(|recorder| {
        let after = recorder.snapshot(place, params, whole);
        let Kind { name, settings } = kind();
        let parameters = before.into_iter().zip(after).map(|(before, after)| Parameter {
            dtype: before.dtype,
            shape: before.shape,
            parameter: [before.parameter, after.parameter],
            gradient: before.gradient.zip(after.gradient).map(|(before, after)| [before, after]),
            whole: before.whole.zip(after.whole).map(|((before, gradient), (after, _))| WholeParameter {
                before,
                gradient,
                after,
            }),
        });
        let (batches, losses) = (std::mem::take(&mut recorder.batches), std::mem::take(&mut recorder.losses));
        recorder.write(&Step {
            step: place.steps.get(),
            optimizer: place.optimizer.get(),
            cell: recorder.cell,
            kind: name,
            settings,
            draws,
            generator,
            batches: &batches,
            losses: &losses,
            parameters: parameters.collect(),
        });
    });
}

fn recording<T>(record: impl FnOnce(&mut Recorder) -> T) -> Option<T> {
    RECORDER.with_borrow_mut(|recorder| recorder.as_mut().map(record))
}

/// A parameter and its gradient at one moment.
struct Snapshot {
    dtype: &'static str,
    shape: Vec<i64>,
    parameter: String,
    gradient: Option<String>,
    /// Both in base64, if the step is written whole.
    whole: Option<(String, Option<String>)>,
}

impl Recorder {
    fn snapshot<'a>(
        &mut self,
        place: &Place,
        params: impl Iterator<Item = &'a tch::Tensor>,
        whole: bool,
    ) -> Vec<Snapshot> {
        let snapshot = |(index, param): (usize, &tch::Tensor)| {
            let grad = Some(param.grad()).filter(tch::Tensor::defined);
            let base64 =
                |tensor: &tch::Tensor| ffi::with_bytes(tensor, |bytes| BASE64_STANDARD.encode(bytes));
            let optimizer = place.optimizer.get();
            Snapshot {
                dtype: dtype(param.kind()),
                shape: param.size(),
                parameter: self.digest((optimizer, index, Part::Parameter), param),
                gradient: grad.as_ref().map(|grad| self.digest((optimizer, index, Part::Gradient), grad)),
                whole: whole.then(|| (base64(param), grad.as_ref().map(base64))),
            }
        };
        params.enumerate().map(snapshot).collect()
    }

    /// The digest of a tensor. If its bytes equal those of the last time, the digest is reused: comparing is much faster than
    /// hashing.
    fn digest(&mut self, which: (usize, usize, Part), tensor: &tch::Tensor) -> String {
        ffi::with_bytes(tensor, |bytes| {
            let (known, digest) = self.known.entry(which).or_default();
            if digest.is_empty() || known != bytes {
                known.clear();
                known.extend_from_slice(bytes);
                *digest = self::digest(dtype(tensor.kind()), &tensor.size(), bytes);
            }
            digest.clone()
        })
    }

    /// Ends the current cell, if there is one: nothing before the first cell belongs to a cell.
    fn end_cell(&mut self) {
        if self.cell > 0 {
            let generator = ffi::with_bytes(&ffi::rng_state(), |bytes| BASE64_STANDARD.encode(bytes));
            self.write(&Mark { end: self.cell, generator });
        }
    }

    fn write(&mut self, line: &impl Serialize) {
        let written = serde_json::to_string(line)
            .map_err(std::io::Error::from)
            .and_then(|line| self.file.write_all(format!("{line}\n").as_bytes()));
        if let Err(error) = written {
            self.error.get_or_insert_with(|| unwritable(&self.path, &error));
        }
    }
}

/// 128 bits of the SHA-256 of dtype, shape and bytes.
fn digest(dtype: &str, shape: &[i64], bytes: &[u8]) -> String {
    let digest = Sha256::new().chain_update(format!("{dtype} {shape:?}\n")).chain_update(bytes).finalize();
    hex(&digest[..16])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::file(path, format!("cannot be written: {error}"), "choose another file for --record-steps")
}
