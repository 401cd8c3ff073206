//! What strategies drew and wrote: for each sleeve a table of plots, one of their points, one of zones,
//! one of labels, one of log lines.

use domain::Timestamp;
use strategy::{Drawings, Label, LogLine, Output, Pane, Plot, Tone, Zone};

use super::columns::{ColumnReader, ColumnWriter};
use super::{SleeveNames, unreadable};
use crate::backtests::outcome::SleeveOutput;
use crate::error::DeskError;

const FORMAT: u8 = 1;
const WHAT: &str = "drawings and log";

/// Packs what the strategies of the sleeves have shown; `None` when that is nothing.
pub(crate) fn pack_output(
    outputs: &[Output],
    sleeves: &SleeveNames,
) -> Result<Option<Vec<u8>>, DeskError> {
    if outputs.iter().all(Output::is_empty) {
        return Ok(None);
    }
    let mut writer = ColumnWriter::new(FORMAT, outputs.len(), WHAT)?;
    writer.json(&sleeves)?;
    writer.integers(outputs.iter().map(|one| i64::try_from(one.dropped).unwrap_or(i64::MAX)))?;
    for Output { drawings, log, dropped: _ } in outputs {
        pack_plots(&mut writer, &drawings.plots)?;
        pack_zones(&mut writer, &drawings.zones)?;
        pack_labels(&mut writer, &drawings.labels)?;
        pack_log(&mut writer, log)?;
    }
    Ok(Some(writer.finish()))
}

fn pack_plots(writer: &mut ColumnWriter, plots: &[Plot]) -> Result<(), DeskError> {
    writer.table(plots.len())?;
    texts(writer, plots.iter().map(|plot| &*plot.name))?;
    writer.words(plots.iter().map(|plot| pane_word(plot.pane)))?;
    let length = |plot: &Plot| i64::try_from(plot.points.len()).unwrap_or(i64::MAX);
    writer.integers(plots.iter().map(length))?;
    let points = || plots.iter().flat_map(|plot| &plot.points);
    writer.table(points().count())?;
    writer.integers(points().map(|(time, _)| *time))?;
    writer.floats(points().map(|(_, value)| *value))
}

fn pack_zones(writer: &mut ColumnWriter, zones: &[Zone]) -> Result<(), DeskError> {
    writer.table(zones.len())?;
    writer.integers(zones.iter().map(|zone| zone.from.millis()))?;
    writer.integers(zones.iter().map(|zone| zone.known_at.millis()))?;
    writer.flags(zones.iter().map(|zone| zone.until.is_some()))?;
    writer.integers(zones.iter().map(|zone| zone.until.unwrap_or(zone.known_at).millis()))?;
    writer.floats(zones.iter().map(|zone| zone.top))?;
    writer.floats(zones.iter().map(|zone| zone.bottom))?;
    writer.words(zones.iter().map(|zone| tone_word(zone.tone)))?;
    texts(writer, zones.iter().map(|zone| &*zone.text))
}

fn pack_labels(writer: &mut ColumnWriter, labels: &[Label]) -> Result<(), DeskError> {
    writer.table(labels.len())?;
    writer.integers(labels.iter().map(|label| label.time.millis()))?;
    writer.floats(labels.iter().map(|label| label.price))?;
    writer.words(labels.iter().map(|label| tone_word(label.tone)))?;
    texts(writer, labels.iter().map(|label| &*label.text))
}

fn pack_log(writer: &mut ColumnWriter, log: &[LogLine]) -> Result<(), DeskError> {
    writer.table(log.len())?;
    writer.integers(log.iter().map(|line| line.time.millis()))?;
    texts(writer, log.iter().map(|line| &*line.text))
}

/// Texts that may all differ: a dictionary would have to be searched through for each.
fn texts<'a>(
    writer: &mut ColumnWriter,
    texts: impl Iterator<Item = &'a str>,
) -> Result<(), DeskError> {
    writer.json(&texts.collect::<Vec<_>>())
}

/// Unpacks what the strategies of the sleeves have shown, one entry a sleeve.
pub(crate) fn unpack_output(blob: &[u8]) -> Result<Vec<SleeveOutput>, DeskError> {
    let packed = match blob.split_first() {
        Some((&FORMAT, packed)) => packed,
        Some((found, _)) => {
            return Err(unreadable(WHAT, &format!("expected format {FORMAT}, was {found}")));
        }
        None => return Err(unreadable(WHAT, &"empty")),
    };
    let mut reader = ColumnReader::new(packed, WHAT)?;
    let sleeves: Vec<(String, String)> = reader.json()?;
    let dropped = reader.integers()?;
    if sleeves.len() != dropped.len() {
        let detail = format!("expected {} sleeves, was {}", sleeves.len(), dropped.len());
        return Err(unreadable(WHAT, &detail));
    }
    let sleeve = |((symbol, strategy), dropped): ((String, String), i64)| {
        let plots = unpack_plots(&mut reader)?;
        let (zones, labels) = (unpack_zones(&mut reader)?, unpack_labels(&mut reader)?);
        let drawings = Drawings { plots, zones, labels };
        let log = unpack_log(&mut reader)?;
        let output = Output { drawings, log, dropped: dropped.unsigned_abs() };
        Ok(SleeveOutput { symbol, strategy, output })
    };
    sleeves.into_iter().zip(dropped).map(sleeve).collect()
}

fn unpack_plots(reader: &mut ColumnReader<'_>) -> Result<Vec<Plot>, DeskError> {
    reader.table()?;
    let names = unpack_texts(reader)?;
    let (panes, lengths) = (reader.words()?, reader.integers()?);
    reader.table()?;
    let (times, values) = (reader.integers()?, reader.floats()?);
    let mut points = times.into_iter().zip(values);
    let mut plots = Vec::with_capacity(names.len());
    for ((name, pane), length) in names.into_iter().zip(panes).zip(lengths) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let own: Vec<(i64, f64)> = points.by_ref().take(length).collect();
        if own.len() != length {
            return Err(unreadable(WHAT, &format!("expected {length} points of {name:?}")));
        }
        plots.push(Plot { name, pane: pane_of(&pane)?, points: own });
    }
    Ok(plots)
}

fn unpack_zones(reader: &mut ColumnReader<'_>) -> Result<Vec<Zone>, DeskError> {
    reader.table()?;
    let (from, known_at) = (reader.integers()?, reader.integers()?);
    let (has_ended, until) = (reader.flags()?, reader.integers()?);
    let (top, bottom) = (reader.floats()?, reader.floats()?);
    let (tones, texts) = (reader.words()?, unpack_texts(reader)?);
    let at = Timestamp::from_millis;
    let zone = |(row, (tone, text)): (usize, (String, String))| {
        Ok(Zone {
            from: at(from[row]),
            known_at: at(known_at[row]),
            until: has_ended[row].then(|| at(until[row])),
            top: top[row],
            bottom: bottom[row],
            tone: tone_of(&tone)?,
            text,
        })
    };
    tones.into_iter().zip(texts).enumerate().map(zone).collect()
}

fn unpack_labels(reader: &mut ColumnReader<'_>) -> Result<Vec<Label>, DeskError> {
    reader.table()?;
    let (times, prices) = (reader.integers()?, reader.floats()?);
    let (tones, texts) = (reader.words()?, unpack_texts(reader)?);
    let label = |(row, (tone, text)): (usize, (String, String))| {
        let time = Timestamp::from_millis(times[row]);
        Ok(Label { time, price: prices[row], tone: tone_of(&tone)?, text })
    };
    tones.into_iter().zip(texts).enumerate().map(label).collect()
}

fn unpack_log(reader: &mut ColumnReader<'_>) -> Result<Vec<LogLine>, DeskError> {
    reader.table()?;
    let (times, texts) = (reader.integers()?, unpack_texts(reader)?);
    let lines = times.into_iter().zip(texts);
    Ok(lines.map(|(time, text)| LogLine { time: Timestamp::from_millis(time), text }).collect())
}

fn unpack_texts(reader: &mut ColumnReader<'_>) -> Result<Vec<String>, DeskError> {
    let texts: Vec<String> = reader.json()?;
    if texts.len() == reader.rows() {
        return Ok(texts);
    }
    let detail = format!("expected {} texts, was {}", reader.rows(), texts.len());
    Err(unreadable(WHAT, &detail))
}

const fn pane_word(pane: Pane) -> &'static str {
    match pane {
        Pane::Price => "price",
        Pane::Own => "own",
    }
}

fn pane_of(word: &str) -> Result<Pane, DeskError> {
    let panes = [Pane::Price, Pane::Own];
    let found = panes.into_iter().find(|pane| pane_word(*pane) == word);
    found.ok_or_else(|| unreadable(WHAT, &format!("no pane {word:?}")))
}

const fn tone_word(tone: Tone) -> &'static str {
    match tone {
        Tone::Bullish => "bullish",
        Tone::Bearish => "bearish",
        Tone::Neutral => "neutral",
    }
}

fn tone_of(word: &str) -> Result<Tone, DeskError> {
    let tones = [Tone::Bullish, Tone::Bearish, Tone::Neutral];
    let found = tones.into_iter().find(|tone| tone_word(*tone) == word);
    found.ok_or_else(|| unreadable(WHAT, &format!("no tone {word:?}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn zone(from: i64, until: Option<i64>, tone: Tone) -> Zone {
        Zone {
            from: at(from),
            known_at: at(from + 60_000),
            until: until.map(at),
            top: 101.5,
            bottom: 100.25,
            tone,
            text: format!("OB {from}"),
        }
    }

    fn shown() -> Output {
        let mut output = Output { dropped: 7, ..Output::default() };
        for minute in 0..500 {
            output.plot("fast", Pane::Price, (at(minute * 60_000), 0.1 * f64::from(minute as i32)));
        }
        output.plot("strength", Pane::Own, (at(0), f64::NAN));
        output.zone(zone(0, Some(600_000), Tone::Bullish));
        output.zone(zone(60_000, None, Tone::Bearish));
        let text = "\u{2191} \"high\"".to_owned();
        output.label(Label { time: at(1), price: -0.5, tone: Tone::Neutral, text });
        output.log(at(2), "line\nwith a break");
        output
    }

    fn names(count: usize) -> Vec<(String, String)> {
        (0..count).map(|it| (format!("S{it}USDT"), "DRAWS".to_owned())).collect()
    }

    /// Equal bit by bit, NaN included.
    fn same(found: &[SleeveOutput], expected: &[Output]) -> bool {
        let found: Vec<&Output> = found.iter().map(|one| &one.output).collect();
        format!("{found:?}") == format!("{:?}", expected.iter().collect::<Vec<_>>())
    }

    #[test]
    fn what_was_shown_is_read_back() {
        let outputs = [shown(), Output::default(), shown()];
        let blob = pack_output(&outputs, &names(3)).unwrap().unwrap();
        let read = unpack_output(&blob).unwrap();
        assert!(same(&read, &outputs));
        assert_eq!((read[1].symbol.as_str(), read[1].strategy.as_str()), ("S1USDT", "DRAWS"));
        assert!(blob.len() < 8_000, "502 points and a few texts, was {}", blob.len());
    }

    #[test]
    fn nothing_shown_is_nothing_stored() {
        assert_eq!(pack_output(&[], &names(0)).unwrap(), None);
        assert_eq!(pack_output(&[Output::default(), Output::default()], &names(2)).unwrap(), None);
        let dropped = [Output { dropped: 1, ..Output::default() }];
        assert!(pack_output(&dropped, &names(1)).unwrap().is_some());
    }

    #[test]
    fn foreign_and_cut_off_bytes_are_an_error() {
        let blob = pack_output(&[shown()], &names(1)).unwrap().unwrap();
        for length in 0..blob.len() {
            assert!(unpack_output(&blob[..length]).is_err(), "{length} of {}", blob.len());
        }
        assert!(unpack_output(&[9, 1, 2]).is_err());
        assert!(
            pack_output(&[shown()], &names(2))
                .is_ok_and(|blob| { blob.is_some_and(|blob| unpack_output(&blob).is_err()) })
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn damage_is_an_error_or_other_values_and_never_a_panic(
            place in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut blob = pack_output(&[shown()], &names(1)).unwrap().unwrap();
            let place = place.index(blob.len());
            blob[place] = byte;
            // Reading it through is the test; what comes of it is not.
            let _ = unpack_output(&blob);
        }
    }
}
