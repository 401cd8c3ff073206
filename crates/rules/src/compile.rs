//! From rules and checked parameters to a program: names become places in flat lists.
//!
//! Equal values are worked out once. Values that only orders ask for stand behind those of conditions.

mod conditions;
mod feeds;
mod orders;
mod values;

use domain::{Decimal, Rate};
use strategy::Parameters;

use crate::block::as_f64;
use crate::model::{Amount, RuleSet};
use crate::program::{Program, Truth, Truths, ValueOp, Values};
use feeds::FeedPlan;

/// Why rules cannot be compiled with these parameters: what no field alone could tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What is wrong, as a path in the file.
    pub(crate) path: String,
    pub(crate) expected: String,
    pub(crate) was: String,
}

/// A compilation under way.
pub(crate) struct Compiler<'a> {
    rules: &'a RuleSet,
    parameters: &'a Parameters,
    feeds: [FeedPlan; 2],
    values: Vec<ValueOp>,
    truths: Vec<Truth>,
}

/// Compiles rules.
pub(crate) fn compile(rules: &RuleSet, parameters: &Parameters) -> Result<Program, Fault> {
    let feeds = [FeedPlan::default(), FeedPlan::default()];
    let mut it = Compiler { rules, parameters, feeds, values: Vec::new(), truths: Vec::new() };
    let plots = it.plots();
    let conditions = it.all_conditions();
    let first_late = it.values.len();
    let orders = it.all_orders(&conditions)?;
    let choices = [&rules.smc.ltf, &rules.smc.htf].map(|choices| it.smc_settings(choices));
    let [lower, higher] = it.feeds;
    let [for_lower, for_higher] = choices;
    Ok(Program {
        feeds: [lower.feed(for_lower, "smc.ltf")?, higher.feed(for_higher, "smc.htf")?],
        values: Values::new(it.values, first_late),
        truths: Truths::new(it.truths),
        entries: orders.entries,
        exits: orders.exits,
        moves: orders.moves,
        cancels: orders.cancels,
        plots,
    })
}

impl Compiler<'_> {
    /// The number that an amount stands for.
    fn decimal(&self, amount: &Amount) -> Decimal {
        match amount {
            Amount::Number(number) => *number,
            Amount::Parameter(name) => {
                let whole = self.parameters.integer(name.as_str()).map(Decimal::from);
                // That there is such a parameter was checked when the rules were read.
                whole.or_else(|| self.parameters.decimal(name.as_str())).unwrap_or_default()
            }
        }
    }

    /// The same as a statistic.
    fn number(&self, amount: &Amount) -> f64 {
        as_f64(self.decimal(amount))
    }

    /// The same as a count; whole and not negative where counts are asked for.
    fn count(&self, amount: &Amount) -> usize {
        usize::try_from(self.decimal(amount)).unwrap_or_default()
    }

    /// Percent as a fraction.
    fn fraction(&self, percent: &Amount) -> Rate {
        let fraction = self.decimal(percent) * Decimal::new(1, 2);
        // Percentages are far below the limit of a rate.
        Rate::new(fraction).unwrap_or_default()
    }
}
