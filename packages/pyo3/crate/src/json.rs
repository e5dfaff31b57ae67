//! A JSON array, read into a list of Python objects.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::interpreter::Interpreter;
use crate::reader::{Keys, Reader};

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
/// all at once would leave the processor's caches. Small ones stay in them.
const LARGE: usize = 4 * 1024;

/// Whether events are to be read one at a time.
pub fn are_large(text: &[u8], count: u32) -> bool {
    count > 1 && text.len() / count as usize >= LARGE
}

/// Reads an array of `count` events.
///
/// # Errors
///
/// A `ValueError`, when the text is not an array of `count` elements.
pub fn read<'py>(
    py: Python<'py>,
    python: &Interpreter,
    text: &[u8],
    count: u32,
    keys: &mut Keys,
) -> PyResult<Events<'py>> {
    if let Some(Ok(list)) = Reader::new(py, text, keys).whole().map(Bound::cast_into::<PyList>) {
        if list.len() == count as usize {
            return Ok(Events { list, places: None, refused: Vec::new() });
        }
    }
    read_slowly(py, python, text, 0, count)
}

/// Reads an array of `count` events, of which the first stands at `first` of the hand-over.
///
/// What the fast parser refuses and Python's own reads (halves of surrogate pairs, numbers of many digits, deep
/// nesting) is left to Python's; what that refuses too, and what is no UTF-8, fails alone.
///
/// # Errors
///
/// A `ValueError`, when the text is not an array of `count` elements.
pub fn read_slowly<'py>(
    py: Python<'py>,
    python: &Interpreter,
    text: &[u8],
    first: u32,
    count: u32,
) -> PyResult<Events<'py>> {
    let read = python.parse.bind(py).call1((PyBytes::new(py, text), count))?;
    let (list, mut places, mut refused) = read.extract::<(Bound<'py, PyList>, Vec<u32>, Vec<(u32, String)>)>()?;
    places.iter_mut().for_each(|place| *place += first);
    refused.iter_mut().for_each(|(place, _)| *place += first);
    Ok(Events { list, places: Some(places), refused })
}
