//! Which rows of a long column are shown when there is no room for all.

/// At most `points` (at least 4) rows that keep each stretch's lowest and highest value, and both ends.
/// Rows are indexes into the column, ascending.
#[must_use]
pub fn thinned_rows(values: &[f64], points: usize) -> Vec<usize> {
    let rows = values.len();
    let points = points.max(4);
    if rows <= points {
        return (0..rows).collect();
    }
    let stretches = (points - 2) / 2;
    let mut kept = vec![0];
    for stretch in 0..stretches {
        let from = rows * stretch / stretches;
        let to = (rows * (stretch + 1) / stretches).max(from + 1);
        let by_value = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]);
        let low = (from..to).min_by(by_value).unwrap_or(from);
        let high = (from..to).max_by(by_value).unwrap_or(from);
        kept.extend([low.min(high), low.max(high)]);
    }
    kept.push(rows - 1);
    kept.dedup();
    kept.sort_unstable();
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_ends_and_extremes() {
        let mut values = vec![100.0; 10_000];
        values[4321] = 500.0;
        values[7777] = -5.0;
        let rows = thinned_rows(&values, 200);
        assert!(rows.len() <= 200);
        assert!([0, 4321, 7777, 9999].iter().all(|row| rows.contains(row)));
        assert!(rows.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(thinned_rows(&values[..200], 200).len(), 200, "what has room is shown whole");
    }
}
