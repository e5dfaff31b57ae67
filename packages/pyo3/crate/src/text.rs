//! What was handed over, on its way from JavaScript's UTF-16 to UTF-8.

use std::sync::Mutex;

use encoding_rs::mem::convert_utf16_to_utf8_partial;
use napi::bindgen_prelude::{sys, FromNapiValue, TypeName, ValidateNapiValue};
use napi::{check_status, Result, ValueType};

/// A text of JavaScript, copied as it is: the cheapest that the agent's thread can do with it.
pub struct Utf16(Vec<u16>);

impl Utf16 {
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl TypeName for Utf16 {
    fn type_name() -> &'static str {
        "string"
    }

    fn value_type() -> ValueType {
        ValueType::String
    }
}

impl ValidateNapiValue for Utf16 {}

impl FromNapiValue for Utf16 {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        let mut length = 0;
        // SAFETY: `value` is of this environment; without a buffer its length is asked for.
        let status = unsafe { sys::napi_get_value_string_utf16(env, value, std::ptr::null_mut(), 0, &mut length) };
        check_status!(status, "the events are no string")?;
        let mut text = spare(length + 1);
        let mut copied = 0;
        // SAFETY: there is room for all of it and the zero after it. What was copied is initialised.
        let status = unsafe {
            let status = sys::napi_get_value_string_utf16(env, value, text.as_mut_ptr(), length + 1, &mut copied);
            text.set_len(copied);
            status
        };
        check_status!(status, "the events cannot be copied")?;
        Ok(Self(text))
    }
}

impl Drop for Utf16 {
    /// Its memory is the next one's: memory that is fresh costs the agent's thread more than the copy does.
    fn drop(&mut self) {
        let text = std::mem::take(&mut self.0);
        if let Ok(mut spare) = SPARE.try_lock() {
            if spare.len() < SPARES && text.capacity() <= KEPT {
                spare.push(text);
            }
        }
    }
}

/// Memory of texts that are done with. Nobody waits for it: who does not get it at once goes without.
static SPARE: Mutex<Vec<Vec<u16>>> = Mutex::new(Vec::new());

/// How many are kept.
const SPARES: usize = 4;

/// Memory for so many units, used again if there is some that is large enough.
fn spare(units: usize) -> Vec<u16> {
    let found = SPARE.try_lock().ok().and_then(|mut spare| spare.pop());
    // One that is too small is given up, so that those that are kept grow to what is needed.
    found.filter(|text| text.capacity() >= units).unwrap_or_else(|| Vec::with_capacity(units))
}

/// How much memory is kept for the next text, while there is something to do.
const KEPT: usize = 16 * 1024 * 1024;

/// How many units are narrowed at once.
const CHUNK: usize = 64;

/// The text of one hand-over as UTF-8, in memory that is used again.
#[derive(Default)]
pub struct Text {
    buffer: Vec<u8>,
    end: usize,
}

impl Text {
    /// Takes a text over. Halves of surrogate pairs are replaced; what JavaScript makes of a value has none in it.
    pub fn set(&mut self, text: &Utf16) {
        let mut rest = text.0.as_slice();
        self.reserve(0, rest.len());
        self.end = narrow(rest, &mut self.buffer);
        rest = &rest[self.end..];
        while !rest.is_empty() {
            let (read, written) = convert_utf16_to_utf8_partial(rest, &mut self.buffer[self.end..]);
            rest = &rest[read..];
            self.end += written;
            self.reserve(self.end, rest.len() * 3);
        }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.end]
    }

    /// It is not needed any more. A large one need not be held while the hook runs.
    pub fn clear(&mut self) {
        self.end = 0;
        if self.buffer.capacity() > KEPT {
            self.buffer = Vec::new();
        }
    }

    /// Gives all memory back, also what is kept for the next texts.
    pub fn release(&mut self) {
        *self = Self::default();
        if let Ok(mut spare) = SPARE.try_lock() {
            spare.clear();
        }
    }

    /// Room for `more` bytes behind `end`. What is there already is not cleared first.
    fn reserve(&mut self, end: usize, more: usize) {
        // A few more than needed: the last character may be written in a step of its own.
        let wanted = end + more + 4;
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
    }
}

/// Copies as long as it is ASCII, which JSON mostly is. Returns how much that was.
fn narrow(from: &[u16], to: &mut [u8]) -> usize {
    let mut done = 0;
    for (units, bytes) in from.chunks_exact(CHUNK).zip(to.chunks_exact_mut(CHUNK)) {
        if units.iter().fold(0, |all, unit| all | unit) >= 0x80 {
            break;
        }
        for (byte, unit) in bytes.iter_mut().zip(units) {
            *byte = *unit as u8;
        }
        done += CHUNK;
    }
    done
}
