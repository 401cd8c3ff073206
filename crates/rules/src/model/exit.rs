//! Exits, moves of the stop, and taking waiting entries back.

use crate::block::record;
use crate::model::{Amount, Condition, EitherSide, Share, Value};

record! {
    /// A rule that closes a position or a share of it at market. Every one that holds acts.
    pub struct ExitRule {
        /// Positions of which side.
        side: EitherSide = EitherSide::Both,
        /// When.
        when: Condition,
        /// How much of it, in percent.
        share_percent: Share = Share(Amount::whole(100)),
    }
}

record! {
    /// A rule that moves the stop of the open position. Of several that hold the last one acts.
    pub struct StopMove {
        /// Of positions of which side.
        side: EitherSide = EitherSide::Both,
        /// When.
        when: Condition,
        /// To which price.
        to: Value,
        /// Whether it only moves nearer to the price than the stop that was asked for last.
        only_tighter: bool = true,
    }
}

record! {
    /// A rule that takes waiting entries back.
    pub struct CancelRule {
        /// When.
        when: Condition,
    }
}
