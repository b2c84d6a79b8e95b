//! Long lines with fewer points that look the same.

/// Shorter lines keep all their points: they are small files as they are.
const LONG: usize = 2000;

/// The line without the points that nobody can see: of those within one column of pixels, the first, the lowest, the highest and
/// the last are left, in their order. (matplotlib's `path.simplify` has another rule with the same effect.)
pub(crate) fn simplified(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    if points.len() < LONG {
        return points;
    }
    let mut left: Vec<(f64, f64)> = Vec::new();
    let column = |(x, y): &(f64, f64)| (x.floor(), x.is_finite() && y.is_finite());
    for same in points.chunk_by(|a, b| column(a) == column(b)) {
        let by_height = |a: &&usize, b: &&usize| same[**a].1.total_cmp(&same[**b].1);
        let all: Vec<usize> = (0..same.len()).collect();
        let ends = [all.first(), all.iter().min_by(by_height), all.iter().max_by(by_height), all.last()];
        let mut kept: Vec<usize> = ends.into_iter().flatten().copied().collect();
        kept.sort_unstable();
        kept.dedup();
        left.extend(kept.into_iter().map(|index| same[index]));
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_extremes_of_each_column_are_left() {
        let few: Vec<(f64, f64)> = (0..10).map(|n| (f64::from(n) / 10.0, 0.0)).collect();
        assert_eq!(simplified(few.clone()), few);
        let wave: Vec<(f64, f64)> = (0..4000).map(|n| (f64::from(n) / 1000.0, f64::from(n % 7))).collect();
        let left = simplified(wave);
        assert_eq!(left[..3], [(0.0, 0.0), (0.993, 6.0), (0.999, 5.0)]);
        assert_eq!((left.len() <= 16, left.last()), (true, Some(&(3.999, 2.0))));
    }
}
