//! How far the elements of two tensors are apart: absolutely, relatively, and in units in the last place (how many numbers of
//! their dtype lie between them).

use serde::Serialize;

use crate::diff::Tolerance;
use crate::grade::Grade;
use crate::sides::Sides;

/// The elements of a tensor as its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'a> {
    pub dtype: &'a str,
    pub bytes: &'a [u8],
}

/// One element on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Apart {
    /// Its place, in reading order.
    pub at: usize,
    pub notebook: f64,
    pub lab: f64,
    pub ulps: u64,
}

impl Elements<'_> {
    /// Bytes of an element; `None` for a dtype of which ulps are not counted.
    fn size(&self) -> Option<usize> {
        match self.dtype {
            "torch.float64" => Some(8),
            "torch.float32" => Some(4),
            "torch.float16" | "torch.bfloat16" => Some(2),
            _ => None,
        }
    }

    /// The bits of an element, and its value.
    fn element(&self, bytes: &[u8]) -> (i64, f64) {
        let mut wide = [0; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        let bits = u64::from_le_bytes(wide);
        let value = match self.dtype {
            "torch.float64" => f64::from_bits(bits),
            "torch.float32" => f64::from(f32::from_bits(bits as u32)),
            "torch.bfloat16" => f64::from(f32::from_bits((bits as u32) << 16)),
            _ => half(bits as u16),
        };
        // In the order of the numbers: negative ones mirrored, -0 and 0 in one place.
        let sign = 1_u64 << (bytes.len() * 8 - 1);
        let size = (bits & (sign - 1)) as i64;
        (if bits & sign == 0 { size } else { -size }, value)
    }
}

/// A float16.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    }
}

/// How far two tensors are apart.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorDiff {
    /// The element with the most ulps.
    pub furthest: Apart,
    /// Elements that are apart at all.
    pub count: usize,
    /// The grade of the worst element.
    pub verdict: Grade,
}

/// How far two tensors are apart; `None` where they are equal, or not both of floats with one dtype and size.
pub fn furthest(elements: Sides<Elements<'_>>, tolerance: &Tolerance) -> Option<TensorDiff> {
    let Sides { notebook, lab } = elements;
    let size =
        notebook.size().filter(|_| notebook.dtype == lab.dtype && notebook.bytes.len() == lab.bytes.len())?;
    let (mut furthest, mut count, mut verdict): (Option<Apart>, _, _) = (None, 0, Grade::Identical);
    let both = notebook.bytes.chunks_exact(size).zip(lab.bytes.chunks_exact(size));
    for (at, (theirs, ours)) in both.enumerate().filter(|(_, (theirs, ours))| theirs != ours) {
        count += 1;
        let ((low, theirs), (high, ours)) = (notebook.element(theirs), lab.element(ours));
        let ulps = if theirs.is_nan() != ours.is_nan() { u64::MAX } else { low.abs_diff(high) };
        verdict = verdict.max(tolerance.verdict(theirs, ours));
        if furthest.as_ref().is_none_or(|apart| apart.ulps < ulps) {
            furthest = Some(Apart { at, notebook: theirs, lab: ours, ulps });
        }
    }
    furthest.map(|furthest| TensorDiff { furthest, count, verdict })
}

/// The index of the element `at` of a tensor: `[2, 1]`.
pub fn index(mut at: usize, shape: &[usize]) -> Vec<usize> {
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|&size| {
            let here = at % size.max(1);
            at /= size.max(1);
            here
        })
        .collect();
    index.reverse();
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(theirs: &[f32], ours: &[f32]) -> Option<(usize, u64, usize)> {
        let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>();
        let (theirs, ours) = (bytes(theirs), bytes(ours));
        let of = |bytes| Elements { dtype: "torch.float32", bytes };
        let tolerance = Tolerance { rtol: 1.3e-6, atol: 1e-5, drift: 1e-3 };
        let difference = furthest(Sides::new(of(&theirs), of(&ours)), &tolerance)?;
        Some((difference.furthest.at, difference.furthest.ulps, difference.count))
    }

    #[test]
    fn ulps_are_the_numbers_between() {
        assert_eq!(apart(&[1.0, 2.0], &[1.0, 2.0]), None);
        assert_eq!(apart(&[1.0, 2.0], &[1.0, 2.0_f32.next_up()]), Some((1, 1, 1)));
        assert_eq!(apart(&[1.0, 2.0], &[1.0_f32.next_down(), 2.0_f32.next_up().next_up()]), Some((1, 2, 2)));
        let tiny = f32::from_bits(1);
        assert_eq!(apart(&[tiny], &[-tiny]), Some((0, 2, 1)));
        assert_eq!(apart(&[0.0], &[-0.0]), Some((0, 0, 1)));
        assert_eq!(apart(&[f32::NAN], &[0.0]), Some((0, u64::MAX, 1)));
        assert_eq!(apart(&[f32::MAX], &[f32::INFINITY]), Some((0, 1, 1)));
    }

    #[test]
    fn every_float_of_16_bits_has_its_value() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x0001, 2f64.powi(-24)),
            (0x7bff, 65504.0),
            (0x3555, 0.333251953125),
        ] {
            assert_eq!(half(bits), value);
        }
        assert!(half(0x7c01).is_nan() && half(0xfc00) == f64::NEG_INFINITY);
        let bfloat = Elements { dtype: "torch.bfloat16", bytes: &[] };
        assert_eq!(bfloat.element(&[0x80, 0xbf]), (-0x3f80, -1.0));
    }

    #[test]
    fn an_element_has_its_index() {
        assert_eq!(index(5, &[3, 2]), [2, 1]);
        assert_eq!(index(0, &[]), [] as [usize; 0]);
    }
}
