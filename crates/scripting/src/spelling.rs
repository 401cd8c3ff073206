//! Names that were meant: the known name next to a misspelt one.

/// The known name that differs from `name` in at most two letters.
pub(crate) fn meant<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let far = 1 + (name.len() / 3).min(2);
    let near = known.into_iter().map(|it| (distance(name, it), it));
    near.min().filter(|(distance, _)| *distance < far).map(|(_, it)| it)
}

/// `unknown field stop_los; did you mean stop_loss?`, or all that are known.
pub(crate) fn unknown<'a>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let name: String = name.chars().take(64).collect();
    match meant(&name, known.iter().copied()) {
        Some(meant) => format!("unknown {what} {name}; did you mean {meant}?"),
        None => format!("unknown {what} {name}, expected one of {}", known.join(", ")),
    }
}

/// Letters to insert, delete or replace (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = place + 1;
        for (column, other) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_meant_if_it_is_near() {
        let known = ["stop_loss", "take_profit", "side"];
        assert_eq!(meant("stop_los", known), Some("stop_loss"));
        assert_eq!(meant("sied", known), None);
        assert_eq!(meant("sidee", known), Some("side"));
        assert_eq!(meant("entry", known), None);
        assert_eq!(
            unknown("field", "stoploss", known),
            "unknown field stoploss; did you mean stop_loss?"
        );
        assert_eq!(
            unknown("field", "entry", known),
            "unknown field entry, expected one of stop_loss, take_profit, side"
        );
    }
}
