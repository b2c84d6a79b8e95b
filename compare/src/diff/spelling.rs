//! What counts as the same though its bytes differ: addresses, the time of a cell, names of torch 1.x.

use std::borrow::Cow;
use std::ops::AddAssign;
use std::sync::LazyLock;

use regex::{Captures, NoExpand, Regex};
use serde::Serialize;

use super::pattern::pattern;
use super::tokens::tokens;

/// How often each happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spelling {
    /// Addresses in `<... at 0x7f..>`, which differ in every process.
    pub addresses: usize,
    /// Lines in which a cell's magic says how long it took.
    pub times: usize,
    /// grad_fn names without today's number, as torch 1.x printed them.
    pub old_grad_fn: usize,
    /// uint8 masks of 0 and 1, which today are bool.
    pub old_masks: usize,
}

impl Spelling {
    /// How often each happened, and its name; only what did happen.
    pub fn said(&self) -> Vec<(usize, &'static str)> {
        let all = [
            (self.addresses, "address left out (another one in every process)"),
            (self.times, "line of %%time left out"),
            (self.old_grad_fn, "grad_fn name in the spelling of torch 1.x"),
            (self.old_masks, "uint8 mask of torch 1.x, bool today"),
        ];
        all.into_iter().filter(|(count, _)| *count > 0).collect()
    }
}

impl AddAssign for Spelling {
    fn add_assign(&mut self, other: Spelling) {
        self.addresses += other.addresses;
        self.times += other.times;
        self.old_grad_fn += other.old_grad_fn;
        self.old_masks += other.old_masks;
    }
}

/// `<torch._C.Generator at 0x7f..>` (IPython), `<object object at 0x7f..>` (Python), `0x000001C8..` (Windows).
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r" at 0x[0-9a-fA-F]+>"));
static OBJECT: LazyLock<Regex> = LazyLock::new(|| pattern(r"<[^<>\n]* at 0x…>"));
/// What %%time, %time and %timeit print, as IPython 8 and 9 have it.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:CPU times: .* total: |Wall time: |Compiler ?: |.* per loop \(mean ± std\. dev\. of )")
});
static GRAD_FN: LazyLock<Regex> = LazyLock::new(|| pattern(r"grad_fn=<(?:Th)?([A-Za-z]+Backward)\d*>"));
static UINT8: LazyLock<Regex> = LazyLock::new(|| pattern(r",\s*dtype=torch\.uint8"));
static BOOL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:True|False)\b"));

/// An output without its addresses, and how many it had.
pub fn without_addresses(output: &str) -> (Cow<'_, str>, usize) {
    (ADDRESS.replace_all(output, " at 0x…>"), ADDRESS.find_iter(output).count())
}

/// Whether only notebooks have such a line, and no lab: an object's address, or a time.
pub fn no_lab_prints(line: &str) -> bool {
    let only_objects =
        || OBJECT.is_match(line) && !OBJECT.replace_all(line, "").contains(char::is_alphanumeric);
    is_time(line) || only_objects()
}

/// Whether a line says how long its cell took.
pub fn is_time(line: &str) -> bool {
    TIME.is_match(line)
}

/// A line without the parts that torch 1.x and today's torch spell differently.
pub fn todays_or_old(line: &str) -> String {
    let line = GRAD_FN.replace_all(line, "grad_fn=<$1>");
    let line = UINT8.replace_all(&line, "");
    BOOL.replace_all(&line, "0").into_owned()
}

/// The notebook's line in today's spelling, where its spelling is that of torch 1.x.
pub fn respelled(notebook: &str, lab: &str, spelling: &mut Spelling) -> Option<String> {
    let mut todays = GRAD_FN.captures_iter(lab);
    let mut text = GRAD_FN
        .replace_all(notebook, |old: &Captures| match todays.next() {
            Some(new) if new[1] == old[1] && new[0] != old[0] => {
                spelling.old_grad_fn += 1;
                new[0].to_string()
            }
            _ => old[0].to_string(),
        })
        .into_owned();
    if UINT8.is_match(&text) && BOOL.is_match(lab) {
        spelling.old_masks += 1;
        text = with_bools(&UINT8.replace(&text, NoExpand("")));
    }
    (text != notebook).then_some(text)
}

/// The numbers 0 and 1 as the words of a bool tensor.
fn with_bools(mask: &str) -> String {
    let mut text = String::new();
    let mut from = 0;
    for token in tokens(mask).into_iter().filter(|token| token.number.is_some()) {
        text += &mask[from..token.range.start];
        text += match &mask[token.range.clone()] {
            "0" => "False",
            "1" => "True",
            other => other,
        };
        from = token.range.end;
    }
    text + &mask[from..]
}
