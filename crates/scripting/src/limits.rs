//! How much a script may use.
//!
//! A step is a call, a return, a turn of a loop or a try of a text pattern; calls of the library that go through
//! a long list, text or buffer count as many. Steps weigh more while a script holds
//! much memory or matches long texts, as one step can then do more work.

/// Longest file.
pub(crate) const SOURCE_BYTES_MAX: usize = 256 * 1024;
/// Steps of running the file once.
pub(crate) const STEPS_LOAD: i64 = 2_000_000;
/// Steps of one candle.
pub(crate) const STEPS_CANDLE: i64 = 500_000;
/// Steps between two looks at the memory.
pub(crate) const STEPS_A_LOOK: i64 = 64;
/// So many bytes taken at this candle make a step weigh one more.
pub(crate) const BYTES_TAKEN_A_WEIGHT: usize = 64 * 1024;
/// So many bytes taken while the file is run do: it is run whenever parameters are checked, and nobody can ask
/// for its end.
pub(crate) const BYTES_LOADED_A_WEIGHT: usize = 8 * 1024;
/// So many bytes kept from earlier candles do too.
pub(crate) const BYTES_KEPT_A_WEIGHT: usize = 256 * 1024;
/// From this weight on memory is what makes a script slow.
pub(crate) const WEIGHT_HEAVY: i64 = 8;
/// So many comparisons of letters in one call make a step weigh one more.
pub(crate) const LETTERS_A_WEIGHT: f64 = 4096.0;
/// So many items that one call goes through count as a step.
pub(crate) const ITEMS_A_STEP: f64 = 128.0;
/// Bytes of a whole script.
pub(crate) const MEMORY_MAX: usize = 64 * 1024 * 1024;
/// Bytes of it that are left to say that there are no more.
pub(crate) const MEMORY_RESERVE: usize = 1024 * 1024;
/// Bytes that one candle may take.
pub(crate) const MEMORY_CANDLE: usize = 8 * 1024 * 1024;
/// Bytes that are taken before what is not used any more is given back.
pub(crate) const MEMORY_UNSWEPT: usize = 4 * 1024 * 1024;
/// Bytes that one candle takes before they are looked through: what stays of them weighs from the next candle on.
pub(crate) const MEMORY_GROWN: usize = 256 * 1024;
/// They are looked through only when all that was taken since the last look is this part of what the script keeps.
pub(crate) const MEMORY_GROWN_SHARE: usize = 8;
/// Bytes that running the file may take so that they weigh nothing afterwards.
pub(crate) const MEMORY_LIGHT: usize = 256 * 1024;
/// Wishes of one candle.
pub(crate) const WISHES_MAX: usize = 16;
/// Points, zones, labels and lines of one candle.
pub(crate) const SHOWN_MAX: usize = 200;
/// Different lines on the chart.
pub(crate) const PLOTS_MAX: usize = 64;
/// Letters of a text that is shown.
pub(crate) const TEXT_MAX: usize = 400;
/// Series of a script: columns of candles and outputs of indicators.
pub(crate) const SERIES_MAX: usize = 256;
/// Readings that a signal carries.
pub(crate) const READINGS_MAX: usize = 32;
