//! A JSON array, read into a list of Python objects.

use jiter::{FloatMode, Jiter, PartialMode, PythonParse, StringCacheMode};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::interpreter::Interpreter;

/// Keys are made once and then used again.
const PARSER: PythonParse = PythonParse {
    allow_inf_nan: false,
    cache_mode: StringCacheMode::Keys,
    partial_mode: PartialMode::Off,
    catch_duplicate_keys: false,
    float_mode: FloatMode::Float,
};

/// The events of a hand-over that can be read.
pub struct Events<'py> {
    pub list: Bound<'py, PyList>,
    /// Where each stood in the array; none when all could be read.
    pub places: Option<Vec<u32>>,
    /// Those that could not be read: where they stood, and why.
    pub refused: Vec<(u32, String)>,
}

impl Events<'_> {
    /// Where the event at `at` of the list stood in the array.
    pub fn place(&self, at: usize) -> u32 {
        match &self.places {
            Some(places) => places.get(at).copied().unwrap_or(at as u32),
            None => at as u32,
        }
    }
}

/// From this size on, on average, events are read one at a time: the memory of one is used again for the next, where
/// all at once would leave the processor's caches. Small ones are not worth the second look at the text.
const LARGE: usize = 4 * 1024;

/// The texts of an array's events, when they are to be read one at a time.
pub fn apart(text: &[u8], count: u32) -> Option<Vec<&[u8]>> {
    let count = count as usize;
    if count < 2 || text.len() / count < LARGE {
        return None;
    }
    let mut parts = Vec::with_capacity(count);
    let mut array = Jiter::new(text);
    let mut next = array.next_array().ok()?;
    while let Some(peek) = next {
        let start = array.current_index();
        array.known_skip(peek).ok()?;
        parts.push(array.slice_to_current(start));
        next = array.array_step().ok()?;
    }
    array.finish().ok()?;
    (parts.len() == count).then_some(parts)
}

/// Reads one event of those that stand apart.
///
/// # Errors
///
/// Why it cannot be read.
pub fn read_one<'py>(py: Python<'py>, python: &Interpreter, text: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    if let Ok(value) = PARSER.python_parse(py, text) {
        return Ok(value);
    }
    python.parse_one.bind(py).call1((String::from_utf8_lossy(text),))
}

/// Reads an array of `count` events.
///
/// What the fast parser refuses and Python's own reads (halves of surrogate pairs, numbers of many digits, deep
/// nesting) is left to Python's; what that refuses too fails alone.
///
/// # Errors
///
/// A `ValueError`, when the text is not an array of `count` elements.
pub fn read<'py>(py: Python<'py>, python: &Interpreter, text: &[u8], count: u32) -> PyResult<Events<'py>> {
    if let Ok(value) = PARSER.python_parse(py, text) {
        if let Ok(list) = value.cast_into::<PyList>() {
            if list.len() == count as usize {
                return Ok(Events { list, places: None, refused: Vec::new() });
            }
        }
    }
    let text = String::from_utf8_lossy(text);
    let (list, places, refused) = python.parse.bind(py).call1((text, count))?.extract::<Slow<'py>>()?;
    Ok(Events { list, places: Some(places), refused })
}

type Slow<'py> = (Bound<'py, PyList>, Vec<u32>, Vec<(u32, String)>);
