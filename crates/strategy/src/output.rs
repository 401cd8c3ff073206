//! What a strategy shows beside its wishes: drawings on the chart, and lines in its log.
//!
//! Nothing here changes what is traded. Drawings are bounded; what was left out is counted.

use domain::Timestamp;

/// Most points of all plots that a strategy keeps.
const POINTS_MAX: usize = 1_200_000;
/// Most zones and labels that a strategy keeps, each.
const DRAWN_MAX: usize = 100_000;
/// Most lines that a log keeps.
const LINES_MAX: usize = 10_000;

/// What a strategy has shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    /// On the chart.
    pub drawings: Drawings,
    /// Its log, oldest first.
    pub log: Vec<LogLine>,
    /// How many points, zones, labels and lines came after there was no more room.
    pub dropped: u64,
}

/// What is drawn on the chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawings {
    /// Lines, in the order in which they were begun.
    pub plots: Vec<Plot>,
    /// Zones, oldest first.
    pub zones: Vec<Zone>,
    /// Labels, oldest first.
    pub labels: Vec<Label>,
}

/// A named line.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Its name, the same from run to run.
    pub name: String,
    /// Where it is drawn.
    pub pane: Pane,
    /// Closes of candles, ms since the epoch, and values, ascending.
    pub points: Vec<(i64, f64)>,
}

/// Where a line is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// Over the candles.
    #[default]
    Price,
    /// Below them, with a scale of its own.
    Own,
}

/// A rectangle of prices.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// Of what it was made: the open time of a candle.
    pub from: Timestamp,
    /// When it was known.
    pub known_at: Timestamp,
    /// When it ended; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// Upper price.
    pub top: f64,
    /// Lower price.
    pub bottom: f64,
    /// What it stands for.
    pub tone: Tone,
    /// Short text, such as `OB 4h`.
    pub text: String,
}

/// A short text at a price.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// When it was known.
    pub time: Timestamp,
    /// Where.
    pub price: f64,
    /// What it stands for.
    pub tone: Tone,
    /// The text.
    pub text: String,
}

/// What a drawing stands for; the chart gives it a colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Speaks for higher prices.
    Bullish,
    /// Speaks for lower prices.
    Bearish,
    /// For neither.
    #[default]
    Neutral,
}

/// A line of a strategy's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Close of the candle at which it was written.
    pub time: Timestamp,
    /// The line.
    pub text: String,
}

impl Output {
    /// Whether nothing was shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds a point to the line of this name.
    pub fn plot(&mut self, name: &str, pane: Pane, (time, value): (Timestamp, f64)) {
        let plots = &mut self.drawings.plots;
        if plots.iter().map(|plot| plot.points.len()).sum::<usize>() >= POINTS_MAX {
            self.dropped += 1;
            return;
        }
        let place = plots.iter().position(|plot| plot.name == name).unwrap_or_else(|| {
            plots.push(Plot { name: name.to_owned(), pane, points: Vec::new() });
            plots.len() - 1
        });
        plots[place].points.push((time.millis(), value));
    }

    /// Adds a zone; its number, by which it can be ended, when there is room.
    pub fn zone(&mut self, zone: Zone) -> Option<usize> {
        let zones = &mut self.drawings.zones;
        if zones.len() >= DRAWN_MAX {
            self.dropped += 1;
            return None;
        }
        zones.push(zone);
        Some(zones.len() - 1)
    }

    /// Ends a zone that has not ended yet.
    pub fn end_zone(&mut self, number: usize, time: Timestamp) {
        if let Some(zone) = self.drawings.zones.get_mut(number) {
            zone.until.get_or_insert(time);
        }
    }

    /// Adds a label.
    pub fn label(&mut self, label: Label) {
        if self.drawings.labels.len() >= DRAWN_MAX {
            self.dropped += 1;
        } else {
            self.drawings.labels.push(label);
        }
    }

    /// Adds a line to the log.
    pub fn log(&mut self, time: Timestamp, text: impl Into<String>) {
        if self.log.len() >= LINES_MAX {
            self.dropped += 1;
        } else {
            self.log.push(LogLine { time, text: text.into() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_the_last_place_is_counted() {
        let mut output = Output::default();
        let at = Timestamp::from_millis;
        for line in 0..=10_000 {
            output.log(at(line), "line");
        }
        assert_eq!((output.log.len(), output.dropped), (10_000, 1));
        for point in 0..1_200_010 {
            output.plot(if point % 2 == 0 { "one" } else { "two" }, Pane::Price, (at(point), 1.0));
        }
        let lengths: Vec<usize> = output.drawings.plots.iter().map(|it| it.points.len()).collect();
        assert_eq!((lengths, output.dropped), (vec![600_000, 600_000], 11));
    }

    #[test]
    fn a_zone_ends_once() {
        let (mut output, at) = (Output::default(), Timestamp::from_millis);
        let zone = Zone {
            from: at(1),
            known_at: at(2),
            until: None,
            top: 2.0,
            bottom: 1.0,
            tone: Tone::Bullish,
            text: "OB".to_owned(),
        };
        let number = output.zone(zone).unwrap();
        output.end_zone(number, at(5));
        output.end_zone(number, at(9));
        assert_eq!(output.drawings.zones[0].until, Some(at(5)));
    }
}
