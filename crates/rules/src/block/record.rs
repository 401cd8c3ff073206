//! Objects with fields.

/// An object. `field: type` must be there unless its type may be absent; `field: type = value` has a default.
/// `, checked by function` lets a function look at what was read.
macro_rules! record {
    (
        $(#[doc = $doc:literal])+
        $(#[derive($derive:ident)])?
        pub struct $name:ident $(, checked by $check:path)? {
            $($(#[doc = $help:literal])+ $field:ident: $type:ty $(= $default:expr)?,)*
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        $(#[derive($derive)])?
        pub struct $name {
            $($(#[doc = $help])+ pub $field: $type,)*
        }

        impl $name {
            pub(crate) fn fields() -> Vec<crate::shape::Field> {
                vec![$({
                    let default: Option<$type> = None$(.or(Some($default)))?;
                    let absent = <$type as crate::block::Block>::absent();
                    crate::shape::Field {
                        name: stringify!($field),
                        label: crate::shape::label(stringify!($field)),
                        help: concat!($($help, "\n"),+).trim(),
                        presence: match (default, absent) {
                            (Some(default), _) => {
                                crate::shape::Presence::Default(crate::block::shown(&default))
                            }
                            (None, Some(_)) => crate::shape::Presence::Optional,
                            (None, None) => crate::shape::Presence::Required,
                        },
                        shape: <$type as crate::block::Block>::shape(),
                    }
                }),*]
            }
        }

        impl crate::block::Block for $name {
            fn shape() -> crate::shape::Shape {
                crate::shape::Shape::Record { fields: Self::fields() }
            }

            fn read(json: &crate::json::Json, reader: &mut crate::reader::Reader<'_>) -> Option<Self> {
                let fields = reader.fields(json, &[$(stringify!($field)),*])?;
                $(let $field: Option<$type> =
                    reader.field(fields, stringify!($field), None$(.or(Some($default)))?);)*
                let read = Self { $($field: $field?),* };
                $($check(&read, reader);)?
                Some(read)
            }

            fn write(&self) -> crate::json::Json {
                use crate::json::{Json, JsonKind};
                let mut fields: Vec<(String, Json)> = Vec::new();
                $({
                    let default: Option<$type> = None$(.or(Some($default)))?;
                    let value = crate::block::Block::write(&self.$field);
                    if default.as_ref() != Some(&self.$field) && value.kind != JsonKind::Null {
                        fields.push((stringify!($field).to_owned(), value));
                    }
                })*
                Json::made(JsonKind::Map(fields))
            }
        }
    };
}
pub(crate) use record;
