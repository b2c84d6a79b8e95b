//! `torch.dtype`: the types of a tensor's elements, with PyTorch's names.
#![allow(non_upper_case_globals, reason = "PyTorch's names")]

use tch::Kind;

use crate::Repr;
use crate::sys;

macro_rules! dtypes {
    ($($name:ident $kind:ident $doc:literal)*) => { $(
        #[doc = concat!("`torch.", stringify!($name), "`: ", $doc, ".")]
        pub const $name: Kind = Kind::$kind;
    )* };
}

dtypes! {
    float16 Half "16-bit floats"
    bfloat16 BFloat16 "16-bit floats with the exponents of float32"
    float32 Float "32-bit floats, the default"
    float64 Double "64-bit floats"
    uint8 Uint8 "bytes"
    int8 Int8 "8-bit integers"
    int16 Int16 "16-bit integers"
    int32 Int "32-bit integers"
    int64 Int64 "64-bit integers, the type of indices and classes"
    bool Bool "true and false"
    half Half "as float16"
    float Float "as float32"
    double Double "as float64"
    short Int16 "as int16"
    int Int "as int32"
    long Int64 "as int64"
}

/// Prints as in Python: `torch.float32`.
impl Repr for Kind {
    fn repr(&self) -> String {
        sys::dtype(*self).to_string()
    }
}
