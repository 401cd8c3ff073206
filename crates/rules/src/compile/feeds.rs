//! Indicators, their histories and market structure, planned before they are made.

use domain::Role;
use indicators::Source;
use indicators::catalogue::{self, IndicatorSpec};
use indicators::smc::{Smc, SmcSettings, Tolerance};

use super::{Compiler, Fault};
use crate::model::{IndicatorUse, SmcChoices};
use crate::program::{Feed, History, Plotted, Stream, Structure, Watch, place};

/// Candles in the range that equal levels are measured with.
const EQUAL_LENGTH: usize = 200;

/// What the candles of one timeframe are to be fed to.
#[derive(Default)]
pub(super) struct FeedPlan {
    streams: Vec<StreamPlan>,
    slots: usize,
    /// Slot and how many candles back.
    histories: Vec<(usize, usize)>,
    watches: Vec<Watch>,
    /// Whether market structure is asked for.
    has_structure: bool,
}

struct StreamPlan {
    spec: &'static IndicatorSpec,
    settings: Vec<f64>,
    source: Source,
    first_slot: usize,
}

impl FeedPlan {
    /// The first slot of an indicator's readings.
    fn stream(
        &mut self,
        spec: &'static IndicatorSpec,
        settings: Vec<f64>,
        source: Source,
    ) -> usize {
        let is_same = |it: &&StreamPlan| {
            it.spec.id == spec.id && it.settings == settings && it.source == source
        };
        if let Some(stream) = self.streams.iter().find(is_same) {
            return stream.first_slot;
        }
        let first_slot = self.slots;
        self.slots += spec.outputs.len();
        self.streams.push(StreamPlan { spec, settings, source, first_slot });
        first_slot
    }

    /// The history of a slot, as long as anyone needs it.
    pub(super) fn history(&mut self, slot: usize, back: usize) -> usize {
        match self.histories.iter_mut().enumerate().find(|(_, (other, _))| *other == slot) {
            Some((place, (_, longest))) => {
                *longest = back.max(*longest);
                place
            }
            None => {
                self.histories.push((slot, back));
                self.histories.len() - 1
            }
        }
    }

    pub(super) fn watch(&mut self, watch: Watch) -> usize {
        self.has_structure = true;
        self.watches.push(watch);
        self.watches.len() - 1
    }

    pub(super) fn needs_structure(&mut self) {
        self.has_structure = true;
    }

    /// Makes what was planned.
    pub(super) fn feed(self, settings: SmcSettings, path: &str) -> Result<Feed, Fault> {
        let streams: Result<Vec<_>, Fault> = self.streams.iter().map(StreamPlan::make).collect();
        let histories = self.histories.iter().map(|(slot, back)| History::new(*slot, *back));
        // Also where nothing asks for it yet: settings that make no sense are told at once.
        Smc::new(domain::Timeframe::M1, settings.clone()).map_err(|error| Fault {
            path: path.to_owned(),
            expected: "settings that fit each other".to_owned(),
            was: error.to_string(),
        })?;
        let structure = self.has_structure.then(|| Structure::new(settings, self.watches));
        Ok(Feed::new(streams?, histories.collect(), structure))
    }
}

impl StreamPlan {
    fn make(&self) -> Result<Stream, Fault> {
        let indicator = self.spec.make(&self.settings, self.source).map_err(|error| Fault {
            path: "indicators".to_owned(),
            expected: format!("settings that fit {}", self.spec.id),
            was: error.to_string(),
        })?;
        Ok(Stream { indicator, first_slot: self.first_slot, slots: self.spec.outputs.len() })
    }
}

impl Compiler<'_> {
    pub(super) fn feed(&mut self, role: Role) -> &mut FeedPlan {
        &mut self.feeds[place(role)]
    }

    /// The first slot of an indicator of the file.
    pub(super) fn named(&mut self, named: &IndicatorUse, spec: &'static IndicatorSpec) -> usize {
        let setting = |name: &str, default| {
            named.settings.0.get(name).map_or(default, |amount| self.number(amount))
        };
        let settings = spec.parameters.iter().map(|it| setting(it.name, it.default)).collect();
        self.feed(named.role).stream(spec, settings, named.source.unwrap_or_default())
    }

    /// The slot of an indicator of the catalogue with one line and a length.
    pub(super) fn of_length(
        &mut self,
        id: &str,
        (role, source): (Role, Source),
        length: usize,
    ) -> usize {
        let spec = catalogue::find(id).expect("atr, highest and lowest are in the catalogue");
        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
        let settings = vec![length as f64];
        self.feed(role).stream(spec, settings, source)
    }

    /// The lines that are drawn.
    pub(super) fn plots(&mut self) -> Vec<Plotted> {
        let mut plots = Vec::new();
        for named in self.rules.indicators.iter().filter(|named| named.plot) {
            let Some(spec) = catalogue::find(named.indicator.as_str()) else { continue };
            let first_slot = self.named(named, spec);
            for (slot, output) in (first_slot..).zip(spec.outputs) {
                let name = match spec.outputs.len() {
                    1 => named.name.as_str().to_owned(),
                    _ => format!("{}.{}", named.name.as_str(), output.name),
                };
                let pane = match output.pane {
                    catalogue::Pane::Price => strategy::Pane::Price,
                    catalogue::Pane::Own => strategy::Pane::Own,
                };
                plots.push(Plotted { name, pane, feed: place(named.role), slot });
            }
        }
        plots
    }

    /// How market structure is read.
    pub(super) fn smc_settings(&self, choices: &SmcChoices) -> SmcSettings {
        let zones_kept = self.count(&choices.zones_kept.0);
        SmcSettings {
            internal_length: self.count(&choices.internal_length.0),
            swing_length: self.count(&choices.swing_length.0),
            break_by: choices.break_by,
            block_rule: choices.block_rule,
            block_body: choices.block_body,
            mitigation: choices.mitigation,
            gap_rule: choices.gap_rule,
            tolerance: Tolerance::Atr {
                ratio: self.number(&choices.equal_within.0),
                length: EQUAL_LENGTH,
            },
            close_back: u32::try_from(self.count(&choices.close_back.0)).unwrap_or_default(),
            displacement_ratio: self.number(&choices.displacement.0),
            zones_max: zones_kept,
            ..SmcSettings::default()
        }
    }
}
