//! What a model is worth: measured on the test set, and drawn.

pub mod epoch;
pub mod figures;
pub mod test_set;
