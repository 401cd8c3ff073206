//! The machine-readable description of what may stand where, from which a form can be built.

use serde::Serialize;

use crate::json::Json;

/// Everything that a file of rules may say.
#[derive(Clone, Debug, Serialize)]
pub struct Schema {
    /// What `format` must be.
    pub format: &'static str,
    /// What `version` must be.
    pub version: u32,
    /// How large a file may be.
    pub limits: SizeLimits,
    /// The fields of the file.
    pub fields: Vec<Field>,
    /// The kinds of blocks by group.
    pub groups: Vec<GroupOfKinds>,
}

/// How large a file of rules may be.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SizeLimits {
    /// Bytes of text.
    pub bytes_max: usize,
    /// Levels of lists and objects inside each other.
    pub depth_max: usize,
    /// Conditions and values together.
    pub blocks_max: usize,
}

/// One of several kinds stands where a group is asked for: an object with the kind's name as its only field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// True or false at a candle.
    Condition,
    /// A number at a candle. A plain number is one as well.
    Value,
    /// The order of an entry.
    Order,
    /// Where a stop lies.
    Stop,
    /// Where a target lies.
    Target,
    /// How the quantity is found.
    Size,
    /// When the stop moves to the entry price.
    BreakEven,
    /// Type, default and range of a parameter.
    Parameter,
}

/// The kinds of a group in the order of a form.
#[derive(Clone, Debug, Serialize)]
pub struct GroupOfKinds {
    /// The group.
    pub group: Group,
    /// What its blocks are, in one sentence.
    pub help: &'static str,
    /// What may stand there plainly instead of a block.
    pub plain: Option<Shape>,
    /// Its kinds.
    pub kinds: Vec<Kind>,
}

/// A kind of block.
#[derive(Clone, Debug, Serialize)]
pub struct Kind {
    /// Its name in the file.
    pub name: &'static str,
    /// Its name for people.
    pub label: String,
    /// What it means, in one sentence or two.
    pub help: &'static str,
    /// What stands in it.
    pub shape: Shape,
}

/// A field of an object.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// Its name in the file.
    pub name: &'static str,
    /// Its name for people.
    pub label: String,
    /// What it means.
    pub help: &'static str,
    /// Whether it must be there.
    pub presence: Presence,
    /// What stands in it.
    pub shape: Shape,
}

/// Whether a field must be there.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It must.
    Required,
    /// It may be left out, which means something of its own.
    Optional,
    /// It may be left out and then is this value.
    Default(Value),
}

/// A default value.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Value(pub(crate) Json);

/// What may stand in a place.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Shape {
    /// This text or number and nothing else.
    Fixed {
        /// It.
        value: Value,
    },
    /// A text.
    Text {
        /// Most characters.
        length_max: usize,
        /// Whether it may have several lines (Markdown).
        lines: bool,
    },
    /// A name.
    Name {
        /// Whose name.
        of: NameOf,
    },
    /// True or false.
    Truth,
    /// A time of day from `00:00` to `23:59`.
    Time,
    /// A number, or `{"parameter": name}` where that is said.
    Number {
        /// Its range.
        #[serde(flatten)]
        limits: Limits,
        /// Whether a parameter may stand for it.
        parameter: bool,
    },
    /// One of a few words.
    Word {
        /// The words.
        words: Vec<Word>,
    },
    /// One of the kinds of a group.
    Block {
        /// The group.
        group: Group,
    },
    /// An object with these fields.
    Record {
        /// The fields.
        fields: Vec<Field>,
    },
    /// A list.
    List {
        /// What its items are.
        of: Box<Shape>,
        /// Fewest items.
        min: usize,
        /// Most items.
        max: usize,
    },
    /// The settings of an indicator by name; the catalogue of indicators tells which there are.
    Settings,
}

/// Whose name a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameOf {
    /// The strategy's own: letters, digits and underscores.
    Strategy,
    /// A new name: lower-case letters, digits and underscores, a letter first.
    New,
    /// A parameter of the file.
    Parameter,
    /// An indicator of the file.
    Indicator,
    /// An indicator of the catalogue.
    Catalogue,
    /// A line of an indicator.
    Output,
    /// A time zone: `UTC` or a name of the IANA database.
    Zone,
}

/// A word of a few.
#[derive(Clone, Debug, Serialize)]
pub struct Word {
    /// The word in the file.
    pub name: &'static str,
    /// The word for people.
    pub label: String,
    /// What it means.
    pub help: &'static str,
}

/// The range of a number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Limits {
    /// Whether it has no decimals.
    pub whole: bool,
    /// Smallest value.
    pub min: f64,
    /// Whether even the smallest value is too small.
    pub above: bool,
    /// Largest value.
    pub max: f64,
}

impl Limits {
    /// Any number that a price or reading may be compared with.
    pub(crate) const ANY: Self = Self { whole: false, min: -1e12, above: false, max: 1e12 };

    /// From `min` to `max`, both included, without decimals.
    pub(crate) const fn whole(min: f64, max: f64) -> Self {
        Self { whole: true, min, above: false, max }
    }

    /// Above `min`, `max` included.
    pub(crate) const fn above(min: f64, max: f64) -> Self {
        Self { whole: false, min, above: true, max }
    }

    /// From `min` to `max`, both included.
    pub(crate) const fn from(min: f64, max: f64) -> Self {
        Self { whole: false, min, above: false, max }
    }

    /// Whether a number lies inside; its decimals are not looked at.
    pub(crate) fn contains(&self, number: f64) -> bool {
        let is_enough = if self.above { number > self.min } else { number >= self.min };
        is_enough && number <= self.max
    }

    /// The range in words.
    pub(crate) fn in_words(&self) -> String {
        let what = if self.whole { "a whole number" } else { "a number" };
        let from = if self.above { "above" } else { "from" };
        let until = if self.above { "and at most" } else { "to" };
        format!("{what} {from} {} {until} {}", self.min, self.max)
    }
}

/// A name for people: underscores are spaces, the first letter is a capital.
pub(crate) fn label(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut letters = spaced.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => spaced,
    }
}
