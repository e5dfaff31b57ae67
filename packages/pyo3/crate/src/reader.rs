//! JSON, read straight into Python objects.
//!
//! What a small event costs is mostly its keys. Events of one kind have theirs in the same order, so the next key is
//! mostly known before it is read: the text is compared with it, and it is neither decoded, hashed nor made. Only
//! structure is read here; strings, unknown keys and numbers are left to jiter.

use std::collections::HashMap;

use jiter::{pystring_ascii_new, Jiter};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString};

/// How deeply values may nest: as deeply as jiter lets them. It bounds the stack.
const DEPTH: u8 = 200;

/// Keys that are longer are not remembered, and no more than so many are.
const LONGEST: usize = 64;
const MOST: usize = 1024;

/// The keys that were read, and what came after each. No more than is bounded: keys may be anything.
pub struct Keys {
    known: Vec<Key>,
    places: HashMap<Box<str>, usize>,
}

struct Key {
    /// As it stands in the text: `"key":`.
    text: Box<[u8]>,
    object: Option<Py<PyString>>,
    /// Places of the keys that came after it the last time, as `NEXT` and as `FIRST`.
    followers: [usize; 2],
}

/// The place of what stands for no key and for those that are not remembered. No text begins with it.
const NONE: usize = 0;

/// The next key of the same object.
const NEXT: usize = 0;

/// The first key of an object that is the value, or in it.
const FIRST: usize = 1;

impl Default for Keys {
    fn default() -> Self {
        // JSON has no such byte.
        let none = Key { text: Box::new([0]), object: None, followers: [NONE; 2] };
        Self { known: vec![none], places: HashMap::new() }
    }
}

impl Keys {
    /// Starts anew when there is no more room: what comes now may have other keys.
    fn make_room(&mut self) {
        if self.known.len() >= MOST {
            *self = Self::default();
        }
    }

    /// The place and the object of a key that was decoded. It is remembered if it is `plain`.
    fn find<'py>(&mut self, py: Python<'py>, key: &str, plain: bool) -> (usize, Bound<'py, PyString>) {
        if let Some(&place) = self.places.get(key) {
            if let Some(object) = &self.known[place].object {
                return (place, object.bind(py).clone());
            }
        }
        let object = string(py, key);
        if !plain || key.len() > LONGEST || self.known.len() >= MOST {
            return (NONE, object);
        }
        let place = self.known.len();
        let text = [b"\"", key.as_bytes(), b"\":"].concat().into_boxed_slice();
        self.known.push(Key { text, object: Some(object.clone().unbind()), followers: [NONE; 2] });
        self.places.insert(key.into(), place);
        (place, object)
    }
}

/// Reads a whole text, or the elements of an array one after another. What it refuses, for whatever reason, is for
/// Python's own parser, which says why.
pub struct Reader<'a, 'py> {
    py: Python<'py>,
    text: &'a [u8],
    /// How far it is.
    at: usize,
    keys: &'a mut Keys,
    /// Where jiter puts a string together that has escapes.
    tape: Vec<u8>,
}

impl<'a, 'py> Reader<'a, 'py> {
    pub fn new(py: Python<'py>, text: &'a [u8], keys: &'a mut Keys) -> Self {
        keys.make_room();
        Self { py, text, at: 0, keys, tape: Vec::new() }
    }

    /// All of the text. None when it is refused.
    pub fn whole(mut self) -> Option<Bound<'py, PyAny>> {
        let value = self.value(NONE, DEPTH)?;
        self.skip_space().is_none().then_some(value)
    }

    /// The next element of the array that the text is. None when it, or what follows it, is refused, and at the end.
    pub fn element(&mut self) -> Option<Bound<'py, PyAny>> {
        let start = self.at;
        let element = self.element_and_end();
        if element.is_none() {
            self.at = start;
        }
        element
    }

    fn element_and_end(&mut self) -> Option<Bound<'py, PyAny>> {
        let before = if self.at == 0 { b'[' } else { b',' };
        if self.skip_space()? != before {
            return None;
        }
        self.at += 1;
        let element = self.value(NONE, DEPTH)?;
        matches!(self.skip_space()?, b',' | b']').then_some(element)
    }

    /// The elements that were not read yet, as an array.
    pub fn other_elements(&self) -> Vec<u8> {
        if self.at == 0 {
            return self.text.to_vec();
        }
        // It stands before the comma.
        [b"[", self.rest().get(1..).unwrap_or_default()].concat()
    }

    /// `owner` is the place of the key whose value it is, or is in.
    fn value(&mut self, owner: usize, depth: u8) -> Option<Bound<'py, PyAny>> {
        match self.skip_space()? {
            b'"' => self.string(),
            b'{' => self.object(owner, depth.checked_sub(1)?),
            b'[' => self.array(owner, depth.checked_sub(1)?),
            b't' => self.word(b"true").map(|()| PyBool::new(self.py, true).to_owned().into_any()),
            b'f' => self.word(b"false").map(|()| PyBool::new(self.py, false).to_owned().into_any()),
            b'n' => self.word(b"null").map(|()| self.py.None().into_bound(self.py)),
            _ => self.number(),
        }
    }

    fn object(&mut self, owner: usize, depth: u8) -> Option<Bound<'py, PyAny>> {
        let object = PyDict::new(self.py);
        self.at += 1;
        if self.skip_space()? == b'}' {
            self.at += 1;
            return Some(object.into_any());
        }
        let (mut place, mut key) = self.key(owner, FIRST)?;
        loop {
            let value = self.value(place, depth)?;
            object.set_item(key, value).ok()?;
            match self.skip_space()? {
                b',' => self.at += 1,
                b'}' => break,
                _ => return None,
            }
            (place, key) = self.key(place, NEXT)?;
        }
        self.at += 1;
        Some(object.into_any())
    }

    fn array(&mut self, owner: usize, depth: u8) -> Option<Bound<'py, PyAny>> {
        let mut items = Vec::new();
        self.at += 1;
        if self.skip_space()? == b']' {
            self.at += 1;
            return Some(PyList::empty(self.py).into_any());
        }
        loop {
            items.push(self.value(owner, depth)?);
            match self.skip_space()? {
                b',' => self.at += 1,
                b']' => break,
                _ => return None,
            }
        }
        self.at += 1;
        Some(PyList::new(self.py, items).ok()?.into_any())
    }

    /// A key and its colon: most likely what came after the key `before` the last time.
    fn key(&mut self, before: usize, how: usize) -> Option<(usize, Bound<'py, PyString>)> {
        self.skip_space()?;
        let place = self.keys.known[before].followers[how];
        let likely = &self.keys.known[place];
        if self.rest().starts_with(&likely.text) {
            if let Some(object) = &likely.object {
                self.at += likely.text.len();
                return Some((place, object.bind(self.py).clone()));
            }
        }
        let found = self.other_key()?;
        self.keys.known[before].followers[how] = found.0;
        Some(found)
    }

    /// A key that has to be decoded.
    fn other_key(&mut self) -> Option<(usize, Bound<'py, PyString>)> {
        let mut json = Jiter::new(self.rest());
        let key = json.next_str().ok()?;
        let found = self.keys.find(self.py, key, is_plain(key, self.rest()));
        self.at += json.current_index();
        if self.skip_space()? != b':' {
            return None;
        }
        self.at += 1;
        Some(found)
    }

    fn string(&mut self) -> Option<Bound<'py, PyAny>> {
        let mut json = Jiter::with_tape(self.rest(), std::mem::take(&mut self.tape));
        let value = string(self.py, json.known_str().ok()?);
        self.at += json.current_index();
        self.tape = json.into_tape();
        Some(value.into_any())
    }

    fn number(&mut self) -> Option<Bound<'py, PyAny>> {
        let mut json = Jiter::new(self.rest());
        let number = json.next_number().ok()?;
        self.at += json.current_index();
        number.into_pyobject(self.py).ok()
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        self.rest().starts_with(word).then(|| self.at += word.len())
    }

    fn rest(&self) -> &'a [u8] {
        &self.text[self.at..]
    }

    /// The next byte that is no space; none at the end.
    fn skip_space(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }
}

/// Whether a key stands at the beginning of the text as it is, without escapes.
fn is_plain(key: &str, text: &[u8]) -> bool {
    let (key, text) = (key.as_bytes(), &text[1..]);
    text.starts_with(key) && text.get(key.len()) == Some(&b'"')
}

fn string<'py>(py: Python<'py>, text: &str) -> Bound<'py, PyString> {
    if text.is_ascii() {
        // SAFETY: it is.
        unsafe { pystring_ascii_new(py, text) }
    } else {
        PyString::new(py, text)
    }
}
