//! Random files made from the schema alone: what a form built from it can say is read, written, read again and
//! played without a panic.

use domain::{Direction, Seeded, Timeframe};
use proptest::prelude::*;
use rules::{Field, Group, Limits, NameOf, Presence, Schema, Shape};
use serde_json::{Map, Value, json};

use crate::stage::{Stage, rows, series, walk};

const FAMILIES: [(&str, &[&str]); 3] =
    [("mean", &["value"]), ("bands", &["upper", "lower"]), ("slow", &["value"])];

/// Makes a file by walking the schema.
struct Maker {
    schema: Schema,
    seeded: Seeded,
    /// Blocks that may still be made; then the smallest are.
    left: usize,
}

impl Maker {
    fn new(seed: u64) -> Self {
        Self { schema: rules::schema(), seeded: Seeded::new(seed), left: 120 }
    }

    fn below(&mut self, below: usize) -> usize {
        usize::try_from(self.seeded.up_to(i64::try_from(below).unwrap() - 1)).unwrap()
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    fn file(&mut self) -> Value {
        let fields = self.schema.fields.clone();
        let mut file = self.record(&fields);
        let Value::Object(file_fields) = &mut file else { panic!("an object") };
        file_fields.insert("parameters".to_owned(), parameters());
        file_fields.insert("indicators".to_owned(), indicators());
        file_fields.insert("roles".to_owned(), json!({ "htf": {} }));
        file_fields
            .insert("strategy".to_owned(), json!({ "id": "RANDOM", "description": "a\n\"b\"\\" }));
        file
    }

    fn record(&mut self, fields: &[Field]) -> Value {
        let mut record = Map::new();
        for field in fields {
            // Stops are given always, as many things may hang on them.
            let is_given = match field.presence {
                Presence::Required => true,
                Presence::Optional | Presence::Default(_) => field.name == "stop" || self.one_in(3),
            };
            if is_given && field.name != "description" {
                let value = self.value(&field.shape);
                record.insert(field.name.to_owned(), value);
            }
        }
        Value::Object(record)
    }

    fn value(&mut self, shape: &Shape) -> Value {
        match shape {
            Shape::Fixed { value } => serde_json::to_value(value).unwrap(),
            Shape::Time => {
                let (hour, minute) = (self.below(24), self.below(60));
                json!(format!("{hour:02}:{minute:02}"))
            }
            Shape::Text { .. } => json!(["", "a line", "\"quoted\" ä"][self.below(3)]),
            Shape::Name { of } => self.name(*of),
            Shape::Truth => json!(self.one_in(2)),
            Shape::Number { limits, parameter } => self.number(*limits, *parameter),
            Shape::Word { words } => json!(words[self.below(words.len())].name),
            Shape::Block { group } => self.block(*group),
            Shape::Record { fields } => self.record(fields),
            Shape::List { of, min, max } => {
                let most = (*max).min(min + 3);
                let count = min + self.below(most - min + 1);
                Value::Array((0..count).map(|_| self.value(of)).collect())
            }
            Shape::Settings => json!({}),
        }
    }

    fn name(&mut self, of: NameOf) -> Value {
        match of {
            NameOf::Zone => json!(["UTC", "Europe/Berlin", "America/New_York"][self.below(3)]),
            NameOf::Parameter => json!("on"),
            NameOf::Indicator => json!("mean"),
            NameOf::Output => json!("value"),
            NameOf::Strategy | NameOf::New | NameOf::Catalogue => json!("sma"),
        }
    }

    fn number(&mut self, limits: Limits, parameter: bool) -> Value {
        // The parameter lies from 1 to 3 and is whole.
        let fits = limits.min < 1.0 && limits.max >= 3.0 || limits.min == 1.0 && !limits.above;
        if parameter && fits && self.one_in(5) {
            return json!({ "parameter": "few" });
        }
        let reach = (limits.max - limits.min).min(40.0);
        let number =
            limits.min.max(-20.0) + reach * f64::from(self.below(1000) as u32 + 1) / 1000.0;
        if limits.whole {
            json!(number.round() as i64)
        } else {
            json!((number * 100.0).round() / 100.0)
        }
    }

    fn block(&mut self, group: Group) -> Value {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            match group {
                Group::Condition => return json!({ "position": "flat" }),
                Group::Value => return json!({ "price": {} }),
                _ => {}
            }
        }
        if group == Group::Value && self.one_in(4) {
            return self.reading();
        }
        let found = self.schema.groups.iter().find(|it| it.group == group).unwrap();
        let (kinds, plain) = (found.kinds.clone(), found.plain.clone());
        if let Some(plain) = plain.filter(|_| self.seeded.up_to(3) == 0) {
            return self.value(&plain);
        }
        let kind = &kinds[self.below(kinds.len())];
        if kind.name == "chosen" {
            let option = ["a", "b"][self.below(2)];
            return json!({ "chosen": { "parameter": "mode", "option": option } });
        }
        if kind.name == "indicator" {
            return self.reading();
        }
        let content = self.value(&kind.shape);
        json!({ kind.name: content })
    }

    fn reading(&mut self) -> Value {
        let (name, outputs) = FAMILIES[self.below(FAMILIES.len())];
        let output = outputs[self.below(outputs.len())];
        json!({ "indicator": { "name": name, "output": output, "back": self.below(4) } })
    }
}

fn parameters() -> Value {
    json!([
        { "name": "few", "kind": { "integer": { "default": 2, "min": 1, "max": 3 } } },
        { "name": "on", "kind": { "boolean": { "default": true } } },
        { "name": "mode", "kind": { "choice": { "default": "a", "choices": ["a", "b"] } } },
    ])
}

fn indicators() -> Value {
    json!([
        { "name": "mean", "indicator": "sma", "settings": { "length": 3 }, "plot": true },
        { "name": "bands", "indicator": "bollinger", "settings": { "length": 5, "width": 1.5 } },
        { "name": "slow", "indicator": "ema", "settings": { "length": { "parameter": "few" } }, "role": "HTF" },
    ])
}

fn stage(seed: u64) -> Stage {
    let candles = walk(seed, 400);
    let mut stage = rows(&candles);
    stage.higher =
        Some(market::aggregate(&series(Timeframe::M1, &candles), Timeframe::M5).unwrap());
    let mut seeded = Seeded::new(seed ^ 1);
    let mut position = None;
    for row in &candles {
        if seeded.up_to(9) == 0 {
            let directions = [Direction::Long, Direction::Short];
            let direction = directions.get(usize::try_from(seeded.up_to(2)).unwrap());
            position = direction.map(|direction| (*direction, row[3]));
        }
        stage.positions.push(position);
    }
    stage
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn what_the_schema_allows_is_read_written_and_played(seed: u64) {
        let text = Maker::new(seed).file().to_string();
        match rules::read(&text) {
            Ok(read) => {
                let written = read.to_json();
                prop_assert_eq!(rules::read(&written).unwrap(), read, "{}", written);
                if rules::load("random.json", &text).is_ok() {
                    let _ = stage(seed).play(&text);
                }
            }
            // Nothing but what looks at several fields at once.
            Err(error) => for problem in error.problems() {
                let known = ["as there is", "together", "partial targets", "percent", "for a long",
                    "for a short", "ends later than", "longest timeframe"];
                let is_known = known.iter().any(|words| problem.expected.contains(words));
                prop_assert!(is_known, "{}\n{}", problem, text);
            },
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(seed: u64, cut in 0usize..4000, noise in "[{}\\[\\]\":,a-z0-9\\\\ ]{0,12}") {
        let text = Maker::new(seed).file().to_string();
        let mut place = cut.min(text.len());
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        let _ = rules::load("random.json", &text[..place]);
        let _ = rules::load("random.json", &format!("{}{noise}{}", &text[..place], &text[place..]));
    }
}

#[test]
fn most_random_files_are_rules_and_some_act() {
    let mut counts = [0; 3];
    for seed in 0..200 {
        let text = Maker::new(seed).file().to_string();
        if rules::load("random.json", &text).is_ok() {
            counts[0] += 1;
            let (wishes, output) = stage(seed).play(&text);
            counts[1] += usize::from(wishes.iter().any(|it| !it.is_empty()));
            counts[2] += usize::from(!output.log.is_empty());
        }
    }
    assert!(counts[0] > 80 && counts[1] > 40 && counts[2] > 10, "{counts:?}");
}
