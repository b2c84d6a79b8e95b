//! Whether a notebook belongs to a lab at all.

use crate::grade::Grade;
use crate::pairing::kinship;
use crate::pairs::Pair;
use crate::sides::notebook::CodeCell;

/// Why a notebook with these pairs does not belong to the lab: hardly any cell has a partner, and the code is different.
/// `labs`: the names and the code of all labs, this one first.
pub fn not_this_lab(pairs: &[Pair], cells: &[CodeCell], labs: &[(String, String)]) -> Option<String> {
    /// A lab has 0.65 or more of the words of its own notebooks, and up to 0.4 of the words of a notebook about another subject.
    const KIN: f64 = 0.45;
    /// By how much the share of another lab must be larger.
    const NEARER: f64 = 0.1;
    let code = || cells.iter().map(|cell| cell.source.as_str());
    let together: Vec<&Pair> = pairs.iter().filter(|pair| pair.has_both()).collect();
    let agree =
        together.iter().filter(|pair| pair.prints() && pair.is_compared() && pair.status < Grade::Drifts);
    let printing = pairs.iter().filter(|pair| pair.cells.notebook.iter().any(|cell| !cell.output.is_empty()));
    // A notebook may contain a whole lab and much besides.
    let lab_printing = pairs.iter().filter(|pair| pair.cells.lab.iter().any(|cell| !cell.output.is_empty()));
    if agree.count() * 5 > printing.count().min(lab_printing.count()) {
        return None;
    }
    let kin = |lab: &str| kinship(code(), lab);
    let (this, nearest) =
        (kin(&labs.first()?.1), labs.iter().max_by(|a, b| kin(&a.1).total_cmp(&kin(&b.1)))?);
    let nearer = kin(&nearest.1) > this + NEARER;
    if this >= KIN && !nearer && together.len() * 5 > cells.len() {
        return None;
    }
    let paired: usize = together.iter().map(|pair| pair.cells.notebook.len()).sum();
    let better = if nearer && kin(&nearest.1) >= KIN {
        format!("; its code is more like {}'s", nearest.0)
    } else {
        String::new()
    };
    Some(format!("{paired} of its {} cells have something in common with the lab's{better}", cells.len()))
}
