//! What the name of a vector file says: the function, its parameters, and how much of the series it saw.

use crate::smc::batch::{BreakBy, Edges, Join, Mitigation, Period};

/// The parts of a file's name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Form {
    /// The first so many candles only.
    pub(crate) prefix: Option<usize>,
    pub(crate) function: Function,
    pub(crate) edges: Edges,
}

/// A function and its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Function {
    Input,
    Swings { length: usize },
    Gaps(Join),
    Structure { length: usize, by: BreakBy },
    OrderBlocks { length: usize, mitigation: Mitigation },
    Liquidity { length: usize, range_percent: f64 },
    Previous(Period),
    Sessions,
    Retracements { length: usize },
    KnownAt { length: usize },
    CausalSwings { length: usize },
    CausalBreaks { length: usize },
}

/// A function without its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Concept {
    Input,
    Swings,
    Gaps,
    Structure,
    OrderBlocks,
    Liquidity,
    Previous,
    Sessions,
    Retracements,
    KnownAt,
    CausalSwings,
    CausalBreaks,
}

impl Form {
    /// `None` for a name of no known form.
    pub(crate) fn from_file_name(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".csv")?;
        let (prefix, stem) = match stem.strip_prefix("prefix") {
            None => (None, stem),
            Some(rest) => {
                let (count, rest) = rest.split_once('_')?;
                (Some(count.parse().ok()?), rest)
            }
        };
        let (edges, stem) = match stem.strip_suffix("_nofake") {
            None => (Edges::Artificial, stem),
            Some(stem) => (Edges::Blank, stem),
        };
        let function = function(stem)?;
        let is_possible = edges == Edges::Artificial || function.concept().takes_swings();
        is_possible.then_some(Self { prefix, function, edges })
    }
}

impl Function {
    /// Candles that confirm a swing, where swings were found.
    pub(crate) const fn swing_length(self) -> Option<usize> {
        if let Self::Swings { length } = self { Some(length) } else { None }
    }

    pub(crate) const fn concept(self) -> Concept {
        match self {
            Self::Input => Concept::Input,
            Self::Swings { .. } => Concept::Swings,
            Self::Gaps(_) => Concept::Gaps,
            Self::Structure { .. } => Concept::Structure,
            Self::OrderBlocks { .. } => Concept::OrderBlocks,
            Self::Liquidity { .. } => Concept::Liquidity,
            Self::Previous(_) => Concept::Previous,
            Self::Sessions => Concept::Sessions,
            Self::Retracements { .. } => Concept::Retracements,
            Self::KnownAt { .. } => Concept::KnownAt,
            Self::CausalSwings { .. } => Concept::CausalSwings,
            Self::CausalBreaks { .. } => Concept::CausalBreaks,
        }
    }
}

impl Concept {
    /// How the files are named.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Swings => "swing_highs_lows",
            Self::Gaps => "fvg",
            Self::Structure => "bos_choch",
            Self::OrderBlocks => "ob",
            Self::Liquidity => "liquidity",
            Self::Previous => "previous_high_low",
            Self::Sessions => "sessions",
            Self::Retracements => "retracements",
            Self::KnownAt => "causal_bos_known_at",
            Self::CausalSwings => "causal_swings",
            Self::CausalBreaks => "causal_breaks",
        }
    }

    /// Whether its swings may come without the artificial ones.
    const fn takes_swings(self) -> bool {
        match self {
            Self::Swings
            | Self::Structure
            | Self::OrderBlocks
            | Self::Liquidity
            | Self::Retracements => true,
            Self::Input
            | Self::Gaps
            | Self::Previous
            | Self::Sessions
            | Self::KnownAt
            | Self::CausalSwings
            | Self::CausalBreaks => false,
        }
    }
}

fn function(stem: &str) -> Option<Function> {
    match stem {
        "input" => return Some(Function::Input),
        "fvg" => return Some(Function::Gaps(Join::Separate)),
        "fvg_join" => return Some(Function::Gaps(Join::Consecutive)),
        "sessions" => return Some(Function::Sessions),
        _ => {}
    }
    if let Some(name) = stem.strip_prefix("previous_high_low_") {
        return Some(Function::Previous(Period::from_name(name)?));
    }
    let (name, rest) = stem.rsplit_once("_k")?;
    let (length, rest) = rest.split_once('_').unwrap_or((rest, ""));
    let length = length.parse().ok().filter(|length| *length > 0)?;
    Some(match (name, rest) {
        ("swing_highs_lows", "") => Function::Swings { length },
        ("bos_choch", "close") => Function::Structure { length, by: BreakBy::Close },
        ("bos_choch", "wick") => Function::Structure { length, by: BreakBy::Wick },
        ("ob", "body") => Function::OrderBlocks { length, mitigation: Mitigation::Body },
        ("ob", "wick") => Function::OrderBlocks { length, mitigation: Mitigation::Wick },
        ("liquidity", rest) => {
            let range_percent = rest.strip_prefix('r')?.parse().ok()?;
            Function::Liquidity { length, range_percent }
        }
        ("retracements", "") => Function::Retracements { length },
        ("causal_bos_known_at", "") => Function::KnownAt { length },
        ("causal_swings", "") => Function::CausalSwings { length },
        ("causal_breaks", "") => Function::CausalBreaks { length },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<(Option<usize>, Function, Edges)>) {
        let expected = expected.map(|(prefix, function, edges)| Form { prefix, function, edges });
        assert_eq!(Form::from_file_name(name), expected, "{name}");
    }

    #[test]
    fn names_of_known_form_are_taken_apart() {
        let (with, without) = (Edges::Artificial, Edges::Blank);
        let swings = Function::Swings { length: 7 };
        check("swing_highs_lows_k7.csv.gz", Some((None, swings, with)));
        check("prefix900_swing_highs_lows_k7_nofake.csv", Some((Some(900), swings, without)));
        let body = Function::OrderBlocks { length: 12, mitigation: Mitigation::Body };
        check("ob_k12_body_nofake.csv.gz", Some((None, body, without)));
        let pools = Function::Liquidity { length: 3, range_percent: 0.015 };
        check("liquidity_k3_r0.015.csv.gz", Some((None, pools, with)));
        let hours = Function::Previous(Period::Fixed(8 * 3_600_000));
        check("prefix60_previous_high_low_8h.csv", Some((Some(60), hours, with)));
        check("causal_bos_known_at_k4.csv.gz", Some((None, Function::KnownAt { length: 4 }, with)));
    }

    #[test]
    fn other_names_are_of_no_known_form() {
        for name in [
            "README.md",
            "swing_highs_lows.csv",
            "swing_highs_lows_k0.csv",
            "swing_highs_lows_k7.parquet",
            "bos_choch_k7.csv",
            "ob_k7_close.csv",
            "fvg_nofake.csv",
            "prefixed_fvg.csv",
            "previous_high_low_4x.csv",
        ] {
            check(name, None);
        }
    }
}
