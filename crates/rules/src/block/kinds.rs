//! Blocks of which one of several kinds stands in a place.

/// One of several kinds: an object whose only field is the kind's name. With `or type` a value that is no such
/// object is of the first variant, if that accepts it.
macro_rules! kinds {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident in $group:ident $(, or $plain:ident($plain_type:ty) $plain_help:literal)? {
            $($(#[doc = $help:literal])+ $kind:ident($type:ty) = $word:literal,)+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $(#[doc = $plain_help] $plain($plain_type),)?
            $($(#[doc = $help])+ $kind($type),)+
        }

        impl $name {
            pub(crate) fn kinds() -> crate::shape::GroupOfKinds {
                crate::shape::GroupOfKinds {
                    group: crate::shape::Group::$group,
                    help: concat!($($doc, "\n"),+).trim(),
                    plain: None$(.or(Some(<$plain_type as crate::block::Block>::shape())))?,
                    kinds: vec![$(crate::shape::Kind {
                        name: $word,
                        label: crate::shape::label($word),
                        help: concat!($($help, "\n"),+).trim(),
                        shape: <$type as crate::block::Block>::shape(),
                    }),+],
                }
            }
        }

        impl crate::block::Block for $name {
            fn shape() -> crate::shape::Shape {
                crate::shape::Shape::Block { group: crate::shape::Group::$group }
            }

            fn read(json: &crate::json::Json, reader: &mut crate::reader::Reader<'_>) -> Option<Self> {
                reader.count_block();
                $(if <$plain_type>::is_like(json) {
                    let plain = <$plain_type as crate::block::Block>::read(json, reader);
                    return plain.map(Self::$plain);
                })?
                let (word, content) = reader.tagged(json, &[$($word),+])?;
                reader.inside(word, content.offset, |reader| match word {
                    $($word => {
                        <$type as crate::block::Block>::read(content, reader).map(Self::$kind)
                    })+
                    _ => None,
                })
            }

            fn write(&self) -> crate::json::Json {
                match self {
                    $(Self::$plain(content) => crate::block::Block::write(content),)?
                    $(Self::$kind(content) => {
                        crate::json::Json::tagged($word, crate::block::Block::write(content))
                    })+
                }
            }
        }
    };
}
pub(crate) use kinds;
