//! What two records of training come to: for each pair of optimizers the step at which they part.

use serde::Serialize;

use crate::grade::Grade;
use crate::sides::Sides;

/// What two records come to.
#[derive(Clone, Debug, Serialize)]
pub struct StepsDiff {
    /// What the two sides are called: "the notebook", "the lab".
    pub sides: Sides<String>,
    pub optimizers: Vec<OptimizerDiff>,
    /// Where the draws from the global generator part, a sentence each.
    pub draws: Vec<String>,
    /// Notes about the comparison: a side whose second run was not like its first.
    pub notes: Vec<String>,
}

/// Two optimizers that belong together, or one without a partner.
#[derive(Clone, Debug, Serialize)]
pub struct OptimizerDiff {
    /// Its class, and where it takes its first step: `SGD in In[19]`.
    pub name: String,
    /// The cell of its first step; 0 in a script.
    pub cell: usize,
    /// The number of each in its record.
    pub numbers: Sides<Option<usize>>,
    pub steps: Sides<usize>,
    /// Steps that are equal, from the first one on.
    pub equal: usize,
    /// `More`: only in the notebook, `Fewer`: only in the lab.
    pub verdict: Grade,
    pub parting: Option<Parting>,
    /// The largest distance of a parameter after some of the steps, from the first difference on: step and ulps.
    pub curve: Vec<(u64, u64)>,
}

/// The first step that differs.
#[derive(Clone, Debug, Serialize)]
pub struct Parting {
    pub step: u64,
    pub cells: Sides<usize>,
    /// What differs in it first.
    pub part: Part,
    /// The tensor: `W.grad`.
    pub tensor: Option<String>,
    /// The element of it that is furthest apart.
    pub element: Option<Element>,
    /// Whether models or settings differ: then no distance makes the trainings the same.
    pub other_training: bool,
    /// What is the same in this step.
    pub equal: Vec<&'static str>,
    /// Why, as far as that can be seen.
    pub reasons: Vec<String>,
}

/// What a step consists of, in the order in which one leads to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The parameters when the step begins.
    Parameters,
    Loss,
    Gradients,
    /// The parameters after the step.
    Update,
    /// One side goes on after the other's last step.
    Count,
}

/// One element of a tensor on both sides.
#[derive(Clone, Debug, Serialize)]
pub struct Element {
    /// Its step: the first difference, or the first step after it that was written down whole.
    pub step: u64,
    pub index: Vec<usize>,
    #[serde(flatten)]
    pub text: Sides<String>,
    pub absolute: f64,
    pub relative: f64,
    pub ulps: u64,
    /// Elements of the tensor that differ, and all.
    pub count: usize,
    pub of: usize,
}

/// A cell in words; 0 stands for a script, which has no cells.
pub fn place(cell: usize) -> String {
    if cell == 0 { "the program".to_string() } else { format!("In[{cell}]") }
}

impl StepsDiff {
    /// Accepts an optimizer that ends before its partner, because its program was stopped.
    pub fn forgive_ends(&mut self) {
        for diff in self.optimizers.iter_mut().filter(|diff| diff.is_compared()) {
            let least = diff.steps.notebook.min(diff.steps.lab);
            diff.steps = Sides::new(least, least);
            if diff.parting.as_ref().is_some_and(|parting| parting.part == Part::Count) {
                (diff.parting, diff.verdict) = (None, Grade::Identical);
            }
        }
    }

    /// How many steps were compared, and how many of them are equal.
    pub fn steps(&self) -> (usize, usize) {
        let compared = || self.optimizers.iter().filter(|diff| diff.is_compared());
        (
            compared().map(|diff| diff.equal).sum(),
            compared().map(|diff| diff.steps.notebook.max(diff.steps.lab)).sum(),
        )
    }

    /// Optimizers that have a partner.
    pub fn compared(&self) -> usize {
        self.optimizers.iter().filter(|diff| diff.is_compared()).count()
    }

    /// The worst of the optimizers that have a partner.
    pub fn verdict(&self) -> Grade {
        let compared = self.optimizers.iter().filter(|diff| diff.is_compared());
        compared.map(|diff| diff.verdict).max().unwrap_or(Grade::Identical)
    }

    /// The verdict in words.
    pub fn words(&self) -> &'static str {
        match self.verdict() {
            _ if self.compared() == 0 => "no steps to compare: no optimizer of torch.optim on both sides",
            Grade::Within => "the same within the tolerance in every step",
            Grade::Drifts => "steps drift",
            Grade::Different => "steps are different",
            _ if self.optimizers.len() > self.compared() => "identical in every step that both sides have",
            _ => "identical in every step of every optimizer",
        }
    }
}

impl OptimizerDiff {
    pub fn is_compared(&self) -> bool {
        !matches!(self.verdict, Grade::More | Grade::Fewer)
    }
}
