//! docs/parity.md: what is the same as live PyTorch, expression by expression, over dtypes and shapes; and what is not there.
//! `make parity` writes it; here it is checked that its rows are those of today. The expressions are in `table/`.
//!
//! Modules, their functions, losses and initialisers are tried with what chance has made, too: what PyTorch refuses is refused in
//! its words, what it warns of is warned of in its words. `REFUSALS=1000 cargo test --test suite table::` tries each so often, and
//! otherwise each time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::process::Stdio;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};
use zerotoall::optim::Optimizer;
use zerotoall::prelude::*;
use zerotoall::torch::tensor::MaxDim;
use zerotoall::{Device, Kind};

use crate::common::{global_generator, python, root};
use crate::fuzzing::Chance;

/// What an expression comes to.
enum Out {
    Tensor(Tensor),
    Text(String),
}

trait Outputs {
    fn outputs(self) -> Vec<Out>;
}

impl Outputs for Tensor {
    fn outputs(self) -> Vec<Out> {
        vec![Out::Tensor(self)]
    }
}

impl Outputs for &Tensor {
    fn outputs(self) -> Vec<Out> {
        vec![Out::Tensor(self.shallow_clone())]
    }
}

impl Outputs for Vec<Tensor> {
    fn outputs(self) -> Vec<Out> {
        self.into_iter().map(Out::Tensor).collect()
    }
}

impl Outputs for Vec<Out> {
    fn outputs(self) -> Vec<Out> {
        self
    }
}

impl Outputs for MaxDim {
    fn outputs(self) -> Vec<Out> {
        vec![Out::Tensor(self[0].shallow_clone()), Out::Tensor(self.indices.shallow_clone())]
    }
}

impl Outputs for String {
    fn outputs(self) -> Vec<Out> {
        vec![Out::Text(self)]
    }
}

type Call = fn(&Tensor, &Tensor, &Numbers) -> Vec<Out>;

/// The numbers of an expression that has `n` and `a` in it.
#[derive(Clone)]
struct Numbers {
    n: i64,
    a: f64,
}

/// Expressions that are tried with the same dtypes and shapes.
struct Group {
    title: &'static str,
    dtypes: &'static [&'static str],
    shapes: &'static [&'static [i64]],
    calls: Vec<(&'static str, Call)>,
    /// Whether they are tried with other dtypes and shapes, too, and with other numbers, as chance has it.
    at_random: bool,
}

impl Group {
    fn at_random(self) -> Self {
        Group { at_random: true, ..self }
    }
}

const FLOATS: &[&str] = &["float32", "float64", "float16", "bfloat16"];
const NUMBERS: &[&str] = &["float32", "float64", "float16", "bfloat16", "int64", "int32", "uint8"];
const ALL: &[&str] = &["float32", "float64", "float16", "bfloat16", "int64", "int32", "uint8", "bool"];
const FLOAT: &[&str] = &["float32"];
/// The last is large enough for several threads.
const SHAPES: &[&[i64]] = &[&[], &[0], &[7], &[3, 4], &[2, 3, 5], &[1000], &[200, 300]];
const MATRICES: &[&[i64]] = &[&[3, 4], &[1, 1], &[33, 7], &[200, 300]];
const SQUARES: &[&[i64]] = &[&[3, 3], &[64, 64], &[201, 201]];
const VECTORS: &[&[i64]] = &[&[1], &[7], &[1000], &[50000]];
const TABLES: &[&[i64]] = &[&[1, 4], &[5, 4], &[256, 4]];
const WEIGHTS: &[&[i64]] = &[&[3, 4], &[10, 784], &[5, 2, 3], &[2, 3, 4, 5]];
/// Where an expression has no x.
const NONE: &[&[i64]] = &[&[]];

macro_rules! group {
    (
        $title:literal, $dtypes:expr, $shapes:expr;
        $($python:literal => |$x:ident, $y:ident $(, $n:ident, $a:ident)?| $rust:expr;)*
    ) => {
        Group {
            title: $title,
            dtypes: $dtypes,
            shapes: $shapes,
            calls: vec![$(($python, |$x: &Tensor, $y: &Tensor, _numbers: &Numbers| {
                $(let Numbers { n: $n, a: $a } = *_numbers;)?
                $rust.outputs()
            })),*],
            at_random: false,
        }
    };
}

mod functions;
mod networks;
mod rest;
mod training;

fn groups() -> Vec<Group> {
    [functions::groups(), networks::groups(), training::groups(), rest::groups()]
        .into_iter()
        .flatten()
        .collect()
}

/// What an expression is tried with.
#[derive(Clone)]
struct Case {
    dtypes: [&'static str; 2],
    shapes: [Vec<i64>; 2],
    numbers: Numbers,
}

impl Case {
    /// One of those that the page has: x and y alike.
    fn regular(dtype: &'static str, shape: &[i64]) -> Self {
        Case {
            dtypes: [dtype; 2],
            shapes: [(); 2].map(|()| shape.to_vec()),
            numbers: Numbers { n: 4, a: 0.25 },
        }
    }

    /// One that chance has made: mostly floats, mostly few dimensions, often the same of both; numbers that may be wrong.
    fn random(chance: &mut Chance) -> Self {
        let dtype = |chance: &mut Chance| match chance.below(4) {
            0 => ALL[chance.below(ALL.len())],
            _ => "float32",
        };
        let size = |chance: &mut Chance| [4, 4, 4, 3, 2, 1, 5, 0][chance.below(8)];
        let shape = |chance: &mut Chance| -> Vec<i64> {
            let dim = [0, 1, 1, 2, 2, 2, 3, 3, 4, 5][chance.below(10)];
            (0..dim).map(|_| size(chance)).collect()
        };
        let (x, kind) = (shape(chance), dtype(chance));
        let (y, other) = match chance.below(3) {
            0 => (shape(chance), dtype(chance)),
            1 => (x.clone(), dtype(chance)),
            _ => (x.clone(), kind),
        };
        let n = [4, 4, 3, 2, 1, 0, -1, 5][chance.below(8)];
        let a = [0.25, 0.5, 1.0, 2.0, 0.0, -0.5, -3.0, 1e-8, 1e30, f64::NAN, f64::INFINITY][chance.below(11)];
        Case { dtypes: [kind, other], shapes: [x, y], numbers: Numbers { n, a } }
    }

    fn asked(&self, code: &str, device: &str) -> Value {
        let Case { dtypes, shapes, numbers: Numbers { n, a } } = self;
        // JSON has no nan.
        json!({ "code": code, "dtypes": dtypes, "shapes": shapes, "device": device, "n": n, "a": format!("{a:?}") })
    }
}

/// Whether PyTorch itself computes the same twice: the multi-margin loss of no sample is what happens to be in memory.
fn is_defined(code: &str, case: &Case) -> bool {
    !(code.to_lowercase().replace('_', "").contains("multimarginloss") && case.shapes[0].first() == Some(&0))
}

fn kind(dtype: &str) -> Kind {
    match dtype {
        "float32" => Kind::Float,
        "float64" => Kind::Double,
        "float16" => Kind::Half,
        "bfloat16" => Kind::BFloat16,
        "int64" => Kind::Int64,
        "int32" => Kind::Int,
        "uint8" => Kind::Uint8,
        "bool" => Kind::Bool,
        other => panic!("{other}"),
    }
}

/// x and y; table.py makes the same.
fn inputs(case: &Case) -> [Tensor; 2] {
    torch::manual_seed(9);
    [0, 1].map(|index| {
        let (kind, shape) = (kind(case.dtypes[index]), &case.shapes[index]);
        match kind {
            Kind::Bool => torch::rand(shape).gt(0.5),
            Kind::Int64 | Kind::Int | Kind::Uint8 => {
                let low = if kind == Kind::Uint8 { 0 } else { -9 };
                torch::randint(low, 10, shape).tch().to_kind(kind).into()
            }
            kind => torch::randn(shape).tch().to_kind(kind).into(),
        }
    })
}

fn batches(
    set: impl Fn(DataLoader<TensorDataset>) -> DataLoader<TensorDataset>,
    batch_size: usize,
) -> Vec<Tensor> {
    let numbers = torch::arange(53);
    let loader = set(DataLoader::new(TensorDataset::new(&numbers, &numbers), batch_size).unwrap());
    (0..2).flat_map(|_| loader.iter().map(|(x, _)| x).collect::<Vec<_>>()).collect()
}

/// The bytes of what an expression comes to, and of x's gradient; or what PyTorch says against it.
fn evaluated(call: Call, case: &Case, device: Device) -> Value {
    let said = |out: &Out| match out {
        Out::Text(text) => json!({ "text": text }),
        Out::Tensor(tensor) => {
            let here = tensor.detach().tch().to_device(tch::Device::Cpu).contiguous();
            let mut bytes = vec![0_u8; here.numel() * here.kind().elt_size_in_bytes()];
            if !bytes.is_empty() {
                here.reshape([-1])
                    .view_dtype(Kind::Uint8)
                    .copy_data(&mut bytes, here.numel() * here.kind().elt_size_in_bytes());
            }
            let dtype = format!("torch.{}", name_of(here.kind()));
            json!({ "dtype": dtype, "shape": here.size(), "bytes": BASE64_STANDARD.encode(&bytes) })
        }
    };
    let (results, mut warned) = torch::catch_warnings(|| {
        torch::catch(|| {
            let [x, y] = inputs(case).map(|input| input.to(device));
            let x = if case.dtypes[0].contains("float") { x.requires_grad_() } else { x };
            let results = call(&x, &y, &case.numbers);
            for out in &results {
                if let Out::Tensor(tensor) = out
                    && tensor.requires_grad()
                {
                    tensor.sum().backward();
                }
            }
            let gradient = x.grad().map(Out::Tensor);
            results.iter().chain(&gradient).map(said).collect::<Vec<Value>>()
        })
    });
    warned.sort();
    warned.dedup();
    match results {
        Ok(results) => json!({ "results": results, "warned": warned }),
        Err(error) => json!({ "error": error.to_string().lines().next(), "warned": warned }),
    }
}

fn name_of(kind: Kind) -> &'static str {
    ["float32", "float64", "float16", "bfloat16", "int64", "int32", "uint8", "bool"]
        .into_iter()
        .find(|dtype| self::kind(dtype) == kind)
        .unwrap_or_else(|| panic!("{kind:?}"))
}

/// How far two results are apart in ulps; `None` where they are no tensors of one dtype and shape.
fn ulps(theirs: &Value, ours: &Value) -> Option<u64> {
    if theirs == ours {
        return Some(0);
    }
    if theirs["dtype"] != ours["dtype"] || theirs["shape"] != ours["shape"] || theirs["bytes"].is_null() {
        return None;
    }
    let bytes = |side: &Value| BASE64_STANDARD.decode(side["bytes"].as_str().unwrap()).unwrap();
    let size = match theirs["dtype"].as_str()? {
        "torch.float64" => 8,
        "torch.float32" => 4,
        "torch.float16" | "torch.bfloat16" => 2,
        _ => return None,
    };
    let ordered = |bytes: &[u8]| {
        let mut wide = [0; 8];
        wide[..size].copy_from_slice(bytes);
        let (bits, sign) = (u64::from_le_bytes(wide), 1_u64 << (8 * size - 1));
        let distance = (bits & (sign - 1)) as i64;
        if bits & sign == 0 { distance } else { -distance }
    };
    let (theirs, ours) = (bytes(theirs), bytes(ours));
    let both = theirs.chunks_exact(size).zip(ours.chunks_exact(size));
    both.map(|(theirs, ours)| ordered(theirs).abs_diff(ordered(ours))).max()
}

/// One line of the table: one name, all that was tried of it.
#[derive(Default)]
struct Row {
    settings: Vec<String>,
    cases: usize,
    /// Cases that PyTorch refuses, in the same words here.
    refused: usize,
    /// Cases that PyTorch warns of, in the same words here.
    warned: usize,
    /// The largest distance on each device.
    ulps: BTreeMap<&'static str, u64>,
    /// What differs, as cases.
    wrong: Vec<String>,
}

/// The layer whose text or whose state's names an expression is.
fn of_a_layer(code: &str) -> Option<&str> {
    let layer = code.strip_prefix("repr([*").or_else(|| code.strip_prefix("repr("));
    layer.filter(|layer| layer.starts_with("nn."))
}

/// `torch.exp` of `torch.exp(x)`; an operator, an index or a text is named whole.
fn name(code: &str) -> String {
    let inner = [
        "trained(lambda p: ",
        "trained_with(lambda p: ",
        "rates(lambda o: ",
        "cycled(lambda o: ",
        "plateau(lambda o: ",
        "running(",
        "learned(",
        "loaded(",
        "clipped(",
    ]
    .into_iter()
    .find_map(|prefix| code.strip_prefix(prefix));
    let code = inner.or_else(|| of_a_layer(code)).unwrap_or(code);
    match code.split_once(['(', ',']) {
        Some(("batches", _)) => "DataLoader".to_string(),
        Some((name, _)) if name.chars().all(|c| c.is_alphanumeric() || "._".contains(c)) => name
            .replace("F.", "torch.nn.functional.")
            .replace("nn.init.", "torch.nn.init.")
            .replace("nn.utils.", "torch.nn.utils."),
        _ => code.to_string(),
    }
}

struct Table {
    sections: Vec<(Group, Vec<(String, Row)>)>,
    there: Value,
    devices: Vec<&'static str>,
}

/// An expression with what it is tried with, on a device; these by their places in the lists.
struct Job {
    index: usize,
    call: usize,
    device: usize,
    case: Case,
    /// What Python is asked.
    asked: Value,
}

fn table() -> Table {
    let _generator = global_generator();
    let mut devices = vec![("cpu", Device::Cpu)];
    if torch::cuda::is_available() {
        devices.push(("cuda", Device::Cuda(Some(0))));
    }
    let groups = groups();
    // So many of each expression, or others each time, so many more.
    let (more, seed) = match std::env::var("REFUSALS") {
        Ok(count) => (
            count.parse().expect("REFUSALS: a number"),
            std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() << 24,
        ),
        Err(_) => (AT_RANDOM, 1),
    };
    let mut jobs = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        for (call, (code, _)) in group.calls.iter().enumerate() {
            let each = group
                .dtypes
                .iter()
                .flat_map(|dtype| group.shapes.iter().map(|shape| Case::regular(dtype, shape)));
            let regular = group.dtypes.len() * group.shapes.len();
            let mut chance = Chance::new(seed + ((index << 12) + call) as u64);
            let more = (0..if group.at_random { more } else { 0 })
                .map(|_| Case::random(&mut chance))
                .filter(|case| is_defined(code, case));
            for (number, case) in each.chain(more).enumerate() {
                let tried = if number < regular { &devices[..] } else { &devices[..1] };
                for (device, of) in tried.iter().enumerate() {
                    let asked = case.asked(code, of.0);
                    jobs.push(Job { index, call, device, case: case.clone(), asked });
                }
            }
        }
    }
    // Both sides compute at the same time.
    let mut child =
        python("table.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
    let asked: String = jobs.iter().map(|job| format!("{}\n", job.asked)).collect();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let writer = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let reader = std::thread::spawn(move || {
        let mut answers = String::new();
        stdout.read_to_string(&mut answers).map(|_| answers)
    });
    let ours: Vec<Value> = jobs
        .iter()
        .map(|Job { index, call, device, case, .. }| {
            evaluated(groups[*index].calls[*call].1, case, devices[*device].1)
        })
        .collect();
    let answers = reader.join().unwrap().unwrap();
    writer.join().unwrap().unwrap();
    assert!(child.wait().unwrap().success());
    let mut answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let there = answers.pop().unwrap();
    assert_eq!(answers.len(), jobs.len());

    let mut sections: Vec<Vec<(String, Row)>> = groups.iter().map(|_| Vec::new()).collect();
    for ((Job { index, call, device, asked, .. }, ours), theirs) in jobs.into_iter().zip(ours).zip(answers) {
        let device = devices[device].0;
        let code = groups[index].calls[call].0;
        let name = name(code);
        let rows = &mut sections[index];
        if !rows.iter().any(|(other, _)| *other == name) {
            rows.push((name.clone(), Row::default()));
        }
        let row = &mut rows.iter_mut().find(|(other, _)| *other == name).unwrap().1;
        if !row.settings.iter().any(|setting| setting == code) {
            row.settings.push(code.to_string());
        }
        row.cases += usize::from(device == "cpu");
        row.refused += usize::from(device == "cpu" && !theirs["error"].is_null());
        row.warned += usize::from(device == "cpu" && theirs["warned"] != json!([]));
        let results = |side: &Value| side["results"].as_array().cloned();
        let distance = match (results(&theirs), results(&ours)) {
            (Some(theirs), Some(ours)) if theirs.len() == ours.len() => {
                let each: Option<Vec<u64>> =
                    theirs.iter().zip(&ours).map(|(theirs, ours)| ulps(theirs, ours)).collect();
                each.map(|each| each.into_iter().max().unwrap_or(0))
            }
            (None, None) if theirs["error"] == ours["error"] => Some(0),
            _ => None,
        };
        let distance = distance.filter(|_| theirs["warned"] == ours["warned"]);
        let largest = row.ulps.entry(device).or_default();
        *largest = (*largest).max(distance.unwrap_or(u64::MAX));
        // On a GPU another order of additions is no fault; what is refused is refused in the same words everywhere.
        let is_wrong = if device == "cpu" { distance != Some(0) } else { distance.is_none() };
        if is_wrong {
            let cut = |side: &Value| side.to_string().chars().take(300).collect::<String>();
            row.wrong.push(format!("{asked}\n  PyTorch: {}\n  here:    {}", cut(&theirs), cut(&ours)));
        }
    }
    let sections = groups.into_iter().zip(sections).collect();
    Table { sections, there, devices: devices.into_iter().map(|(name, _)| name).collect() }
}

impl Table {
    /// The rows, and the names that are missing.
    fn rows(&self) -> String {
        let mut text = String::new();
        for (Group { title, dtypes, shapes, at_random, .. }, rows) in &self.sections {
            let shapes: Vec<String> = shapes.iter().map(|shape| format!("{shape:?}")).collect();
            let devices = self.devices.join(" | ");
            let more = match at_random {
                true => format!(
                    " Each expression is tried {AT_RANDOM} times more with dtypes and shapes of x and y, and with numbers n and a, \
                     as chance has it; elsewhere n is 4 and a is 0.25."
                ),
                false => String::new(),
            };
            let (dtypes, shapes) = (dtypes.join(", "), shapes.join(" "));
            let _ = writeln!(text, "\n## {title}\n\nx is {dtypes}, with the shapes {shapes}.{more}\n");
            let _ = writeln!(text, "| name | tried | cases | refused alike | warned alike | {devices} |");
            let _ = writeln!(text, "|---|---|---|---|---|{}", "---|".repeat(self.devices.len()));
            for (name, row) in rows {
                let settings: Vec<String> =
                    row.settings.iter().map(|setting| format!("`{setting}`")).collect();
                let apart: Vec<String> =
                    self.devices.iter().map(|device| distance_in_words(row.ulps[device])).collect();
                let cells = [
                    name.clone(),
                    settings.join("<br>"),
                    row.cases.to_string(),
                    row.refused.to_string(),
                    row.warned.to_string(),
                    apart.join(" | "),
                ];
                let _ =
                    writeln!(text, "| {} |", cells.map(|cell| cell.replace("x | y", "x \\| y")).join(" | "));
            }
        }
        text += "\n## Missing names\n\nPyTorch names that this library lacks.\n";
        for (module, names) in self.there["names"].as_object().unwrap() {
            let here = |name: &str| {
                let whole = format!("{module}.{name}");
                let short = whole.replace("torch.nn.", "nn.").replace("torch.optim.", "optim.");
                let short = short.replace("optim.lr_scheduler.", "lr_scheduler.");
                self.sections.iter().flat_map(|(_, rows)| rows).any(|(row, _)| *row == whole || *row == short)
            };
            let names: Vec<&str> = names.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            let missing: Vec<&str> = names.iter().copied().filter(|name| !here(name)).collect();
            let _ = writeln!(
                text,
                "\n<details><summary>{module}: {} of {}</summary>\n\n{}\n\n</details>",
                missing.len(),
                names.len(),
                missing.join(", ")
            );
        }
        text
    }

    /// The page: where it was measured and how far each is apart, then the rows.
    fn page(&self) -> String {
        let all = || self.sections.iter().flat_map(|(_, rows)| rows);
        let cases: usize = all().map(|(_, row)| row.cases).sum();
        let mut text = format!(
            "# What is proven\n\nThis library and live Python each computed every expression below; every result and every gradient of \
             x was compared as bytes. `make parity` writes this page, and a test fails when its rows are out of date.\n\n\
             Measured with {}, on this processor: {}.\n\n",
            self.there["versions"].as_str().unwrap(),
            processor()
        );
        let refused: usize = all().map(|(_, row)| row.refused).sum();
        let warned: usize = all().map(|(_, row)| row.warned).sum();
        for device in &self.devices {
            let largest = all().map(|(_, row)| row.ulps[device]).max().unwrap_or(0);
            let same = all().filter(|(_, row)| row.ulps[device] == 0).count();
            let (rows, largest) = (all().count(), distance_in_words(largest));
            let _ = writeln!(
                text,
                "- {device}: {cases} cases; {same} of {rows} rows are the same to the bit, the largest distance is {largest}."
            );
        }
        if !self.devices.contains(&"cuda") {
            text += "- cuda: not run, there was no GPU.\n";
        }
        let _ = writeln!(
            text,
            "\nA device's column has the largest distance, in units in the last place (ulps). \"Refused alike\" counts the cases, \
             {refused} in all, that PyTorch cannot compute; both sides refuse them in the same words. \"Warned alike\" counts those, \
             {warned} in all, that PyTorch warns of; both sides warn in the same words."
        );
        text + MARK + &self.rows()
    }
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(|| std::env::consts::ARCH.to_string(), |(_, name)| name.to_string())
}

fn distance_in_words(ulps: u64) -> String {
    match ulps {
        0 => "0".to_string(),
        u64::MAX => "other dtype, shape or words".to_string(),
        ulps => format!("{ulps} ulps"),
    }
}

/// The rows without the distances, which another machine may have otherwise.
fn without_distances(rows: &str) -> String {
    let line = |line: &str| match line.starts_with('|') {
        true => line.replace("\\|", "/").split('|').take(6).collect::<Vec<_>>().join("|") + "\n",
        false => format!("{line}\n"),
    };
    rows.lines().map(line).collect()
}

/// How often an expression is tried with what chance has made, where its group says so.
const AT_RANDOM: usize = 8;

/// Behind it stand the rows.
const MARK: &str = "\n<!-- rows -->\n";

#[test]
fn the_table_of_what_is_proven_is_todays() {
    let table = table();
    let wrong: Vec<&String> =
        table.sections.iter().flat_map(|(_, rows)| rows).flat_map(|(_, row)| &row.wrong).collect();
    let path = root().join("docs/parity.md");
    if std::env::var_os("PARITY").is_some() {
        std::fs::write(&path, table.page()).unwrap();
    }
    let shown: Vec<&str> = wrong.iter().take(20).map(|case| case.as_str()).collect();
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), shown.join("\n"));
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let rows = page.split_once(MARK).map(|(_, rows)| rows.to_string()).unwrap_or_default();
    assert!(
        without_distances(&rows) == without_distances(&table.rows()),
        "docs/parity.md is out of date: `make parity` writes it"
    );
}
