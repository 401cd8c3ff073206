//! What a follower has counted. Shown to people; nothing is decided by it.

/// Numbers since the start of following.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FollowCounts {
    /// Candles handed on in time.
    pub live: u64,
    /// Candles handed on as history.
    pub history: u64,
    /// Frames and rows that repeated a known candle.
    pub duplicates: u64,
    /// Candles with other numbers than those handed on.
    pub revised: u64,
    /// Frames of a time so long ago that only the store can compare them.
    pub late: u64,
    /// Candles handed on that were compared with the venue's once more.
    pub compared: u64,
    /// Frames that came before an earlier candle.
    pub out_of_order: u64,
    /// Frames and rows that cannot be: not aligned, not asked for, closed before their end.
    pub refused: u64,
    /// Requests for missing candles.
    pub fetches: u64,
    /// Requests that failed.
    pub failed_fetches: u64,
    /// Candles that came by request.
    pub fetched: u64,
    /// Candles on which stream and request disagreed; the stream's was kept.
    pub disagreements: u64,
    /// Candles that the venue never made.
    pub holes: u64,
}

impl std::ops::Add for FollowCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            live: self.live + other.live,
            history: self.history + other.history,
            duplicates: self.duplicates + other.duplicates,
            revised: self.revised + other.revised,
            late: self.late + other.late,
            compared: self.compared + other.compared,
            out_of_order: self.out_of_order + other.out_of_order,
            refused: self.refused + other.refused,
            fetches: self.fetches + other.fetches,
            failed_fetches: self.failed_fetches + other.failed_fetches,
            fetched: self.fetched + other.fetched,
            disagreements: self.disagreements + other.disagreements,
            holes: self.holes + other.holes,
        }
    }
}
