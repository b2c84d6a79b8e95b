//! Prints as Python does: the trait that tensors (PyTorch's repr), arrays (NumPy's) and Python's own types share.

use indexmap::IndexMap;

use crate::sys::evcxr;

/// Python's two texts of a value. A tensor has the same text for both. Arrays of the ndarray crate have NumPy's two texts, for any
/// layout, if their elements are i32, i64, u8, f32, f64 or bool. Rust's numbers, strings, tuples and lists print as Python's.
///
/// ```
/// use torch::Repr;
///
/// assert_eq!(("it's", vec![1.5, 2.0], true).repr(), "(\"it's\", [1.5, 2.0], True)");
/// assert_eq!("it's".str(), "it's");
/// ```
pub trait Repr {
    /// `str(value)`, which `print(value)` writes: the same as `repr` unless a type says otherwise.
    fn str(&self) -> String {
        self.repr()
    }

    /// `repr(value)`, which Jupyter shows for a bare expression at the end of a cell.
    fn repr(&self) -> String;

    /// Shows the value as the result of a notebook's cell: evcxr, the kernel that runs Rust in Jupyter, calls this for a
    /// bare expression at a cell's end.
    fn evcxr_display(&self) {
        evcxr::show_result(Some(self.repr()));
    }
}

/// Python's `None`: a cell that ends with it shows nothing.
impl Repr for () {
    fn repr(&self) -> String {
        "None".to_string()
    }

    fn evcxr_display(&self) {
        evcxr::show_result(None);
    }
}

impl Repr for bool {
    fn repr(&self) -> String {
        if *self { "True" } else { "False" }.to_string()
    }
}

macro_rules! ints {
    ($($Int:ty)*) => { $(
        impl Repr for $Int {
            fn str(&self) -> String {
                self.to_string()
            }

            fn repr(&self) -> String {
                self.to_string()
            }
        }
    )* };
}

ints!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

impl Repr for str {
    fn str(&self) -> String {
        self.to_string()
    }

    fn repr(&self) -> String {
        let quote = if self.contains('\'') && !self.contains('"') { '"' } else { '\'' };
        let mut text = String::from(quote);
        for c in self.chars() {
            match c {
                '\n' => text += "\\n",
                '\r' => text += "\\r",
                '\t' => text += "\\t",
                '\\' => text += "\\\\",
                c if c == quote => text.extend(['\\', c]),
                c if c < ' ' || ('\x7f'..'\u{a1}').contains(&c) || c == '\u{ad}' => {
                    text += &format!("\\x{:02x}", u32::from(c));
                }
                c => text.push(c),
            }
        }
        text.push(quote);
        text
    }
}

impl Repr for String {
    fn str(&self) -> String {
        self.clone()
    }

    fn repr(&self) -> String {
        self.as_str().repr()
    }
}

/// A string of one character.
impl Repr for char {
    fn str(&self) -> String {
        self.to_string()
    }

    fn repr(&self) -> String {
        self.to_string().repr()
    }
}

/// A dict.
impl<K: Repr, V: Repr, S> Repr for IndexMap<K, V, S> {
    fn repr(&self) -> String {
        let items: Vec<String> =
            self.iter().map(|(key, value)| format!("{}: {}", key.repr(), value.repr())).collect();
        format!("{{{}}}", items.join(", "))
    }
}

impl<T: Repr + ?Sized> Repr for &T {
    fn str(&self) -> String {
        (**self).str()
    }

    fn repr(&self) -> String {
        (**self).repr()
    }
}

fn list<T: Repr>(items: &[T]) -> String {
    format!("[{}]", items.iter().map(Repr::repr).collect::<Vec<_>>().join(", "))
}

/// A list.
impl<T: Repr> Repr for [T] {
    fn str(&self) -> String {
        list(self)
    }

    fn repr(&self) -> String {
        list(self)
    }
}

/// A list.
impl<T: Repr, const N: usize> Repr for [T; N] {
    fn str(&self) -> String {
        list(self)
    }

    fn repr(&self) -> String {
        list(self)
    }
}

/// A list.
impl<T: Repr> Repr for Vec<T> {
    fn str(&self) -> String {
        list(self)
    }

    fn repr(&self) -> String {
        list(self)
    }
}

macro_rules! tuples {
    ($(($($Item:ident)+))*) => { $(
        #[allow(non_snake_case, reason = "an item is called as its type")]
        impl<$($Item: Repr),+> Repr for ($($Item,)+) {
            fn repr(&self) -> String {
                let ($($Item,)+) = self;
                match [$($Item.repr()),+] {
                    items if items.len() == 1 => format!("({},)", items[0]),
                    items => format!("({})", items.join(", ")),
                }
            }
        }
    )* };
}

tuples!((A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F));
