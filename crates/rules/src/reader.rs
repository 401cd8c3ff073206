//! Reads blocks out of a tree and collects what is wrong, each with its place.
//!
//! A reader goes on after a problem, so that one reading shows all of them. What a block says about names is kept
//! until everything is read: a parameter may be used before it is described.

use crate::block::Block;
use crate::json::{Json, JsonKind};
use crate::place::{Path, Place};
use crate::problem::Problem;
use crate::reference::{Reference, Want};

/// Most conditions and values of a file together.
pub(crate) const BLOCKS_MAX: usize = 2000;

/// A reading under way.
pub(crate) struct Reader<'a> {
    text: &'a str,
    path: Path,
    /// Where the value stands that is being read.
    offset: usize,
    blocks: usize,
    problems: Vec<Problem>,
    references: Vec<Reference>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            path: Path::default(),
            offset: 0,
            blocks: 0,
            problems: Vec::new(),
            references: Vec::new(),
        }
    }

    /// What was wrong, and what was said about names.
    pub(crate) fn finish(self) -> (Vec<Problem>, Vec<Reference>) {
        (self.problems, self.references)
    }

    /// Something is wrong with the value that is being read.
    pub(crate) fn problem(&mut self, expected: impl Into<String>, was: impl Into<String>) {
        self.problems.push(Problem {
            path: self.path.to_string(),
            place: Some(Place::of(self.text, self.offset)),
            expected: expected.into(),
            was: was.into(),
        });
    }

    /// Likewise, and the value is nothing like what was expected.
    pub(crate) fn not<T>(&mut self, json: &Json, expected: impl Into<String>) -> Option<T> {
        self.problem(expected, json.in_words());
        None
    }

    /// Keeps what is said about a name.
    pub(crate) fn refer(&mut self, name: &str, want: Want) {
        self.references.push(Reference {
            path: self.path.to_string(),
            place: Place::of(self.text, self.offset),
            name: name.to_owned(),
            want,
        });
    }

    /// Counts a condition or value.
    pub(crate) fn count_block(&mut self) {
        self.blocks += 1;
        if self.blocks == BLOCKS_MAX + 1 {
            self.problem(format!("at most {BLOCKS_MAX} conditions and values"), "one more");
        }
    }

    /// The fields of an object, of which no others than `known` may be there.
    pub(crate) fn fields<'j>(
        &mut self,
        json: &'j Json,
        known: &[&str],
    ) -> Option<&'j [(String, Json)]> {
        let JsonKind::Map(fields) = &json.kind else {
            return self.not(json, format!("an object with {}", known.join(", ")));
        };
        for (name, value) in fields {
            if !known.contains(&&**name) {
                self.inside(name, value.offset, |reader| {
                    let expected = match known {
                        [] => "no field here".to_owned(),
                        known => format!("one of the fields {}", known.join(", ")),
                    };
                    reader.problem(expected, "an unknown field");
                });
            }
        }
        Some(fields)
    }

    /// A field; without it the default, if there is one.
    pub(crate) fn field<T: Block>(
        &mut self,
        fields: &[(String, Json)],
        name: &str,
        default: Option<T>,
    ) -> Option<T> {
        match fields.iter().find(|(other, _)| other == name) {
            Some((_, json)) => self.inside(name, json.offset, |reader| T::read(json, reader)),
            None => {
                let value = default.or_else(T::absent);
                if value.is_none() {
                    self.problem(format!("a field {name}"), "none");
                }
                value
            }
        }
    }

    /// The name and content of a block: the only field of its object.
    pub(crate) fn tagged<'j>(
        &mut self,
        json: &'j Json,
        known: &[&str],
    ) -> Option<(&'j str, &'j Json)> {
        let expected = || format!("an object with exactly one of {}", known.join(", "));
        match &json.kind {
            JsonKind::Map(fields) => match &fields[..] {
                [(name, content)] if known.contains(&&**name) => Some((name, content)),
                [(name, content)] => self.inside(name, content.offset, |reader| {
                    reader.problem(format!("one of {}", known.join(", ")), "an unknown word");
                    None
                }),
                _ => self.not(json, expected()),
            },
            JsonKind::Null
            | JsonKind::Truth(_)
            | JsonKind::Number(_)
            | JsonKind::Text(_)
            | JsonKind::List(_) => self.not(json, expected()),
        }
    }

    /// The items of a list, of which there must be `min` to `max`. Items that are wrong are left out.
    pub(crate) fn list<T: Block>(
        &mut self,
        json: &Json,
        (min, max): (usize, usize),
    ) -> Option<Vec<T>> {
        let expected = || match min == max {
            true => format!("a list of {min}"),
            false => format!("a list of {min} to {max}"),
        };
        let JsonKind::List(items) = &json.kind else { return self.not(json, expected()) };
        if !(min..=max).contains(&items.len()) {
            return self.not(json, expected());
        }
        let read = items.iter().enumerate().map(|(index, item)| {
            self.path.enter_item(index);
            let read = self.at(item.offset, |reader| T::read(item, reader));
            self.path.leave();
            read
        });
        // All of them first, so that each tells what is wrong with it.
        let read: Vec<Option<T>> = read.collect();
        read.into_iter().collect()
    }

    /// Reads something that stands in a field.
    pub(crate) fn inside<T>(
        &mut self,
        name: &str,
        offset: usize,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.path.enter(name);
        let value = self.at(offset, read);
        self.path.leave();
        value
    }

    fn at<T>(&mut self, offset: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.offset, offset);
        let value = read(self);
        self.offset = before;
        value
    }
}
