//! The figures of a result as aligned lines, a block a group.

use api::dto::result::{Metric, MetricValue};
use domain::Decimal;

use super::block;

/// Decimals of amounts.
const MONEY: u32 = 4;

/// Groups in their order, each with its title.
const GROUPS: [(&str, &str); 6] = [
    ("returns", "Returns"),
    ("risk", "Risk"),
    ("trades", "Trades"),
    ("costs", "Costs"),
    ("exposure", "Exposure"),
    ("long_short", "Long and short"),
];

struct Row<'a> {
    label: &'a str,
    number: String,
    unit: &'static str,
}

/// One block a group; all have the same columns.
pub(super) fn figures(metrics: &[Metric]) -> Vec<String> {
    let rows = |group: &str| -> Vec<Row<'_>> {
        metrics.iter().filter(|metric| metric.group == group).map(row).collect()
    };
    let groups: Vec<(&str, Vec<Row<'_>>)> =
        GROUPS.iter().map(|(group, title)| (*title, rows(group))).collect();
    let all = || groups.iter().flat_map(|(_, rows)| rows);
    let label_width = all().map(|row| row.label.chars().count()).max().unwrap_or(0);
    let number_width = all().map(|row| row.number.chars().count()).max().unwrap_or(0);
    let line = |row: &Row<'_>| {
        let Row { label, number, unit } = row;
        format!("{label:<label_width$}  {number:>number_width$} {unit}").trim_end().to_owned()
    };
    let filled = groups.iter().filter(|(_, rows)| !rows.is_empty());
    filled.map(|(title, rows)| block(title, rows.iter().map(line))).collect()
}

fn row(metric: &Metric) -> Row<'_> {
    let label = metric.label.as_str();
    let Some(value) = &metric.value else { return Row { label, number: "-".to_owned(), unit: "" } };
    let (number, unit) = match metric.unit.as_str() {
        "money" => (rounded(value, 1, MONEY), "quote"),
        "fraction" => (rounded(value, 100, 2), "%"),
        "hours" => (rounded(value, 1, 1), "h"),
        "count" => (rounded(value, 1, 0), ""),
        _ => (rounded(value, 1, 3), ""),
    };
    Row { label, number, unit }
}

fn rounded(value: &MetricValue, times: u8, decimals: u32) -> String {
    match value {
        // Beyond what a decimal holds there is nothing to round.
        MetricValue::Exact(exact) => exact
            .0
            .checked_mul(Decimal::from(times))
            .map_or_else(|| exact.0.to_string(), |product| fixed(product, decimals)),
        MetricValue::Statistic(number) => {
            unsigned_zero(format!("{:.*}", decimals as usize, number * f64::from(times)))
        }
        MetricValue::Count(count) => count.to_string(),
    }
}

/// An amount of the quote asset.
pub(super) fn money(amount: Decimal) -> String {
    fixed(amount, MONEY)
}

fn fixed(value: Decimal, decimals: u32) -> String {
    unsigned_zero(format!("{:.*}", decimals as usize, value.round_dp(decimals)))
}

/// The text without its sign, where it is zero.
fn unsigned_zero(text: String) -> String {
    let is_zero = text.bytes().all(|byte| b"-0.".contains(&byte));
    if is_zero { text.trim_start_matches('-').to_owned() } else { text }
}

/// The figure, where it is a count.
pub(super) fn count(metric: &Metric) -> Option<u64> {
    match metric.value {
        Some(MetricValue::Count(count)) => Some(count),
        Some(MetricValue::Exact(_) | MetricValue::Statistic(_)) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: MetricValue, unit: &str, expected: &str) {
        let metric = Metric {
            key: String::new(),
            label: "Figure".to_owned(),
            group: "returns".to_owned(),
            value: Some(value),
            unit: unit.to_owned(),
            definition: String::new(),
            basis: String::new(),
        };
        assert_eq!(figures(&[metric]), [format!("Returns\n  Figure  {expected}")]);
    }

    #[test]
    fn units_say_how_a_figure_is_read() {
        let exact = |text: &str| {
            MetricValue::Exact(api::exact::ExactNumber(text.parse::<Decimal>().unwrap()))
        };
        check(exact("10000.00005"), "money", "10000.0000 quote");
        check(exact("-0.00001"), "money", "0.0000 quote");
        check(exact("0.123456"), "fraction", "12.35 %");
        check(MetricValue::Statistic(-0.5), "fraction", "-50.00 %");
        check(MetricValue::Statistic(-0.000_01), "fraction", "0.00 %");
        check(MetricValue::Statistic(1.23456), "ratio", "1.235");
        check(MetricValue::Statistic(f64::INFINITY), "ratio", "inf");
        check(MetricValue::Count(7), "count", "7");
    }
}
