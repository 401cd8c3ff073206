//! `stb smc`.

use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

use api::dto::smc::{SmcEvent, SmcEvents};
use api::dto::smc_study::{self, SmcStudy, StudySpread, StudyTarget};
use desk::Purpose;
use desk::backtests::MarketChoice;
use desk::smc::{self, Looked, SmcSettings, StudyQuestion};
use domain::{Symbol, Timeframe, Timestamp};

use crate::arguments::Smc;
use crate::failure::Failure;
use crate::output::{Output, counted, table};
use crate::workplace::{log, open};

/// Prints what became known over the candles.
pub(crate) fn run(data_dir: Option<&Path>, smc: &Smc, output: &Output) -> Result<(), Failure> {
    log("warn");
    let symbol: Symbol = parsed("--symbol", &smc.symbol)?;
    let timeframe: Timeframe = parsed("--timeframe", &smc.timeframe)?;
    let market: MarketChoice = parsed("--market", &smc.market)?;
    let time = |name, text: &Option<String>| {
        text.as_deref().map(|text| parsed::<Timestamp>(name, text)).transpose()
    };
    let (from, to) = (time("--from", &smc.from)?, time("--to", &smc.to)?);
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        return Err(Failure::usage(format!(
            "--to: expected a time after --from ({from}), was {to}"
        )));
    }
    let mut settings = SmcSettings::default();
    settings.internal_length = smc.internal_length.unwrap_or(settings.internal_length);
    settings.swing_length = smc.swing_length.unwrap_or(settings.swing_length);
    let candles = match &smc.csv {
        Some(file) => smc::of_file(file, (&symbol, Some(timeframe))),
        None => {
            let desk = open(data_dir, Purpose::Command("smc"))?;
            smc::stored(desk.data(), (&symbol, timeframe), (market, to))
        }
    };
    let failed = |error| Failure::of(error, flag);
    let candles = candles.map_err(failed)?;
    if let Some(zone) = &smc.study {
        return study(&candles, &question(smc, zone)?, &settings, output);
    }
    let report = candles.events(&settings, (from, to), usize::MAX).map_err(failed)?;
    let events = SmcEvents::of(&report, &settings);
    if output.is_json() { output.json(&events) } else { output.text(&lines(&events)) }
}

/// What is asked about touched zones.
fn question(smc: &Smc, zone: &str) -> Result<StudyQuestion, Failure> {
    if smc.touch == 0 || smc.horizon == 0 {
        return Err(Failure::usage("--touch and --horizon: expected at least 1, was 0"));
    }
    if zone == "fair_value_gap" && smc.scope != "both" {
        return Err(Failure::usage("--scope: gaps belong to no structure; leave it out"));
    }
    Ok(StudyQuestion {
        kind: parsed::<smc_study::Zones>("--study", zone)?.kind(),
        direction: parsed::<smc_study::Directions>("--direction", &smc.direction)?.direction(),
        scope: parsed::<smc_study::Scopes>("--scope", &smc.scope)?.scope(),
        touch: smc.touch,
        targets: parsed::<smc_study::Targets>("--targets", &smc.targets)?.0,
        stop: parsed::<smc_study::Stops>("--stop", &smc.stop)?.rule(),
        horizon: smc.horizon,
    })
}

fn study(
    candles: &Looked,
    question: &StudyQuestion,
    settings: &SmcSettings,
    output: &Output,
) -> Result<(), Failure> {
    let report = candles.study(question, settings).map_err(|error| Failure::of(error, flag))?;
    let study = SmcStudy::of(&report, question);
    if output.is_json() { output.json(&study) } else { output.text(&figures(&study)) }
}

fn figures(study: &SmcStudy) -> String {
    let count = |number: u64| number.to_string();
    let row = |it: &StudyTarget| {
        let rate =
            it.hit_rate.map_or_else(|| "-".to_owned(), |rate| format!("{:.1} %", 100.0 * rate));
        let counts = [it.hits, it.losses, it.ambiguous, it.unresolved, it.cut].map(count);
        [vec![it.target.to_string(), rate], counts.to_vec()].concat()
    };
    let rows: Vec<Vec<String>> = study.targets.iter().map(row).collect();
    let head =
        ["target", "hit rate", "hits", "losses", "of them ambiguous", "unresolved", "cut off"];
    let spread = |name: &str, spread: &Option<StudySpread>| {
        spread.as_ref().map_or_else(String::new, |it| {
            format!(
                "\n{name}: mean {:.2}, median {:.2}, 90 % within {:.2}, most {:.2} heights; mean {:.3} % of the price",
                it.mean, it.median, it.ninth_decile, it.most, 100.0 * it.mean_fraction
            )
        })
    };
    format!(
        "touch {} of {} {} zones on {} {}: {} of {} zones, {} candles\n{}{}{}",
        study.touch,
        study.direction.unwrap_or("all"),
        study.zone,
        study.symbol,
        study.timeframe,
        study.samples,
        study.zones,
        study.candles,
        table(&head, &rows),
        spread("adverse excursion", &study.adverse),
        spread("favourable excursion", &study.favourable),
    )
}

fn parsed<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error: T::Err| Failure::usage(format!("{name}: {error}")))
}

fn flag(path: &[String]) -> String {
    path.first().map_or_else(|| "smc".to_owned(), |name| format!("--{}", name.replace('_', "-")))
}

fn lines(events: &SmcEvents) -> String {
    let rows: Vec<Vec<String>> = events.events.iter().map(row).collect();
    let head = ["known at", "fact", "structure", "direction", "what", "price", "of candle"];
    let count = counted(events.total, "fact");
    let candles = counted(events.candles, "candle");
    format!(
        "{}\n{count} over {candles} of {} {}",
        table(&head, &rows),
        events.symbol,
        events.timeframe
    )
}

fn row(event: &SmcEvent) -> Vec<String> {
    let price = event.level.map(|level| level.to_string());
    let zone = event.zone.as_ref().map(|zone| format!("{} to {}", zone.bottom, zone.top));
    let range = event.low.zip(event.high).map(|(low, high)| format!("{low} to {high}"));
    let what = event.zone.as_ref().map(|zone| format!("{} {}", zone.kind, zone.id));
    let text = |word: Option<&str>| word.unwrap_or_default().to_owned();
    vec![
        event.known_at.clone(),
        event.kind.to_owned(),
        text(event.scope),
        text(event.direction.or(event.side)),
        what.or_else(|| event.detail.clone()).unwrap_or_default(),
        price.or(zone).or(range).unwrap_or_default(),
        event.formed_at.clone(),
    ]
}
