//! What is odd but legal, counted rather than listed.

use domain::Timestamp;

/// How often something odd was seen, and where first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    count: u64,
    first_line: u64,
    first_time: i64,
}

impl Seen {
    #[cold]
    pub(crate) const fn note(&mut self, line: u64, time: i64) {
        if self.count == 0 {
            self.first_line = line;
            self.first_time = time;
        }
        self.count += 1;
    }

    /// `what` with the count of such a `noun` and its first place, or nothing.
    pub(crate) fn sentence(&self, what: &str, noun: &str) -> Option<String> {
        let first = Timestamp::from_millis(self.first_time);
        match self.count {
            0 => None,
            1 => Some(format!("{what}: 1 {noun}, line {} ({first})", self.first_line)),
            count => Some(format!(
                "{what}: {count} {noun}s, first in line {} ({first})",
                self.first_line
            )),
        }
    }
}

/// Odd things of one file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Warnings {
    pub(crate) early_close: Seen,
    pub(crate) taker_above_volume: Seen,
    /// Sentences of other kinds; callers keep them few.
    pub(crate) sentences: Vec<String>,
    sentences_more: u64,
}

/// Most free sentences of a file.
const SENTENCES_MAX: usize = 50;

impl Warnings {
    pub(crate) fn say(&mut self, sentence: String) {
        if self.sentences.len() < SENTENCES_MAX {
            self.sentences.push(sentence);
        } else {
            self.sentences_more += 1;
        }
    }

    pub(crate) fn into_sentences(self) -> Vec<String> {
        let mut all = self.sentences;
        let early = "close time earlier than the end of the candle";
        all.extend(self.early_close.sentence(early, "candle"));
        all.extend(self.taker_above_volume.sentence("taker buy volume above volume", "candle"));
        if self.sentences_more > 0 {
            all.push(format!("and {} more warnings", self.sentences_more));
        }
        all
    }
}
