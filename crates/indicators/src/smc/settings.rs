//! The choices that definitions of Smart Money Concepts leave open, with their defaults and limits.

use super::direction::names;
use super::sessions::SessionWindow;

/// The longest half window of a swing, in candles.
const LENGTH_MAX: usize = 1000;
/// The most windows of sessions.
const SESSIONS_MAX: usize = 64;

/// The choices. Each is made here and nowhere else:
///
/// - *Swing*: a high is a candidate if no high of the `k - 1` candles before it and of the `k` after it is higher
///   (equal ones allowed), from row `2k - 1` on; a candle that is both is a high. Of candidates of one side in
///   a row the most extreme counts, of equals the earliest. Known `k` candles later.
/// - *Labels*: strict; a swing equal to the one before is neither higher nor lower.
/// - *Break*: [`Self::break_by`], strictly beyond the level, once a swing, provisional swings included; bullish
///   before bearish.
/// - *Order block*: [`Self::block_rule`] and [`Self::block_body`]. Mitigated by [`Self::mitigation`], strictly
///   beyond the far edge; invalidated by a wick strictly beyond the other edge.
/// - *Gap*: strictly apart, with a middle candle that closed in its direction. Touched and halved when reached,
///   filled by a wick and inverted by a close strictly beyond the far edge, invalidated by a close strictly back
///   beyond the other edge.
/// - *Liquidity*: swings within [`Self::tolerance`] of the first, whose tolerance is fixed when it is confirmed.
/// - *Days, weeks, months*: UTC, weeks from Monday. *Sessions*: [`Self::sessions`].
/// - *Dealing range*: [`Self::range_rule`].
#[derive(Clone, Debug, PartialEq)]
pub struct SmcSettings {
    /// `k` of the internal structure, 1 to 1000 candles and below that of the swing structure. Default 5.
    pub internal_length: usize,
    /// `k` of the swing structure, in candles. Default 50.
    pub swing_length: usize,
    /// What breaks a swing. Default: the close.
    pub break_by: BreakBy,
    /// Which candle is the order block. Default: the extreme one.
    pub block_rule: BlockRule,
    /// Whether an order block is its candle's body or its whole range. Default: the range.
    pub block_body: BlockBody,
    /// What goes through an order block. Default: a wick.
    pub mitigation: Mitigation,
    /// Whether gaps on consecutive candles are one zone. Default: each its own.
    pub gap_rule: GapRule,
    /// How far equal highs and lows may be apart. Default: 0.1 ATR(200), as chart users know it.
    pub tolerance: Tolerance,
    /// How many further candles a close beyond a level has to come back and still be a sweep. Default 0: a
    /// sweep is one candle with its wick beyond and its close back.
    pub close_back: u32,
    /// The dealing range. Default: the last confirmed swings.
    pub range_rule: RangeRule,
    /// A displacement has a body of at least this many average true ranges. Default 1.5, above 0.
    pub displacement_ratio: f64,
    /// Ranges in the average that bodies are measured against: as it stood before the candle, so that none is
    /// measured against itself. Default 14, at least 1.
    pub displacement_length: usize,
    /// Named windows of the day, at most 64. Default: [`SessionWindow::defaults`].
    pub sessions: Vec<SessionWindow>,
    /// Living zones kept of each kind, direction and structure, at least 1; beyond it the oldest is dropped
    /// with an event. Default 10,000.
    pub zones_max: usize,
    /// Levels kept, of each structure and side, at least 4: swings that were not taken, and as many possible
    /// pools. Beyond it the oldest quarter is forgotten without an event. Default 10,000.
    pub levels_max: usize,
    /// Zones kept after their end, the latest. Default 0.
    pub ended_zones: usize,
}

impl Default for SmcSettings {
    fn default() -> Self {
        Self {
            internal_length: 5,
            swing_length: 50,
            break_by: BreakBy::Close,
            block_rule: BlockRule::Extreme,
            block_body: BlockBody::Range,
            mitigation: Mitigation::Wick,
            gap_rule: GapRule::Single,
            tolerance: Tolerance::Atr { ratio: 0.1, length: 200 },
            close_back: 0,
            range_rule: RangeRule::Swings,
            displacement_ratio: 1.5,
            displacement_length: 14,
            sessions: SessionWindow::defaults(),
            zones_max: 10_000,
            levels_max: 10_000,
            ended_zones: 0,
        }
    }
}

/// What breaks a swing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakBy {
    /// A close beyond it.
    Close,
    /// A high or low beyond it, known at the close all the same.
    Wick,
}

names!(BreakBy { Close => "close", Wick => "wick" });

/// Which candle a broken swing makes an order block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockRule {
    /// The lowest low (at a bullish break) strictly between the swing and the breaking candle, the latest of
    /// equals, whatever its colour.
    Extreme,
    /// The last candle before the breaking one that closed against the break, the swing's candle at the
    /// earliest; without one there is no order block.
    LastOpposite,
}

names!(BlockRule { Extreme => "extreme", LastOpposite => "last_opposite" });

/// The zone of an order block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockBody {
    /// From the candle's low to its high.
    Range,
    /// From open to close.
    Body,
}

names!(BlockBody { Range => "range", Body => "body" });

/// What goes through an order block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mitigation {
    /// A wick beyond the far edge.
    Wick,
    /// A body beyond the far edge: the open or the close.
    Body,
}

names!(Mitigation { Wick => "wick", Body => "body" });

/// What gaps on consecutive middle candles come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapRule {
    /// A zone each.
    Single,
    /// One zone of all of one direction in a row; its life begins when the run has ended.
    Joined,
}

names!(GapRule { Single => "single", Joined => "joined" });

/// How far apart equal highs or lows may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// `ratio` average true ranges (Wilder) of `length` candles, as they stand when the first swing is
    /// confirmed. Without a reading the swing founds no pool.
    Atr {
        /// Average true ranges.
        ratio: f64,
        /// Candles in the average.
        length: usize,
    },
    /// A fraction of the first swing's price.
    Fraction(f64),
    /// A difference of prices.
    Absolute(f64),
}

/// The dealing range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeRule {
    /// From the last confirmed swing low to the last confirmed swing high, provisional ones included.
    Swings,
    /// The same, stretched by every high and low since.
    Trailing,
}

names!(RangeRule { Swings => "swings", Trailing => "trailing" });

/// Which setting makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SmcSettingsError {
    /// A number is outside its limits.
    #[error("{setting}: expected {expected}, was {was}")]
    OutOfRange {
        /// The setting.
        setting: &'static str,
        /// The limits in words.
        expected: &'static str,
        /// The value.
        was: f64,
    },
    /// A session that begins when it ends, or at no time of a day.
    #[error(
        "sessions: expected start and end to differ and to be below 24:00, not so in number {index}"
    )]
    SessionTimes {
        /// Which of the windows, from 0.
        index: usize,
    },
}

impl SmcSettings {
    /// Checks the limits that the fields state.
    ///
    /// # Errors
    /// [`SmcSettingsError`] for the first field outside its limits.
    pub fn validate(&self) -> Result<(), SmcSettingsError> {
        let shorter = (1..self.swing_length).contains(&self.internal_length);
        check(
            shorter,
            "internal_length",
            "1 or more, below swing_length",
            count(self.internal_length),
        )?;
        check(
            self.swing_length <= LENGTH_MAX,
            "swing_length",
            "at most 1000",
            count(self.swing_length),
        )?;
        self.tolerance.validate()?;
        check(
            positive(self.displacement_ratio),
            "displacement_ratio",
            "above 0",
            self.displacement_ratio,
        )?;
        check(self.displacement_length >= 1, "displacement_length", "at least 1", 0.0)?;
        check(self.zones_max >= 1, "zones_max", "at least 1", 0.0)?;
        check(self.levels_max >= 4, "levels_max", "at least 4", count(self.levels_max))?;
        let sessions = self.sessions.len();
        check(sessions <= SESSIONS_MAX, "sessions", "at most 64 windows", count(sessions))?;
        match self.sessions.iter().position(|window| !window.is_valid()) {
            Some(index) => Err(SmcSettingsError::SessionTimes { index }),
            None => Ok(()),
        }
    }
}

impl Tolerance {
    fn validate(self) -> Result<(), SmcSettingsError> {
        let zero_or_more = |value: f64| value.is_finite() && value >= 0.0;
        let (value, length) = match self {
            Self::Atr { ratio, length } => (ratio, length),
            Self::Fraction(value) | Self::Absolute(value) => (value, 1),
        };
        check(zero_or_more(value), "tolerance", "0 or more", value)?;
        check(length >= 1, "tolerance length", "at least 1", 0.0)
    }
}

fn positive(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

fn count(value: usize) -> f64 {
    crate::number(value)
}

fn check(
    holds: bool,
    setting: &'static str,
    expected: &'static str,
    was: f64,
) -> Result<(), SmcSettingsError> {
    if holds { Ok(()) } else { Err(SmcSettingsError::OutOfRange { setting, expected, was }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_refused(change: impl Fn(&mut SmcSettings), words: &str) {
        let mut settings = SmcSettings::default();
        change(&mut settings);
        let error = settings.validate().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }

    #[test]
    fn defaults_hold_and_each_limit_names_its_field() {
        assert_eq!(SmcSettings::default().validate(), Ok(()));
        check_refused(|it| it.internal_length = 0, "internal_length: expected 1 or more");
        check_refused(|it| it.internal_length = 50, "below swing_length, was 50");
        check_refused(|it| it.swing_length = 1001, "at most 1000");
        check_refused(
            |it| it.tolerance = Tolerance::Absolute(-1.0),
            "tolerance: expected 0 or more",
        );
        check_refused(|it| it.tolerance = Tolerance::Atr { ratio: 0.1, length: 0 }, "length");
        check_refused(|it| it.tolerance = Tolerance::Fraction(f64::NAN), "tolerance");
        check_refused(|it| it.displacement_ratio = 0.0, "displacement_ratio");
        check_refused(|it| it.displacement_length = 0, "displacement_length");
        check_refused(|it| it.zones_max = 0, "zones_max");
        check_refused(|it| it.levels_max = 3, "levels_max: expected at least 4, was 3");
        check_refused(|it| it.sessions[1].end = it.sessions[1].start, "number 1");
    }
}
