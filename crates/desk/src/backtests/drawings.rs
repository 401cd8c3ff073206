//! The part of a run's drawings that a chart shows: one instrument, one span of time, thinned plots.

use backtest::thinned_rows;
use domain::Timestamp;
use strategy::{Drawings, Label, Pane, Plot, Zone};

use super::outcome::SleeveOutput;

/// Which drawings to read.
#[derive(Clone, Debug, Default)]
pub struct DrawingsQuery {
    /// Only those of this instrument, any case; those of the run's first one when `None`.
    pub symbol: Option<String>,
    /// First instant.
    pub from: Option<Timestamp>,
    /// First instant after.
    pub to: Option<Timestamp>,
    /// Most points of each plot; all when `None`.
    pub limit: Option<usize>,
}

/// Drawings of one instrument in a span of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrawingsReport {
    /// Instrument.
    pub symbol: String,
    /// Plots with a point in the span, sleeve by sleeve, in the order in which they were begun.
    pub plots: Vec<PlotReport>,
    /// Zones that overlap the span, with the place of their sleeve in the request, from 0.
    pub zones: Vec<(u32, Zone)>,
    /// Labels within the span, with the place of their sleeve.
    pub labels: Vec<(u32, Label)>,
    /// Points, zones, labels and log lines of the whole run that were left out because there was no
    /// more room.
    pub dropped: u64,
}

/// A plot as columns of equal length.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotReport {
    /// Place of its sleeve in the request, from 0.
    pub sleeve: u32,
    /// Id of the strategy.
    pub strategy: String,
    /// Its name.
    pub name: String,
    /// Where it is drawn.
    pub pane: Pane,
    /// Closes of candles, ms since the epoch, ascending.
    pub time: Vec<i64>,
    /// Values, finite.
    pub value: Vec<f64>,
    /// Points within the span before thinning.
    pub total_points: usize,
}

impl PlotReport {
    /// Whether points were left out; lows and highs never are.
    #[must_use]
    pub const fn is_thinned(&self) -> bool {
        self.time.len() < self.total_points
    }
}

/// A span of time, its end excluded.
#[derive(Clone, Copy)]
struct Span {
    from: i64,
    to: i64,
}

impl Span {
    fn of(query: &DrawingsQuery) -> Self {
        Self {
            from: query.from.map_or(i64::MIN, Timestamp::millis),
            to: query.to.map_or(i64::MAX, Timestamp::millis),
        }
    }

    const fn holds(self, time: i64) -> bool {
        self.from <= time && time < self.to
    }

    fn overlaps(self, zone: &Zone) -> bool {
        let until = zone.until.map_or(i64::MAX, Timestamp::millis);
        zone.from.millis() < self.to && self.from < until
    }
}

impl DrawingsReport {
    /// What the sleeves of `symbol` have drawn. What is not a finite number is left out: no chart has a
    /// place for it.
    pub(crate) fn of(outputs: Vec<SleeveOutput>, symbol: &str, query: &DrawingsQuery) -> Self {
        let span = Span::of(query);
        let mut report = Self { symbol: symbol.to_owned(), ..Self::default() };
        for (sleeve, SleeveOutput { symbol: own, strategy, output }) in (0..).zip(outputs) {
            if own != symbol {
                continue;
            }
            report.dropped += output.dropped;
            let Drawings { plots, zones, labels } = output.drawings;
            let plots = plots.iter().filter_map(|plot| part(plot, span, query.limit));
            report.plots.extend(plots.map(|plot| PlotReport {
                sleeve,
                strategy: strategy.clone(),
                ..plot
            }));
            let is_shown = |zone: &Zone| {
                zone.top.is_finite() && zone.bottom.is_finite() && span.overlaps(zone)
            };
            let zones = zones.into_iter().filter(is_shown);
            report.zones.extend(zones.map(|zone| (sleeve, zone)));
            let is_shown =
                |label: &Label| label.price.is_finite() && span.holds(label.time.millis());
            let labels = labels.into_iter().filter(is_shown);
            report.labels.extend(labels.map(|label| (sleeve, label)));
        }
        report
    }
}

/// The points of a plot within a span, at most `limit`; `None` without any.
fn part(plot: &Plot, span: Span, limit: Option<usize>) -> Option<PlotReport> {
    let is_shown = |(time, value): &(i64, f64)| span.holds(*time) && value.is_finite();
    let (time, value): (Vec<i64>, Vec<f64>) = plot.points.iter().copied().filter(is_shown).unzip();
    if time.is_empty() {
        return None;
    }
    let rows = thinned_rows(&value, limit.unwrap_or(value.len()));
    Some(PlotReport {
        sleeve: 0,
        strategy: String::new(),
        name: plot.name.clone(),
        pane: plot.pane,
        time: rows.iter().map(|row| time[*row]).collect(),
        value: rows.iter().map(|row| value[*row]).collect(),
        total_points: value.len(),
    })
}

#[cfg(test)]
mod tests {
    use strategy::{Output, Tone};

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn zone(from: i64, until: Option<i64>) -> Zone {
        let text = format!("{from}");
        let (known_at, until) = (at(from + 1), until.map(at));
        Zone { from: at(from), known_at, until, top: 2.0, bottom: 1.0, tone: Tone::Neutral, text }
    }

    fn sleeve(symbol: &str, output: Output) -> SleeveOutput {
        SleeveOutput { symbol: symbol.to_owned(), strategy: "DRAWS".to_owned(), output }
    }

    fn query(from: i64, to: i64) -> DrawingsQuery {
        let (from, to) = (Some(at(from)), Some(at(to)));
        DrawingsQuery { from, to, limit: Some(100), ..DrawingsQuery::default() }
    }

    #[test]
    fn only_zones_that_overlap_are_read() {
        let check = |zone_of: (i64, Option<i64>), (from, to): (i64, i64), expected: bool| {
            let mut output = Output::default();
            output.zone(zone(zone_of.0, zone_of.1));
            let outputs = vec![sleeve("A", output)];
            let report = DrawingsReport::of(outputs, "A", &query(from, to));
            assert_eq!(report.zones.len(), usize::from(expected), "{zone_of:?} in {from} to {to}");
        };
        check((10, Some(20)), (0, 10), false);
        check((10, Some(20)), (0, 11), true);
        check((10, Some(20)), (19, 30), true);
        check((10, Some(20)), (20, 30), false);
        check((10, Some(20)), (12, 13), true);
        check((10, None), (1_000, 2_000), true);
        check((10, None), (0, 10), false);
    }

    #[test]
    fn plots_are_cut_to_the_span_and_thinned_without_losing_extremes() {
        let mut output = Output::default();
        for time in 0..5_000 {
            let value = if time == 1_234 { 9.0 } else { 1.0 };
            output.plot("a", Pane::Price, (at(time), value));
        }
        output.plot("late", Pane::Own, (at(9_000), 1.0));
        output.plot("a", Pane::Price, (at(5_000), f64::NAN));
        let outputs = vec![sleeve("A", output)];
        let all = DrawingsQuery::default();
        let report = DrawingsReport::of(outputs.clone(), "A", &all);
        let lengths: Vec<(usize, bool)> =
            report.plots.iter().map(|plot| (plot.time.len(), plot.is_thinned())).collect();
        assert_eq!(lengths, [(5_000, false), (1, false)], "what is not finite is left out");
        let report = DrawingsReport::of(outputs, "A", &query(1_000, 3_000));
        let [plot] = &report.plots[..] else { panic!("one plot, was {:?}", report.plots) };
        assert_eq!((plot.total_points, plot.is_thinned()), (2_000, true));
        assert!(plot.time.len() <= 100 && plot.time.len() == plot.value.len());
        assert_eq!((plot.time[0], plot.time.last()), (1_000, Some(&2_999)));
        let top = plot.value.iter().position(|value| *value > 8.0).unwrap();
        assert_eq!(plot.time[top], 1_234);
    }

    #[test]
    fn each_drawing_names_its_sleeve_and_other_instruments_are_left_out() {
        let drawn = |price: f64| {
            let mut output = Output { dropped: 3, ..Output::default() };
            let text = "here".to_owned();
            output.label(Label { time: at(5), price, tone: Tone::Bullish, text });
            output.zone(zone(1, None));
            output.plot("a", Pane::Price, (at(5), price));
            output
        };
        let outputs =
            vec![sleeve("A", drawn(1.0)), sleeve("B", drawn(2.0)), sleeve("A", drawn(3.0))];
        let report = DrawingsReport::of(outputs, "A", &query(0, 6));
        let labels: Vec<(u32, f64)> =
            report.labels.iter().map(|(sleeve, label)| (*sleeve, label.price)).collect();
        assert_eq!(labels, [(0, 1.0), (2, 3.0)]);
        let sleeves: Vec<u32> = report.plots.iter().map(|plot| plot.sleeve).collect();
        assert_eq!((sleeves, report.zones.len(), report.dropped), (vec![0, 2], 2, 6));
    }
}
