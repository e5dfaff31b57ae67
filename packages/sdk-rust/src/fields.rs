//! The types that a field can have (conformance/PROTOCOL.md, section 3).

use serde::ser::SerializeMap;
use serde::Serialize;
use serde_json::{Number, Value};

use crate::json::JsonObject;

/// A type that a field can have. What stands in for a value is its default.
pub(crate) trait Field: Serialize + Default {
    /// For messages.
    const NAME: &'static str;
    const REQUIRED: bool = true;
    /// Whether null is a value. Elsewhere it is how some agents say "absent".
    const TAKES_NULL: bool = false;

    /// The value as this type, or as it was.
    fn read(value: Value) -> Result<Self, Value>;

    fn is_there(&self) -> bool {
        true
    }
}

impl<T: Field> Field for Option<T> {
    const NAME: &'static str = T::NAME;
    const REQUIRED: bool = false;
    const TAKES_NULL: bool = T::TAKES_NULL;

    fn read(value: Value) -> Result<Self, Value> {
        T::read(value).map(Some)
    }

    fn is_there(&self) -> bool {
        self.is_some()
    }
}

impl Field for String {
    const NAME: &'static str = "a string";

    fn read(value: Value) -> Result<Self, Value> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(other),
        }
    }
}

impl Field for i64 {
    const NAME: &'static str = "an integer";

    fn read(value: Value) -> Result<Self, Value> {
        value.as_number().and_then(integer).ok_or(value)
    }
}

/// The largest integer that a double holds exactly, and so does every language.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// A number without a fraction, however it is spelled: `1`, `1.0`, `1e3`.
fn integer(number: &Number) -> Option<i64> {
    let whole = number.as_i64().or_else(|| {
        let double = number.as_f64()?;
        (double.fract() == 0.0 && double.abs() <= MAX_SAFE_INTEGER as f64).then_some(double as i64)
    })?;
    (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER)
        .contains(&whole)
        .then_some(whole)
}

impl Field for f64 {
    const NAME: &'static str = "a number";

    fn read(value: Value) -> Result<Self, Value> {
        value.as_f64().ok_or(value)
    }
}

impl Field for bool {
    const NAME: &'static str = "a boolean";

    fn read(value: Value) -> Result<Self, Value> {
        value.as_bool().ok_or(value)
    }
}

impl Field for JsonObject {
    const NAME: &'static str = "an object";

    fn read(value: Value) -> Result<Self, Value> {
        match value {
            Value::Object(object) => Ok(object),
            other => Err(other),
        }
    }
}

impl Field for Vec<Value> {
    const NAME: &'static str = "an array";

    fn read(value: Value) -> Result<Self, Value> {
        match value {
            Value::Array(items) => Ok(items),
            other => Err(other),
        }
    }
}

impl Field for Vec<String> {
    const NAME: &'static str = "an array of strings";

    fn read(value: Value) -> Result<Self, Value> {
        match value {
            Value::Array(items) if items.iter().all(Value::is_string) => Ok(items
                .into_iter()
                .filter_map(|item| String::read(item).ok())
                .collect()),
            other => Err(other),
        }
    }
}

impl Field for Value {
    const NAME: &'static str = "anything";
    const TAKES_NULL: bool = true;

    fn read(value: Value) -> Result<Self, Value> {
        Ok(value)
    }
}

/// A field of an object inside an event. What is in there is not checked: of another type is as
/// good as absent.
pub(crate) fn inner<T: Field>(object: &JsonObject, name: &str) -> T {
    object
        .get(wire_name(name))
        .and_then(|value| T::read(value.clone()).ok())
        .unwrap_or_default()
}

/// Writes a field, when there is one.
pub(crate) fn write_field<M: SerializeMap, T: Field>(
    map: &mut M,
    name: &str,
    value: &T,
) -> Result<(), M::Error> {
    if value.is_there() {
        map.serialize_entry(name, value)?;
    }
    Ok(())
}

/// The name of a field that had to be written as `r#type`.
pub(crate) fn wire_name(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}
