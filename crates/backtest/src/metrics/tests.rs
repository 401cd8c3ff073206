//! Figures against calculations by hand and by the published libraries, and laws over random runs.

mod laws;
mod peers;

use domain::{Direction, ExitReason};

use super::samples::{MINUTE_MS, decimal, input, money, price, result, trade};
use super::*;

const ONE_HOUR: i64 = 60 * MINUTE_MS;

fn of_trades(trades: &[Trade]) -> Metrics {
    Metrics::of(&input(&[], &[], trades))
}

fn of_results(nets: &[&str]) -> Metrics {
    of_trades(&nets.iter().map(|net| result(net)).collect::<Vec<_>>())
}

fn assert_close(was: Option<f64>, expected: f64) {
    let was = was.expect("the figure is defined");
    assert!((was - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{was}, not {expected}");
}

#[test]
fn a_run_without_trades_has_no_figures_of_trades() {
    let metrics = Metrics::of(&input(&[DAY_MS], &[1000.0], &[]));
    assert_eq!((metrics.total_trades, metrics.net_profit), (0, Money::ZERO));
    assert_eq!((metrics.win_rate, metrics.profit_factor, metrics.payoff_ratio), (None, None, None));
    assert_eq!((metrics.avg_trade, metrics.best_trade, metrics.worst_trade), (None, None, None));
    assert_eq!((metrics.sqn, metrics.expectancy_ratio), (None, None));
    assert_eq!((metrics.avg_mae, metrics.median_duration_hours), (None, None));
    assert_eq!((metrics.exposure, metrics.max_drawdown), (Some(0.0), 0.0));
    assert_eq!((metrics.calmar_ratio, metrics.recovery_factor), (None, None));
    assert_eq!(metrics.long, DirectionMetrics::default());
}

#[test]
fn results_are_counted_and_averaged_exactly() {
    let metrics = of_results(&["30", "-10", "0", "12.5", "-7.5", "-2.5"]);
    assert_eq!((metrics.total_trades, metrics.winning_trades, metrics.losing_trades), (6, 2, 3));
    assert_eq!(metrics.win_rate, Some(decimal("0.333333333333")));
    assert_eq!(metrics.profit_factor, Some(decimal("2.125")));
    assert_eq!(metrics.avg_trade, Some(money("3.75")));
    assert_eq!(metrics.expectancy(), metrics.avg_trade);
    assert_eq!(metrics.avg_win, Some(money("21.25")));
    assert_eq!(metrics.avg_loss, Some(money("-6.666666666667")));
    assert_eq!(metrics.payoff_ratio, Some(decimal("3.1875")));
    assert_eq!((metrics.best_trade, metrics.worst_trade), (Some(money("30")), Some(money("-10"))));
}

#[test]
fn ratios_without_losses_are_undefined() {
    let metrics = of_results(&["30", "10"]);
    assert_eq!((metrics.profit_factor, metrics.payoff_ratio, metrics.avg_loss), (None, None, None));
    assert_eq!(of_results(&["-30"]).payoff_ratio, None);
    assert_eq!(of_results(&["-30"]).profit_factor, Some(Decimal::ZERO));
}

#[test]
fn streaks_end_with_even_trades() {
    let nets = ["1", "2", "0", "3", "-1", "-2", "-3", "0", "-4"];
    let metrics = of_results(&nets);
    assert_eq!((metrics.max_consecutive_wins, metrics.max_consecutive_losses), (2, 3));
    let mut trades: Vec<Trade> = nets.iter().map(|net| result(net)).collect();
    (1..).zip(&mut trades).for_each(|(index, trade)| trade.index = index);
    let found: Vec<_> = streaks(&trades)
        .iter()
        .map(|streak| (streak.outcome, streak.first, streak.length))
        .collect();
    let (win, loss, even) = (Outcome::Win, Outcome::Loss, Outcome::Even);
    let expected =
        [(win, 1, 2), (even, 3, 1), (win, 4, 1), (loss, 5, 3), (even, 8, 1), (loss, 9, 1)];
    assert_eq!(found, expected);
    assert!(streaks(&[]).is_empty());
}

#[test]
fn risk_multiples_need_a_stop_on_the_losing_side() {
    let with_stop = |direction, prices: [&str; 2], stop| {
        let mut trade = trade(direction, prices, [0, 1]);
        trade.stop_loss = Some(price(stop));
        trade
    };
    // Multiples 2, -1 and 0.5.
    let mut trades = vec![
        with_stop(Direction::Long, ["100", "110"], "95"),
        with_stop(Direction::Short, ["100", "104"], "104"),
        with_stop(Direction::Long, ["100", "101"], "98"),
    ];
    let metrics = of_trades(&trades);
    assert_close(metrics.expectancy_ratio, 0.5);
    // Squares of the distances 1.5, 1.5 and 0 over two: sample deviation 1.5.
    assert_close(metrics.sqn, 3f64.sqrt() * 0.5 / 1.5);
    // The fourth has no risk, so the quality number takes net profits: 20, -8, 2 and 6.
    trades.push(with_stop(Direction::Long, ["100", "103"], "101"));
    let metrics = of_trades(&trades);
    assert_close(metrics.expectancy_ratio, 0.5);
    let deviation = ((225.0 + 169.0 + 9.0 + 1.0) / 3.0f64).sqrt();
    assert_close(metrics.sqn, 2.0 * 5.0 / deviation);
}

#[test]
fn system_quality_needs_two_trades_and_variation() {
    assert_eq!(of_results(&["5"]).sqn, None);
    assert_eq!(of_results(&["0.1"; 7]).sqn, None);
    assert_close(of_results(&["4", "2"]).sqn, 2f64.sqrt() * 3.0 / 2f64.sqrt());
}

#[test]
fn costs_are_summed_by_kind() {
    let mut paid = result("10");
    paid.costs.commission = money("1.25");
    paid.costs.slippage = money("0.5");
    paid.costs.funding = money("0.2");
    let mut received = paid.clone();
    received.costs.funding = money("-0.3");
    let mut liquidated = result("-50");
    liquidated.costs.liquidation_fee = money("2");
    liquidated.insurance = money("7");
    liquidated.exit_reason = ExitReason::Liquidation;
    liquidated.ambiguous = true;
    let metrics = of_trades(&[paid, received, liquidated]);
    assert_eq!((metrics.total_commission, metrics.total_slippage), (money("2.5"), money("1")));
    assert_eq!((metrics.funding_paid, metrics.funding_received), (money("0.2"), money("0.3")));
    assert_eq!(metrics.total_funding, money("-0.1"));
    assert_eq!((metrics.total_liquidation_fees, metrics.total_insurance), (money("2"), money("7")));
    assert_eq!(metrics.total_costs, money("5.4"));
    assert_eq!((metrics.liquidations, metrics.ambiguous_trades), (1, 1));
    // 10 - 1.25 - 0.2, 10 - 1.25 + 0.3 and -50 + 7 - 2.
    assert_eq!(metrics.best_trade, Some(money("9.05")));
    assert_eq!(metrics.worst_trade, Some(money("-45")));
    assert_eq!(metrics.long.net_profit, money("-27.4"));
}

#[test]
fn directions_are_told_apart() {
    let trades = [
        trade(Direction::Long, ["100", "110"], [0, 1]),
        trade(Direction::Long, ["100", "95"], [0, 1]),
        trade(Direction::Short, ["100", "90"], [0, 1]),
    ];
    let metrics = of_trades(&trades);
    let long = DirectionMetrics {
        trades: 2,
        winning_trades: 1,
        win_rate: Some(decimal("0.5")),
        net_profit: money("10"),
        profit_factor: Some(decimal("2")),
    };
    let short = DirectionMetrics {
        trades: 1,
        winning_trades: 1,
        win_rate: Some(decimal("1")),
        net_profit: money("20"),
        profit_factor: None,
    };
    assert_eq!((metrics.long, metrics.short), (long, short));
}

#[test]
fn time_in_the_market_is_the_union_of_the_trades() {
    let stay = |minutes| trade(Direction::Long, ["100", "101"], minutes);
    let trades = [stay([0, 60]), stay([30, 90]), stay([120, 120]), stay([150, 240])];
    let metrics = Metrics::of(&input(&[5 * ONE_HOUR], &[1000.0], &trades));
    assert_close(metrics.exposure, 0.6);
    assert_close(metrics.avg_duration_hours, 0.875);
    assert_close(metrics.median_duration_hours, 1.0);
    assert_close(metrics.max_duration_hours, 1.5);
    assert_eq!(of_trades(&trades).exposure, None);
}

#[test]
fn growth_is_compounded_to_a_year() {
    let of = |days: i64, last: f64| Metrics::of(&input(&[days * DAY_MS], &[last], &[])).cagr;
    assert_close(of(365, 1210.0), 0.21);
    assert_close(of(730, 1210.0), 0.1);
    assert_eq!(of(365, 0.0), None);
    assert_eq!(of(1, 10_000.0), None);
    assert_eq!(Metrics::of(&input(&[DAY_MS - 1], &[1001.0], &[])).cagr, None);
}

#[test]
fn drawdowns_are_measured_by_fraction_amount_and_time() {
    let time: Vec<i64> = (1..=8).map(|hour| hour * ONE_HOUR).collect();
    let equity = [900.0, 1000.0, 2000.0, 1850.0, 1900.0, 2000.0, 2100.0, 2050.0];
    let metrics = Metrics::of(&input(&time, &equity, &[]));
    assert_eq!((metrics.max_drawdown, metrics.max_drawdown_amount), (0.1, 150.0));
    // From the close of the third hour to that of the sixth.
    assert_eq!(metrics.max_drawdown_hours, 3.0);
    assert_close(metrics.recovery_factor, 7.0);
    let sunk = Metrics::of(&input(&time[..2], &equity[..1], &[]));
    assert_eq!((sunk.max_drawdown, sunk.max_drawdown_hours), (0.1, 2.0));
}

#[test]
fn periods_come_deepest_first_with_their_times() {
    let time: Vec<i64> = (1..=8).map(|hour| hour * ONE_HOUR).collect();
    let equity = [900.0, 1000.0, 2000.0, 1850.0, 1900.0, 2000.0, 2100.0, 1680.0];
    let at = |hour: i64| Timestamp::from_millis(hour * ONE_HOUR);
    let found: Vec<_> = drawdown_periods(&input(&time, &equity, &[]))
        .iter()
        .map(|period| (period.peak_time, period.valley_time, period.recovered_time, period.depth))
        .collect();
    let expected = [
        (at(7), at(8), None, 0.2),
        (at(0), at(1), Some(at(2)), 0.1),
        (at(3), at(4), Some(at(6)), 0.075),
    ];
    assert_eq!(found, expected);
}

#[test]
fn only_the_ten_deepest_periods_are_kept() {
    // Two hundred falls, each a little deeper than the one before.
    let level = |row: i32| if row % 2 == 0 { 1000.0 } else { 900.0 - f64::from(row) / 64.0 };
    let equity: Vec<f64> = (0..400).map(level).collect();
    let time: Vec<i64> = (1..=400).collect();
    let periods = drawdown_periods(&input(&time, &equity, &[]));
    let valleys: Vec<f64> = periods.iter().map(|period| period.valley_equity).collect();
    let expected: Vec<f64> = (0..10).map(|place| level(399 - 2 * place)).collect();
    assert_eq!(valleys, expected);
}

#[test]
fn months_chain_from_the_initial_balance() {
    let day = |text: &str| text.parse::<Timestamp>().unwrap().millis();
    // The close at midnight of the first of March belongs to February; nothing closes in March.
    let time =
        [day("2024-01-31T12:00"), day("2024-02-01T12:00"), day("2024-03-01"), day("2024-04-02")];
    let closed = |text: &str| {
        let mut trade = result("1");
        trade.exit_time = text.parse().unwrap();
        trade
    };
    let trades = [
        closed("2024-01-31T12:00"),
        closed("2024-03-01"),
        closed("2024-04-01T23:59"),
        closed("2024-04-02"),
    ];
    let mut input = input(&time, &[1100.0, 1210.0, 990.0, 1089.0], &trades);
    input.start = "2024-01-31".parse().unwrap();
    let found: Vec<_> = monthly_returns(&input)
        .iter()
        .map(|month| (month.year, month.month, month.start_equity, month.end_equity, month.trades))
        .collect();
    let expected = [
        (2024, 1, 1000.0, 1100.0, 1),
        (2024, 2, 1100.0, 990.0, 0),
        (2024, 3, 990.0, 990.0, 1),
        (2024, 4, 990.0, 1089.0, 2),
    ];
    assert_eq!(found, expected);
    assert_close(monthly_returns(&input)[1].return_fraction, -0.1);
    input.time = (&[][..]).into();
    input.equity = &[];
    assert!(monthly_returns(&input).is_empty());
}

#[test]
fn a_trade_closed_at_the_end_of_the_run_belongs_to_its_last_month() {
    let time = [
        "2024-01-31T23:00".parse::<Timestamp>().unwrap().millis(),
        "2024-02-01".parse::<Timestamp>().unwrap().millis(),
    ];
    let mut last = result("1");
    last.exit_time = Timestamp::from_millis(time[1]);
    let trades = [last];
    let months = monthly_returns(&input(&time, &[1000.0, 1001.0], &trades));
    assert_eq!(months.iter().map(|month| month.trades).collect::<Vec<_>>(), [1]);
}

#[test]
fn excursions_are_averaged_where_they_are_known() {
    let excursion = |mae, mfe| {
        Some(Excursion { mae: money(mae), mfe: money(mfe), mae_price: 1.0, mfe_price: 1.0 })
    };
    let known = [excursion("1", "0.5"), None, excursion("2", "2")];
    let metrics = Metrics::of(&input(&[], &[], &[])).with_excursions(&known);
    assert_eq!((metrics.avg_mae, metrics.avg_mfe), (Some(money("1.5")), Some(money("1.25"))));
}

#[test]
fn the_table_names_each_figure_once() {
    let table = of_results(&[]).table();
    let mut keys: Vec<&str> = table.iter().map(|row| row.key).collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all);
    assert!(table.is_sorted_by_key(|row| row.group));
    for group in MetricGroup::ALL {
        assert!(table.iter().any(|row| row.group == group), "{}", group.name());
    }
}

#[test]
fn what_can_be_undefined_says_when() {
    for row in of_results(&[]).table() {
        let sentences = [row.definition, row.basis];
        assert!(sentences.iter().all(|text| text.ends_with('.')), "{}", row.key);
        let undefined = row.value == MetricValue::Undefined;
        assert!(!undefined || row.definition.contains("Undefined"), "{}", row.key);
    }
}
