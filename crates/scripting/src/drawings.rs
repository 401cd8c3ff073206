//! `plot`, `zone`, `label` and `log`: what a script shows beside its wishes.

use domain::Timestamp;
use mlua::{Lua, MultiValue, Value};
use strategy::{Label, Output, Pane, Tone, Zone};

use crate::arguments::{self, Fields, clipped, shown};
use crate::host::State;
use crate::limits::{PLOTS_MAX, SHOWN_MAX, TEXT_MAX};

/// Fields of `zone`.
pub(crate) const ZONE: [&str; 5] = ["from", "top", "bottom", "tone", "text"];
/// Fields of `label`.
pub(crate) const LABEL: [&str; 3] = ["price", "text", "tone"];
const TONES: [(&str, Tone); 3] =
    [("neutral", Tone::Neutral), ("bullish", Tone::Bullish), ("bearish", Tone::Bearish)];
const PANES: [(&str, Pane); 2] = [("price", Pane::Price), ("own", Pane::Own)];

/// What has been shown.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    output: Output,
    /// Whether nobody will ask for it.
    pub(crate) is_omitted: bool,
    /// Shown at this candle.
    now: usize,
    /// How often the output has been taken away: zones of before have other numbers.
    taken: u32,
    plots: Vec<String>,
}

impl Shown {
    /// Begins a candle.
    #[inline]
    pub(crate) const fn begin(&mut self) {
        self.now = 0;
    }

    /// Takes away what has been shown so far.
    pub(crate) fn take(&mut self) -> Output {
        self.taken += 1;
        std::mem::take(&mut self.output)
    }

    /// Counts one more; nothing to show if nobody asks.
    fn count(&mut self, call: &str) -> Result<bool, String> {
        self.now += 1;
        if self.now > SHOWN_MAX {
            return Err(format!(
                "{call}: more than {SHOWN_MAX} points, zones, labels and lines at one candle"
            ));
        }
        Ok(!self.is_omitted)
    }
}

/// `plot(name, value, options?)`: nil and nan leave a gap.
pub(crate) fn plot(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<(), String> {
    let mut arguments = arguments.iter();
    let Some(Value::String(name)) = arguments.next() else {
        return Err("plot: expected a name first, as in plot(\"fast\", fast[0])".to_owned());
    };
    let name = clipped(&name.to_string_lossy(), TEXT_MAX);
    let value = arguments.next().unwrap_or(&Value::Nil);
    let pane = match arguments.next() {
        None | Some(Value::Nil) => Pane::Price,
        Some(Value::Table(options)) => {
            Fields::of("plot", options, &["pane"])?.choice("pane", &PANES)?.unwrap_or_default()
        }
        Some(other) => {
            return Err(format!(
                "plot: expected options such as {{ pane = \"own\" }}, was {}",
                shown(other)
            ));
        }
    };
    let shows = state.shown.count("plot")?;
    let value = match arguments::number(value) {
        Some(value) if value.is_nan() => return Ok(()),
        Some(value) if value.is_finite() => value,
        None if value.is_nil() => return Ok(()),
        Some(_) | None => return Err(format!("plot: expected a number, was {}", shown(value))),
    };
    // Also where nobody looks: a script must not be able to tell.
    know_plot(&mut state.shown.plots, &name)?;
    if shows {
        state.shown.output.plot(&name, pane, (state.moment.now, value));
    }
    Ok(())
}

fn know_plot(known: &mut Vec<String>, name: &str) -> Result<(), String> {
    if known.iter().any(|it| it == name) {
        return Ok(());
    }
    if known.len() >= PLOTS_MAX {
        return Err(format!("plot: more than {PLOTS_MAX} different names"));
    }
    known.push(name.to_owned());
    Ok(())
}

/// `zone { ... }`: the number by which it is ended.
pub(crate) fn zone(
    _: &Lua,
    state: &mut State,
    arguments: &MultiValue,
) -> Result<Option<u64>, String> {
    let fields = Fields::passed("zone", arguments, &ZONE);
    let from = fields.number("from")?.map_or(state.moment.open_time, at);
    let (top, bottom) = (required(&fields, "top")?, required(&fields, "bottom")?);
    if top < bottom {
        return Err(fields.wrong("top", "a price not below bottom"));
    }
    let tone = fields.choice("tone", &TONES)?.unwrap_or_default();
    let text = clipped(&fields.text("text")?.unwrap_or_default(), TEXT_MAX);
    if !state.shown.count("zone")? {
        return Ok(None);
    }
    let known_at = state.moment.now;
    let zone = Zone { from: from.min(known_at), known_at, until: None, top, bottom, tone, text };
    let shown = &mut state.shown;
    Ok(shown.output.zone(zone).map(|number| (u64::from(shown.taken) << 32) | number as u64))
}

/// `zone:close()`.
pub(crate) fn end_zone(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<(), String> {
    let number = arguments.front().and_then(arguments::number);
    let Some(number) = number.map(as_number) else { return Ok(()) };
    if number >> 32 == u64::from(state.shown.taken) {
        let number = usize::try_from(number & u64::from(u32::MAX)).unwrap_or(usize::MAX);
        state.shown.output.end_zone(number, state.moment.now);
    }
    Ok(())
}

/// `label { ... }`
pub(crate) fn label(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<(), String> {
    let fields = Fields::passed("label", arguments, &LABEL);
    let price = fields.number("price")?.unwrap_or(state.moment.close);
    let tone = fields.choice("tone", &TONES)?.unwrap_or_default();
    let text = clipped(&fields.required_text("text")?, TEXT_MAX);
    if state.shown.count("label")? {
        state.shown.output.label(Label { time: state.moment.now, price, tone, text });
    }
    Ok(())
}

/// `log(...)`, its words already put together.
pub(crate) fn log(_: &Lua, state: &mut State, arguments: &MultiValue) -> Result<(), String> {
    let text = arguments.front().and_then(Value::as_string).map(|text| text.to_string_lossy());
    if state.shown.count("log")? {
        let text = clipped(&text.unwrap_or_default(), TEXT_MAX);
        state.shown.output.log(state.moment.now, text);
    }
    Ok(())
}

fn required(fields: &Fields<'_>, name: &str) -> Result<f64, String> {
    fields.number(name)?.ok_or_else(|| fields.wrong(name, "a number"))
}

#[expect(clippy::cast_possible_truncation, reason = "as saturates; times are far below 2^53")]
fn at(millis: f64) -> Timestamp {
    Timestamp::from_millis(millis as i64)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number that was given out"
)]
const fn as_number(number: f64) -> u64 {
    number as u64
}
