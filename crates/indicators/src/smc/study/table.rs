//! The figures of all samples.

use super::{Outcome, Sample, StudyQuestion};

/// The answer of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Zones of the kind asked for that were formed, touched or not.
    pub zones: usize,
    /// Touches asked for of zones without height, which have no sample.
    pub flat: usize,
    /// The touches asked for, in the order of time.
    pub samples: Vec<Sample>,
    /// One row a target, in the order of the question.
    pub targets: Vec<TargetRow>,
    /// How far the price went against the entry; `None` without samples.
    pub against: Option<Spread>,
    /// How far the price went along; `None` without samples.
    pub along: Option<Spread>,
}

/// What came of one target. The counts sum to the samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetRow {
    /// Heights of the zone beyond its near edge.
    pub target: f64,
    /// Reached before the stop.
    pub hits: usize,
    /// Stopped before, ambiguous ones included.
    pub losses: usize,
    /// Of the losses those whose candle of the stop reached the target as well.
    pub ambiguous: usize,
    /// Neither within the horizon.
    pub unresolved: usize,
    /// Neither before the candles ended.
    pub cut: usize,
}

impl TargetRow {
    /// Hits among hits and losses, as a fraction; `None` without either.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let decided = self.hits + self.losses;
        (decided > 0).then(|| crate::number(self.hits) / crate::number(decided))
    }

    fn new(target: f64, outcomes: impl Iterator<Item = Outcome>) -> Self {
        let mut row = Self { target, hits: 0, losses: 0, ambiguous: 0, unresolved: 0, cut: 0 };
        for outcome in outcomes {
            match outcome {
                Outcome::Hit => row.hits += 1,
                Outcome::Lost => row.losses += 1,
                Outcome::Ambiguous => {
                    row.losses += 1;
                    row.ambiguous += 1;
                }
                Outcome::Unresolved => row.unresolved += 1,
                Outcome::Cut => row.cut += 1,
            }
        }
        row
    }
}

/// How some distances spread, in heights of the zone and as fractions of the entry's price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Mean, in heights.
    pub mean: f64,
    /// Median, in heights: of an even number the lower of the middle two.
    pub median: f64,
    /// The least that 90 % do not exceed, in heights.
    pub ninth_decile: f64,
    /// The greatest, in heights.
    pub most: f64,
    /// Mean, as a fraction of the entry's price.
    pub mean_fraction: f64,
}

impl Spread {
    fn new(distances: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let (mut heights, fractions): (Vec<f64>, Vec<f64>) = distances.unzip();
        heights.sort_by(f64::total_cmp);
        let most = *heights.last()?;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / crate::number(values.len());
        let at = |tenths: usize| heights[(heights.len() * tenths).div_ceil(10) - 1];
        Some(Self {
            mean: mean(&heights),
            median: at(5),
            ninth_decile: at(9),
            most,
            mean_fraction: mean(&fractions),
        })
    }
}

impl Study {
    pub(super) fn new(
        question: &StudyQuestion,
        zones: usize,
        flat: usize,
        samples: Vec<Sample>,
    ) -> Self {
        let row = |(index, target): (usize, &f64)| {
            TargetRow::new(*target, samples.iter().map(|sample| sample.outcomes[index]))
        };
        Self {
            zones,
            flat,
            targets: question.targets.iter().enumerate().map(row).collect(),
            against: Spread::new(samples.iter().map(|it| (it.against, it.against_fraction()))),
            along: Spread::new(samples.iter().map(|it| (it.along, it.along_fraction()))),
            samples,
        }
    }
}
