//! The contract of a strategy's signal, checked on construction.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::{Direction, Price};

/// A wish to enter, with the prices that justify it.
///
/// Invariants: a stop loss lies on the losing side of the entry, a target on the winning side.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    direction: Direction,
    entry: Price,
    stop_loss: Option<Price>,
    take_profit: Option<Price>,
    confidence: Confidence,
    metadata: Metadata,
}

/// How sure the strategy is, from 0 to 1. A statistic, not money.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Confidence(f64);

/// Why the signal was given: its kind and the readings behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata {
    /// Rule that fired, such as `MA_crossover`.
    pub kind: Cow<'static, str>,
    /// Named readings in the order in which they are shown.
    pub readings: Vec<(Cow<'static, str>, f64)>,
}

/// What is wrong with a signal.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SignalError {
    /// The stop loss is not on the losing side.
    #[error("{direction} signal: stop loss must be {expected} the entry {entry}, was {was}", expected = below_or_above(*.direction))]
    StopOnWrongSide {
        /// Direction of the signal.
        direction: Direction,
        /// Entry price.
        entry: Price,
        /// Offered stop loss.
        was: Price,
    },
    /// The target is not on the winning side.
    #[error("{direction} signal: take profit must be {expected} the entry {entry}, was {was}", expected = below_or_above(.direction.opposite()))]
    TargetOnWrongSide {
        /// Direction of the signal.
        direction: Direction,
        /// Entry price.
        entry: Price,
        /// Offered target.
        was: Price,
    },
    /// The target is too near for the risk that the stop stands for.
    #[error("reward divided by risk must be at least {min}, was {}", .was.map_or_else(|| "unknown without a stop and a target".to_owned(), |was| was.round_dp(4).normalize().to_string()))]
    RewardToRisk {
        /// Smallest accepted.
        min: Decimal,
        /// Of the signal; `None` without a stop or a target.
        was: Option<Decimal>,
    },
    /// The confidence is not a number from 0 to 1.
    #[error("confidence must be between 0 and 1, was {was}")]
    Confidence {
        /// Offered confidence.
        was: f64,
    },
}

const fn below_or_above(direction: Direction) -> &'static str {
    match direction {
        Direction::Long => "below",
        Direction::Short => "above",
    }
}

impl Confidence {
    /// Full confidence, for rules that know no shades.
    pub const FULL: Self = Self(1.0);

    /// Makes a confidence.
    ///
    /// # Errors
    /// [`SignalError::Confidence`] unless `0 <= value <= 1`.
    pub fn new(value: f64) -> Result<Self, SignalError> {
        if (0.0..=1.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(SignalError::Confidence { was: value })
        }
    }

    /// The number from 0 to 1.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }
}

impl Metadata {
    /// Metadata with a kind and no readings.
    #[must_use]
    pub const fn of_kind(kind: &'static str) -> Self {
        Self { kind: Cow::Borrowed(kind), readings: Vec::new() }
    }
}

impl Signal {
    /// A signal without stop and target.
    #[must_use]
    pub const fn new(
        direction: Direction,
        entry: Price,
        confidence: Confidence,
        metadata: Metadata,
    ) -> Self {
        Self { direction, entry, stop_loss: None, take_profit: None, confidence, metadata }
    }

    /// Adds a stop loss.
    ///
    /// # Errors
    /// [`SignalError::StopOnWrongSide`] unless it is below a long entry or above a short one.
    #[inline]
    pub fn with_stop_loss(mut self, stop_loss: Price) -> Result<Self, SignalError> {
        self.set_stop_loss(stop_loss)?;
        Ok(self)
    }

    /// Sets the stop loss in place.
    ///
    /// # Errors
    /// Those of [`Self::with_stop_loss`]; nothing is changed then.
    pub fn set_stop_loss(&mut self, stop_loss: Price) -> Result<(), SignalError> {
        if !is_losing_side(self.direction, self.entry, stop_loss) {
            return Err(SignalError::StopOnWrongSide {
                direction: self.direction,
                entry: self.entry,
                was: stop_loss,
            });
        }
        self.stop_loss = Some(stop_loss);
        Ok(())
    }

    /// Adds a target.
    ///
    /// # Errors
    /// [`SignalError::TargetOnWrongSide`] unless it is above a long entry or below a short one.
    #[inline]
    pub fn with_take_profit(mut self, take_profit: Price) -> Result<Self, SignalError> {
        self.set_take_profit(take_profit)?;
        Ok(self)
    }

    /// Sets the target in place.
    ///
    /// # Errors
    /// Those of [`Self::with_take_profit`]; nothing is changed then.
    pub fn set_take_profit(&mut self, take_profit: Price) -> Result<(), SignalError> {
        if !is_losing_side(self.direction.opposite(), self.entry, take_profit) {
            return Err(SignalError::TargetOnWrongSide {
                direction: self.direction,
                entry: self.entry,
                was: take_profit,
            });
        }
        self.take_profit = Some(take_profit);
        Ok(())
    }

    /// Checks that reward divided by risk is `min` at least. The account may demand more.
    ///
    /// # Errors
    /// [`SignalError::RewardToRisk`] if it is less, or unknown.
    pub fn rewarding(self, min: Decimal) -> Result<Self, SignalError> {
        match self.reward_to_risk() {
            Some(was) if was >= min => Ok(self),
            was => Err(SignalError::RewardToRisk { min, was }),
        }
    }

    /// Direction of the wished position.
    #[must_use]
    pub const fn direction(&self) -> Direction {
        self.direction
    }

    /// Price at which the signal was given.
    #[must_use]
    pub const fn entry(&self) -> Price {
        self.entry
    }

    /// Price at which the idea is wrong.
    #[must_use]
    pub const fn stop_loss(&self) -> Option<Price> {
        self.stop_loss
    }

    /// Price at which the gain is taken.
    #[must_use]
    pub const fn take_profit(&self) -> Option<Price> {
        self.take_profit
    }

    /// Confidence from 0 to 1.
    #[must_use]
    pub const fn confidence(&self) -> Confidence {
        self.confidence
    }

    /// The rule and readings behind the signal.
    #[must_use]
    pub const fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Takes the metadata out; the signal keeps none.
    #[inline]
    #[must_use]
    pub fn take_metadata(&mut self) -> Metadata {
        std::mem::replace(&mut self.metadata, Metadata::of_kind(""))
    }

    /// Reward divided by risk; `None` without both a stop and a target.
    #[must_use]
    pub fn reward_to_risk(&self) -> Option<Decimal> {
        let risk = self.entry.minus(self.stop_loss?).abs();
        let reward = self.take_profit?.minus(self.entry).abs();
        Some(reward / risk)
    }
}

fn is_losing_side(direction: Direction, entry: Price, level: Price) -> bool {
    match direction {
        Direction::Long => level < entry,
        Direction::Short => level > entry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(units: i64) -> Price {
        Price::new(Decimal::new(units, 0)).unwrap()
    }

    fn signal(direction: Direction) -> Signal {
        Signal::new(direction, price(100), Confidence::FULL, Metadata::of_kind("test"))
    }

    #[test]
    fn stops_and_targets_have_a_side() {
        assert!(signal(Direction::Long).with_stop_loss(price(98)).is_ok());
        assert!(signal(Direction::Long).with_stop_loss(price(100)).is_err());
        assert!(
            signal(Direction::Short)
                .with_stop_loss(price(98))
                .unwrap_err()
                .to_string()
                .contains("above the entry 100")
        );
        assert!(signal(Direction::Short).with_take_profit(price(97)).is_ok());
        assert!(signal(Direction::Long).with_take_profit(price(97)).is_err());
    }

    #[test]
    fn reward_to_risk_is_exact() {
        let signal = signal(Direction::Long)
            .with_stop_loss(price(98))
            .unwrap()
            .with_take_profit(price(103))
            .unwrap();
        assert_eq!(signal.reward_to_risk().unwrap(), Decimal::new(15, 1));
        assert!(signal.clone().rewarding(Decimal::new(15, 1)).is_ok());
        let error = signal.rewarding(Decimal::TWO).unwrap_err().to_string();
        assert_eq!(error, "reward divided by risk must be at least 2, was 1.5");
        assert!(self::signal(Direction::Long).rewarding(Decimal::ONE).is_err());
    }

    #[test]
    fn confidence_is_a_share() {
        for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(Confidence::new(bad).is_err());
        }
    }
}
