//! Printing as Python prints: `tensor` for PyTorch's repr, `numpy` for NumPy's str and repr.

mod numpy;
mod tensor;

/// Python's two texts of a value: `str`, which `print` writes, and `repr`, which Jupyter shows for a
/// bare expression at the end of a cell.
pub trait Repr {
    fn str(&self) -> String;
    fn repr(&self) -> String;
}
