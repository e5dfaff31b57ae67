//! What events are made of. None is named here: what can be said about one is in `generated`, which
//! uses the macros below.

use std::fmt::{self, Display};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::generated::{HookEvent, HookEventBase};
use crate::to_event::Fields;

/// The fields of every event: how they are taken from a payload, and how they are written.
macro_rules! base {
    ($base:ident { $($field:ident),* $(,)? }) => {
        impl From<$crate::to_event::Fields> for $base {
            fn from(mut fields: $crate::to_event::Fields) -> Self {
                $(let $field = fields.take(stringify!($field));)*
                let (extra, raw, problems) = fields.rest();
                Self { $($field,)* extra, raw, problems }
            }
        }

        impl $base {
            /// Their names, as they are spelled in Rust.
            pub(crate) const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];

            pub(crate) fn write<M>(&self, map: &mut M) -> Result<(), M::Error>
            where
                M: serde::ser::SerializeMap,
            {
                $($crate::fields::write_field(map, stringify!($field), &self.$field)?;)*
                Ok(())
            }
        }
    };
}

/// An event: its own fields are taken first, what is left is for the base.
macro_rules! event {
    ($event:ident { $($field:ident),* $(,)? }) => {
        impl From<$crate::to_event::Fields> for $event {
            #[allow(unused_mut)]
            fn from(mut fields: $crate::to_event::Fields) -> Self {
                Self { $($field: fields.take(stringify!($field)),)* base: fields.into() }
            }
        }

        impl $event {
            /// The names of its own fields, as they are spelled in Rust.
            pub(crate) const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];
        }

        impl std::ops::Deref for $event {
            type Target = $crate::generated::HookEventBase;

            fn deref(&self) -> &Self::Target {
                &self.base
            }
        }

        /// The typed fields under our names, those that are there.
        impl serde::Serialize for $event {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                self.base.write(&mut map)?;
                $($crate::fields::write_field(&mut map, stringify!($field), &self.$field)?;)*
                serde::ser::SerializeMap::end(map)
            }
        }
    };
}

/// The union of all events.
macro_rules! events {
    ($union:ident { $($variant:ident($event:ident)),* $(,)? }) => {
        impl std::ops::Deref for $union {
            type Target = $crate::generated::HookEventBase;

            fn deref(&self) -> &Self::Target {
                match self {
                    $(Self::$variant(event) => event,)*
                }
            }
        }

        /// The typed fields under our names, those that are there.
        impl serde::Serialize for $union {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(event) => event.serialize(serializer),)*
                }
            }
        }

        $(impl From<$event> for $union {
            fn from(event: $event) -> Self {
                Self::$variant(event)
            }
        })*
    };
}

/// An object inside events.
macro_rules! object {
    ($object:ident { $($field:ident),* $(,)? }) => {
        impl $crate::fields::Field for $object {
            const NAME: &'static str = "an object";

            fn read(value: serde_json::Value) -> Result<Self, serde_json::Value> {
                let raw = $crate::JsonObject::read(value)?;
                Ok(Self { $($field: $crate::fields::inner(&raw, stringify!($field)),)* raw })
            }
        }

        /// The object as it was sent.
        impl serde::Serialize for $object {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.raw.serialize(serializer)
            }
        }
    };
}

/// Something about one field that is not as the catalogue says. The event is usable all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Our name of the field, for example `duration_ms`.
    pub field: &'static str,
    /// What kind of problem it is.
    pub code: ProblemCode,
    /// What is wrong, with the value quoted. For people: its wording may change.
    pub message: String,
}

/// What kind of problem a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemCode {
    /// It was there with a value of another type, and is left out.
    WrongType,
    /// It has to be there and is not.
    Missing,
}

impl ProblemCode {
    /// The code as every language spells it: `wrong_type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WrongType => "wrong_type",
            Self::Missing => "missing",
        }
    }
}

impl Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `{ field, code, message }`.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("field", self.field)?;
        map.serialize_entry("code", self.code.as_str())?;
        map.serialize_entry("message", &self.message)?;
        map.end()
    }
}

/// An event outside the catalogue: its type is its name as sent, its base fields are checked,
/// everything else is in `extra`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UnknownEvent {
    /// The fields of every event. They can be read without it: `event.cwd`.
    pub base: HookEventBase,
}

event! { UnknownEvent {} }

/// What can be said about an event beside its fields.
pub(crate) struct EventFacts {
    pub(crate) event_type: &'static str,
    /// `hook_event_name` of a payload that says none.
    pub(crate) default_name: &'static str,
    /// Our name of a field and the path under which others have it, in the order they are tried.
    pub(crate) spelled: &'static [(&'static str, &'static str)],
    /// Its own fields.
    pub(crate) fields: &'static [&'static str],
    /// A key of the lifecycle wire and the path at which its value belongs.
    pub(crate) lifecycle: &'static [(&'static str, &'static str)],
    pub(crate) build: fn(Fields) -> HookEvent,
}

/// An event and whether it was found by one of its other names, which may say more than its type.
pub(crate) type Found = (&'static EventFacts, bool);

pub(crate) const fn plain(facts: &'static EventFacts) -> Option<Found> {
    Some((facts, false))
}

pub(crate) const fn alias(facts: &'static EventFacts) -> Option<Found> {
    Some((facts, true))
}
