//! Measures a model on the test set, and draws the results.

pub mod epoch;
pub mod figures;
pub mod test_set;
