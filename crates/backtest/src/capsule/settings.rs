//! Everything that was chosen for a run, as texts by path.
//!
//! Rates are fractions, durations milliseconds, amounts exact decimals without trailing zeros.
//! Whatever is off is absent, so that a rule that is added later changes no capsule that lacks it.

use std::collections::BTreeMap;

use domain::{Decimal, Instrument, InstrumentRules, LotRules, Timestamp};
use margin::{Bracket, BracketHistory};
use risk::{BreachAction, GuardScope, LowProfit, RiskRules, StopCluster};
use simulator::{Costs, Latency, Listing, Slippage, VenueSettings};
use strategy::{ParameterValue, Parameters};

use super::history::changes;
use crate::{RunData, RunSpec, SleeveSpec};

/// The settings of a run. Strategies by name are not among them, as they have a version too.
pub(super) fn of(spec: &RunSpec, data: &RunData) -> BTreeMap<String, String> {
    let RunSpec { initial_balance, venue, rules, sleeves } = spec;
    let mut paths = Paths::default();
    paths.put("initial_balance", initial_balance);
    paths.below("venue", |paths| write_venue(venue, paths));
    paths.below("rules", |paths| write_rules(rules, paths));
    for (place, sleeve) in sleeves.iter().enumerate() {
        let SleeveSpec { strategy: _, parameters, instrument } = sleeve;
        paths.below(&format!("sleeves.{place}"), |paths| {
            paths.put("instrument", instrument.number());
            paths.below("parameters", |paths| write_parameters(parameters, paths));
        });
    }
    for (place, instrument) in data.instruments.iter().enumerate() {
        let name = format!("instruments.{place}");
        paths.below(&name, |paths| write_listing(&instrument.listing, paths));
    }
    paths.written
}

/// The exchange filters and leverage brackets of the instrument with this number alone, by the same paths as of a run.
pub(super) fn venue_rules(number: usize, listing: &Listing) -> BTreeMap<String, String> {
    let mut paths = Paths::default();
    paths.below(&format!("instruments.{number}"), |paths| {
        write_filters(&listing.instrument, paths);
        write_brackets(&listing.brackets, paths);
    });
    paths.written
}

/// Settings that have been written, and where the next ones go.
#[derive(Default)]
struct Paths {
    written: BTreeMap<String, String>,
    prefix: String,
}

impl Paths {
    fn put(&mut self, name: &str, value: impl ToString) {
        self.written.insert(format!("{}{name}", self.prefix), value.to_string());
    }

    fn put_some(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    fn below(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        let length = self.prefix.len();
        self.prefix.push_str(name);
        self.prefix.push('.');
        write(self);
        self.prefix.truncate(length);
    }
}

fn plain(decimal: Decimal) -> String {
    decimal.normalize().to_string()
}

fn write_venue(venue: &VenueSettings, paths: &mut Paths) {
    let VenueSettings {
        position_mode,
        fill_time,
        intrabar,
        limit_fill,
        costs: Costs { maker, taker, slippage },
        latency: Latency { orders_ms, reports_ms, jitter_ms },
        participation_max,
        seed,
    } = venue;
    paths.put("position_mode", position_mode.name());
    paths.put("fill_time", fill_time.name());
    paths.put("intrabar", intrabar.name());
    paths.put("limit_fill", limit_fill.name());
    paths.put("costs.maker", maker);
    paths.put("costs.taker", taker);
    paths.below("costs.slippage", |paths| match slippage {
        Slippage::None => {}
        Slippage::Fixed(rate) => paths.put("fixed", rate),
        Slippage::VolumeShare { spread, impact } => {
            paths.put("spread", spread);
            paths.put("impact", impact);
        }
    });
    paths.put("latency.orders_ms", orders_ms);
    paths.put("latency.reports_ms", reports_ms);
    paths.put("latency.jitter_ms", jitter_ms);
    paths.put_some("participation_max", *participation_max);
    paths.put("seed", seed);
}

fn write_rules(rules: &RiskRules, paths: &mut Paths) {
    let RiskRules {
        commission,
        slippage,
        confidence_min,
        reward_to_risk_min,
        risk_per_trade,
        positions_max,
        entries_max,
        exposure_instrument_max,
        exposure_account_max,
        order_notional_max,
        price_distance_max,
        price_age_max_ms,
        loss_daily_max,
        drawdown_max,
        stop_cluster,
        cool_down_ms,
        low_profit,
        liquidation_buffer,
        on_breach,
    } = *rules;
    paths.put("commission", commission);
    paths.put("slippage", slippage);
    paths.put_some("confidence_min", confidence_min.map(domain::Confidence::value));
    paths.put_some("reward_to_risk_min", reward_to_risk_min.map(plain));
    paths.put_some("risk_per_trade", risk_per_trade);
    paths.put_some("positions_max", positions_max);
    paths.put_some("entries_max", entries_max);
    paths.put_some("exposure_instrument_max", exposure_instrument_max);
    paths.put_some("exposure_account_max", exposure_account_max);
    paths.put_some("order_notional_max", order_notional_max);
    paths.put_some("price_distance_max", price_distance_max);
    paths.put_some("price_age_max_ms", price_age_max_ms);
    paths.put_some("loss_daily_max", loss_daily_max);
    paths.put_some("drawdown_max", drawdown_max);
    if let Some(cluster) = stop_cluster {
        paths.below("stop_cluster", |paths| write_stop_cluster(&cluster, paths));
    }
    paths.put_some("cool_down_ms", cool_down_ms);
    if let Some(LowProfit { trades, within_ms, return_min, lock_ms }) = low_profit {
        paths.put("low_profit.trades", trades);
        paths.put("low_profit.within_ms", within_ms);
        paths.put("low_profit.return_min", return_min);
        paths.put("low_profit.lock_ms", lock_ms);
    }
    paths.put_some("liquidation_buffer", liquidation_buffer);
    let on_breach = match on_breach {
        BreachAction::Block => "block",
        BreachAction::Flatten => "flatten",
    };
    paths.put("on_breach", on_breach);
}

fn write_stop_cluster(cluster: &StopCluster, paths: &mut Paths) {
    let StopCluster { stops, within_ms, lock_ms, scope } = cluster;
    paths.put("stops", stops);
    paths.put("within_ms", within_ms);
    paths.put("lock_ms", lock_ms);
    let scope = match scope {
        GuardScope::Instrument => "instrument",
        GuardScope::Account => "account",
    };
    paths.put("scope", scope);
}

fn write_parameters(parameters: &Parameters, paths: &mut Paths) {
    for (name, value) in parameters.iter() {
        match value {
            ParameterValue::Integer(value) => paths.put(name, value),
            ParameterValue::Decimal(value) => paths.put(name, plain(*value)),
            ParameterValue::Boolean(value) => paths.put(name, value),
            ParameterValue::Text(value) => paths.put(name, value),
        }
    }
}

fn write_listing(listing: &Listing, paths: &mut Paths) {
    let Listing { instrument, leverage, margin_mode, brackets } = listing;
    paths.put("symbol", &instrument.symbol);
    paths.put("price_decimals", instrument.scale.decimals());
    paths.put("leverage", plain(leverage.decimal()));
    paths.put("margin_mode", margin_mode.name());
    write_filters(instrument, paths);
    write_brackets(brackets, paths);
}

fn since(time: Timestamp) -> String {
    if time.millis() == i64::MIN { "always".to_owned() } else { time.to_string() }
}

fn write_filters(instrument: &Instrument, paths: &mut Paths) {
    for (place, time) in changes(|time| instrument.rules(time)).into_iter().enumerate() {
        let InstrumentRules {
            tick,
            price_min,
            price_max,
            lot: LotRules { min, max, step },
            market_quantity_max,
            notional_min,
            band_up,
            band_down,
            market_bound,
            liquidation_fee,
        } = *instrument.rules(time);
        paths.below(&format!("filters.{place}"), |paths| {
            paths.put("since", since(time));
            paths.put_some("tick", tick);
            paths.put_some("price_min", price_min);
            paths.put_some("price_max", price_max);
            paths.put("quantity_min", min);
            paths.put("quantity_max", max);
            paths.put("quantity_step", step);
            paths.put_some("market_quantity_max", market_quantity_max);
            paths.put("notional_min", notional_min);
            paths.put_some("band_up", band_up);
            paths.put_some("band_down", band_down);
            paths.put_some("market_bound", market_bound);
            paths.put("liquidation_fee", liquidation_fee);
        });
    }
}

fn write_brackets(history: &BracketHistory, paths: &mut Paths) {
    for (place, time) in changes(|time| history.at(time)).into_iter().enumerate() {
        paths.put(&format!("brackets.{place}.since"), since(time));
        for (step, bracket) in history.at(time).brackets().iter().enumerate() {
            let name = format!("brackets.{place}.{step}");
            paths.below(&name, |paths| write_bracket(bracket, paths));
        }
    }
}

/// Floor and maintenance amount follow from the brackets below.
fn write_bracket(bracket: &Bracket, paths: &mut Paths) {
    paths.put("cap", bracket.cap());
    paths.put("maintenance_rate", bracket.maintenance_rate());
    paths.put("leverage_max", plain(bracket.leverage_max().decimal()));
}
