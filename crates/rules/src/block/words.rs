//! Closed sets of words.

/// One of a few words.
macro_rules! words {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident {
            $($(#[doc = $help:literal])+ $word:ident = $text:literal,)+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[doc = $help])+ $word,)+
        }

        crate::block::known_words! {
            $name { $($name::$word = $text, concat!($($help, "\n"),+);)+ }
        }
    };
}
pub(crate) use words;

/// Makes words of an enum that is known elsewhere.
macro_rules! known_words {
    ($name:ty { $($value:path = $text:literal, $help:expr;)+ }) => {
        impl crate::block::Block for $name {
            fn shape() -> crate::shape::Shape {
                crate::shape::Shape::Word {
                    words: vec![$(crate::shape::Word {
                        name: $text,
                        label: crate::shape::label($text),
                        help: $help.trim(),
                    }),+],
                }
            }

            fn read(json: &crate::json::Json, reader: &mut crate::reader::Reader<'_>) -> Option<Self> {
                if let crate::json::JsonKind::Text(text) = &json.kind {
                    match text.as_str() {
                        $($text => return Some($value),)+
                        _ => {}
                    }
                }
                let known: Vec<String> = [$($text),+].iter().map(|it| format!("{it:?}")).collect();
                reader.not(json, format!("one of {}", known.join(", ")))
            }

            fn write(&self) -> crate::json::Json {
                match self {
                    $($value => crate::json::Json::text($text),)+
                }
            }
        }
    };
}
pub(crate) use known_words;
