//! Python itself: `str` and `repr`, dictionaries, and its module `random`.

pub mod random;
mod repr;

/// Python's `dict`: keeps the order in which keys were put in. `{c: i for i, c in enumerate(chars)}` is
///
/// ```
/// use torch::Repr;
/// use torch::python::Dict;
///
/// let char_dic: Dict<char, usize> = ['h', 'i'].into_iter().enumerate().map(|(i, c)| (c, i)).collect();
/// assert_eq!(char_dic[&'i'], 1);
/// assert_eq!(char_dic.repr(), "{'h': 0, 'i': 1}");
/// ```
pub use indexmap::IndexMap as Dict;
pub use repr::Repr;
