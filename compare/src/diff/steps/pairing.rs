//! Which optimizers of two records belong together.

use crate::sides::Sides;
use crate::sides::steps::{Parameter, Step};

/// The indices of optimizers that belong together: first those in cells that do, then those that begin with the same step.
pub fn paired(optimizers: Sides<&[Vec<Step>]>, groups: &[Sides<Vec<usize>>]) -> Vec<Sides<Option<usize>>> {
    let group = |cell: usize, of: fn(&Sides<Vec<usize>>) -> &Vec<usize>| {
        groups.iter().position(|group| of(group).contains(&cell))
    };
    let theirs = |index: usize| group(optimizers.notebook[index][0].cell, |group| &group.notebook);
    let ours = |index: usize| group(optimizers.lab[index][0].cell, |group| &group.lab);
    let shapes = |step: &Step| step.parameters.iter().map(|p| p.shape.clone()).collect::<Vec<_>>();
    let begins = |step: &Step| {
        let of =
            |p: &Parameter| (p.parameter[0].clone(), p.gradient.as_ref().map(|gradient| gradient[0].clone()));
        step.parameters.iter().map(of).collect::<Vec<_>>()
    };
    let together = |notebook: usize, lab: usize| {
        let (a, b) = (&optimizers.notebook[notebook][0], &optimizers.lab[lab][0]);
        let same_cells = theirs(notebook).is_some() && theirs(notebook) == ours(lab);
        [
            same_cells && begins(a) == begins(b),
            same_cells && shapes(a) == shapes(b),
            same_cells,
            begins(a) == begins(b),
        ]
    };
    let mut partner: Vec<Option<usize>> = vec![None; optimizers.lab.len()];
    for pass in 0..4 {
        for notebook in 0..optimizers.notebook.len() {
            if !partner.contains(&Some(notebook)) {
                let free =
                    (0..partner.len()).find(|&lab| partner[lab].is_none() && together(notebook, lab)[pass]);
                if let Some(lab) = free {
                    partner[lab] = Some(notebook);
                }
            }
        }
    }
    let mut pairs: Vec<_> = (0..partner.len()).map(|lab| Sides::new(partner[lab], Some(lab))).collect();
    let alone = (0..optimizers.notebook.len()).filter(|notebook| !partner.contains(&Some(*notebook)));
    pairs.extend(alone.map(|notebook| Sides::new(Some(notebook), None)));
    pairs
}
