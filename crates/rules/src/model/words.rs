//! The words of the rules themselves: closed sets, each word with its meaning.

use crate::block::words;

words! {
    /// Long, short or both.
    pub enum EitherSide {
        /// Long positions.
        Long = "long",
        /// Short positions.
        Short = "short",
        /// Positions of either side.
        Both = "both",
    }
}

words! {
    /// How one value must stand to another. Values closer than a part in a million million are equal.
    pub enum Relation {
        /// Greater.
        Above = "above",
        /// Less.
        Below = "below",
        /// Greater or equal.
        AtLeast = "at_least",
        /// Less or equal.
        AtMost = "at_most",
        /// Equal.
        Equal = "equal",
    }
}

words! {
    /// In which direction one value crosses another.
    pub enum CrossDirection {
        /// From at or below to above.
        Above = "above",
        /// From at or above to below.
        Below = "below",
        /// Either.
        Either = "either",
    }
}

words! {
    /// Something that is known of the position.
    pub enum Fact {
        /// Average price at which the position was opened.
        EntryPrice = "entry_price",
        /// The stop that its entry or a move of the stop asked for last.
        Stop = "stop",
        /// Profit at the close in percent of the entry price, losses negative.
        ProfitPercent = "profit_percent",
        /// Profit at the close in multiples of what the first stop risked (R).
        ProfitR = "profit_r",
        /// Highest price of a long, lowest of a short, since the candle of its entry, that candle included.
        BestPrice = "best_price",
        /// Lowest price of a long, highest of a short, since the candle of its entry, that candle included.
        WorstPrice = "worst_price",
        /// Candles since the one in which the position was opened, which counts as 0.
        CandlesSinceEntry = "candles_since_entry",
        /// Candles since the one in which the last position was closed, which counts as 0.
        CandlesSinceExit = "candles_since_exit",
    }
}

words! {
    /// How the strategy stands.
    pub enum PositionIs {
        /// Without a position.
        Flat = "flat",
        /// With a position of either side.
        Open = "open",
        /// With a long position.
        Long = "long",
        /// With a short position.
        Short = "short",
    }
}

words! {
    /// What ended or began a position.
    pub enum Event {
        /// Its entry.
        Entry = "entry",
        /// Its exit.
        Exit = "exit",
    }
}

words! {
    /// What an entry does while a position is open.
    pub enum IfOpen {
        /// Nothing.
        Ignore = "ignore",
        /// Close a position of the other side first; nothing for one of its own side.
        Reverse = "reverse",
        /// Enlarge a position of its own side, up to `entries_max`; nothing for the other side.
        Add = "add",
    }
}

words! {
    /// A break of structure.
    pub enum BreakWord {
        /// Break of structure (BOS): with the trend.
        Bos = "bos",
        /// Change of character (CHoCH): against the trend.
        Choch = "choch",
        /// Market structure shift (MSS): a change of character with a large body.
        Shift = "shift",
    }
}

words! {
    /// What happens to a zone.
    pub enum ZoneHappening {
        /// It was made.
        Formed = "formed",
        /// The price came into it, for the first time or after it had left.
        Touched = "touched",
        /// Half of it was reached for the first time.
        Halved = "halved",
        /// A wick went through a gap.
        Filled = "filled",
        /// The price went through an order block, which became a breaker.
        Mitigated = "mitigated",
        /// A close went through a gap, which became an inverted one.
        Inverted = "inverted",
        /// The price came back to a breaker or inverted gap.
        Retested = "retested",
        /// The price went back through a breaker or inverted gap.
        Invalidated = "invalidated",
    }
}

words! {
    /// How far the life of a living zone has come.
    pub enum ZoneLife {
        /// The price has not come back.
        Fresh = "fresh",
        /// The price has come back to its near edge.
        Touched = "touched",
        /// Half of it was reached.
        Halved = "halved",
        /// A wick went through a gap.
        Filled = "filled",
        /// The price went through an order block: a breaker.
        Mitigated = "mitigated",
        /// A close went through a gap: an inverted gap.
        Inverted = "inverted",
    }
}

words! {
    /// What made a level.
    pub enum LevelWord {
        /// One swing.
        Swing = "swing",
        /// Equal highs or equal lows.
        Pool = "pool",
        /// The day, week or month before.
        Previous = "previous",
        /// A session.
        Session = "session",
    }
}

words! {
    /// An edge of a zone.
    pub enum ZoneEdge {
        /// Upper edge.
        Top = "top",
        /// Half way between the edges.
        Middle = "middle",
        /// Lower edge.
        Bottom = "bottom",
    }
}

words! {
    /// Which of several zones.
    pub enum Pick {
        /// The one that was known last.
        Newest = "newest",
        /// The one nearest to the close.
        Nearest = "nearest",
    }
}

words! {
    /// A session or kill zone of every day, in the time of its place.
    pub enum SessionName {
        /// 09:00 to 18:00 in Tokyo.
        Asia = "asia",
        /// 08:00 to 17:00 in London.
        London = "london",
        /// 08:00 to 17:00 in New York.
        NewYork = "new_york",
        /// 20:00 to 00:00 in New York.
        AsiaKillZone = "asia_kill_zone",
        /// 02:00 to 05:00 in New York.
        LondonKillZone = "london_kill_zone",
        /// 07:00 to 10:00 in New York.
        NewYorkKillZone = "new_york_kill_zone",
        /// 10:00 to 12:00 in New York.
        LondonCloseKillZone = "london_close_kill_zone",
    }
}

words! {
    /// A day of the week.
    pub enum Day {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}
