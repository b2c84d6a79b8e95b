//! Printing as Python prints: what tensors (PyTorch's repr) and arrays (NumPy's str and repr) have in common.

/// Python's two texts of a value. For tensors both are the same; arrays of the ndarray crate have
/// NumPy's two, for any layout, when their elements are i32, i64, u8, f32, f64 or bool.
pub trait Repr {
    /// `str(value)`, what `print(value)` writes.
    fn str(&self) -> String;

    /// `repr(value)`, what Jupyter shows for a bare expression at the end of a cell.
    fn repr(&self) -> String;
}
