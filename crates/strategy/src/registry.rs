//! All strategies of an installation by name, those that cannot be run with the reason.

use std::sync::Arc;

use crate::{Definition, Origin, built_in};

/// The strategies of this installation.
#[derive(Clone, Debug)]
pub struct Registry {
    definitions: Vec<Arc<Definition>>,
    invalid: Vec<InvalidStrategy>,
}

/// A file of the strategies folder that is no strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidStrategy {
    /// Name of the file in the folder.
    pub file: String,
    /// What is wrong, with the place.
    pub error: String,
    /// The text with which it is wrong by itself; empty where there is none, or where other files decide.
    pub text: String,
}

impl InvalidStrategy {
    /// A file that other files or the file system make invalid.
    pub fn new(file: impl Into<String>, error: impl Into<String>) -> Self {
        Self { file: file.into(), error: error.into(), text: String::new() }
    }

    /// A file whose text is wrong by itself.
    #[must_use]
    pub fn of_text(file: &str, error: String, text: String) -> Self {
        Self { file: file.to_owned(), error, text }
    }
}

impl Registry {
    /// The strategies that come with the application.
    #[must_use]
    pub fn built_in() -> Self {
        let definitions = built_in::definitions().into_iter().map(Arc::new).collect();
        Self { definitions, invalid: Vec::new() }
    }

    /// These strategies and one more. A strategy that is there already goes before it.
    #[must_use]
    pub fn with(mut self, definition: Definition) -> Self {
        self.definitions.push(Arc::new(definition));
        self
    }

    /// These strategies and one more from a file. When a name of it is taken, it is listed among the
    /// invalid ones.
    #[must_use]
    pub fn with_file(
        mut self,
        file: &str,
        found: Result<Arc<Definition>, InvalidStrategy>,
    ) -> Self {
        let found = found.and_then(|definition| match self.taken_name(&definition) {
            Some((name, by)) => {
                let error = format!("the name {name} is taken by {}", by.info.id);
                Err(InvalidStrategy::new(file, error))
            }
            None => Ok(definition),
        });
        match found {
            Ok(definition) => self.definitions.push(definition),
            Err(invalid) => self.invalid.push(invalid),
        }
        self
    }

    /// These strategies with one in the place of that of the same name, if there is one.
    #[must_use]
    pub fn replacing(mut self, definition: Definition) -> Self {
        self.definitions.retain(|it| !it.is_called(&definition.info.id));
        self.with(definition)
    }

    fn taken_name<'a>(&'a self, new: &'a Definition) -> Option<(&'a str, &'a Definition)> {
        let mut names = std::iter::once(&new.info.id).chain(&new.info.aliases);
        names.find_map(|name| self.find(name).map(|by| (&**name, by)))
    }

    /// All strategies that can be run in the order in which they are shown.
    pub fn list(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.iter().map(|it| &**it)
    }

    /// The strategy that comes from a file of this name.
    #[must_use]
    pub fn find_file(&self, file: &str) -> Option<&Arc<Definition>> {
        let is_from = |it: &&Arc<Definition>| match it.source().origin() {
            Origin::BuiltIn => false,
            Origin::File(name) => name == file,
        };
        self.definitions.iter().find(is_from)
    }

    /// The files that are no strategies.
    #[must_use]
    pub fn invalid(&self) -> &[InvalidStrategy] {
        &self.invalid
    }

    /// The strategy of this name or alias, in any case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Definition> {
        self.list().find(|definition| definition.is_called(name))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{Source, StrategyInfo};

    #[test]
    fn both_spellings_find_a_strategy() {
        let registry = Registry::built_in();
        for name in ["SIMPLE_TEST", "simple_test", "SimpleTestStrategy"] {
            assert_eq!(registry.find(name).unwrap().info.id, "SIMPLE_TEST");
        }
        assert!(registry.find("SIMPLE").is_none());
    }

    /// `SMA_CROSS` under another name, from a file.
    fn renamed(id: &'static str, alias: &'static str) -> Definition {
        let registry = Registry::built_in();
        let sma_cross = registry.find("SMA_CROSS").unwrap().clone();
        let info =
            StrategyInfo { id: id.into(), aliases: vec![alias.into()], ..sma_cross.info.clone() };
        let source = Source::of_file("mine.luau", "text");
        Definition::new(info, source, move |parameters| sma_cross.strategy(parameters))
    }

    #[test]
    fn a_file_cannot_take_the_name_of_another_strategy() {
        let check = |definition: Definition, taken: Option<&str>| {
            let registry = Registry::built_in().with_file("mine.luau", Ok(Arc::new(definition)));
            let errors: Vec<&str> = registry.invalid().iter().map(|it| it.error.as_str()).collect();
            assert_eq!(errors, Vec::from_iter(taken));
            assert_eq!(registry.find("mine").is_some(), taken.is_none());
        };
        check(renamed("MINE", "MY_CROSS"), None);
        check(renamed("sma_cross", "mine"), Some("the name sma_cross is taken by SMA_CROSS"));
        check(renamed("MINE", "SimpleTest"), Some("the name SimpleTest is taken by SIMPLE_TEST"));
        let registry = Registry::built_in()
            .with_file("a.luau", Ok(Arc::new(renamed("MINE", "A"))))
            .with_file("b.luau", Ok(Arc::new(renamed("MINE", "B"))))
            .with_file("c.luau", Err(InvalidStrategy::new("c.luau", "c.luau:1: no rules")));
        let invalid: Vec<&str> = registry.invalid().iter().map(|it| it.file.as_str()).collect();
        assert_eq!(invalid, ["b.luau", "c.luau"]);
        assert!(registry.find("A").is_some() && registry.find("B").is_none());
        let registry = registry.replacing(renamed("MINE", "C"));
        assert!(registry.find("C").is_some() && registry.find("A").is_none());
    }

    #[test]
    fn the_hash_is_that_of_the_text_whatever_its_line_ends() {
        let of = |text: &str| Source::of_file("x", text).hash().to_owned();
        // printf 'a\n' | sha256sum
        let expected = "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7";
        assert_eq!((of("a\n"), of("a\r\n")), (expected.to_owned(), expected.to_owned()));
        assert_ne!(of("a\n"), of("b\n"));
    }

    #[test]
    fn every_strategy_is_documented_and_runs_with_its_defaults() {
        for definition in Registry::built_in().list() {
            let info = &definition.info;
            assert!(definition.resolve(&BTreeMap::new()).is_ok(), "{}", info.id);
            assert!(info.description.contains("## Rules"), "{}", info.id);
            assert!(info.description.contains("## When it loses"), "{}", info.id);
            assert!(info.parameters.iter().all(|spec| !spec.help.is_empty()), "{}", info.id);
        }
    }
}
