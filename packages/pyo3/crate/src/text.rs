//! What was handed over: JSON as bytes, or as a string of JavaScript, which is UTF-16 and becomes bytes on the Python
//! thread.

use std::sync::Mutex;

use encoding_rs::mem::convert_utf16_to_utf8_partial;
use napi::bindgen_prelude::{sys, FromNapiValue};
use napi::{check_status, Error, Result, Status};

/// JSON of JavaScript, copied as it is: the cheapest that the agent's thread can do with it.
pub enum Json {
    /// Bytes that are said to be UTF-8; whoever reads them finds out.
    Utf8(Vec<u8>),
    Utf16(Vec<u16>),
}

impl Json {
    /// In bytes or in units of UTF-16, as it came.
    pub fn len(&self) -> usize {
        match self {
            Self::Utf8(bytes) => bytes.len(),
            Self::Utf16(units) => units.len(),
        }
    }
}

impl FromNapiValue for Json {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        let mut kind = sys::ValueType::napi_undefined;
        // SAFETY: `value` is of this environment, here and below.
        check_status!(unsafe { sys::napi_typeof(env, value, &mut kind) })?;
        if kind == sys::ValueType::napi_string {
            return unsafe { copy_string(env, value) }.map(Self::Utf16);
        }
        unsafe { copy_bytes(env, value) }.map(Self::Utf8)
    }
}

/// # Safety
///
/// `value` is of this environment.
unsafe fn copy_bytes(env: sys::napi_env, value: sys::napi_value) -> Result<Vec<u8>> {
    let (mut kind, mut length, mut data) = (-1, 0, std::ptr::null_mut());
    let nothing = std::ptr::null_mut();
    // SAFETY: what is not a typed array is refused; no object is made for its buffer.
    let status = unsafe {
        sys::napi_get_typedarray_info(env, value, &mut kind, &mut length, &mut data, nothing, std::ptr::null_mut())
    };
    if status != sys::Status::napi_ok || kind != sys::TypedarrayType::uint8_array {
        return Err(Error::new(Status::InvalidArg, "the events are neither a string nor a Uint8Array"));
    }
    let mut bytes = SPARE_BYTES.take(length);
    if length > 0 {
        // SAFETY: there is room, and `data` are `length` bytes. No slice is made of them: memory may be shared with
        // other threads, and who writes to it meanwhile has handed over what then stands there.
        unsafe {
            std::ptr::copy_nonoverlapping(data.cast::<u8>(), bytes.as_mut_ptr(), length);
            bytes.set_len(length);
        }
    }
    Ok(bytes)
}

/// # Safety
///
/// `value` is a string of this environment.
unsafe fn copy_string(env: sys::napi_env, value: sys::napi_value) -> Result<Vec<u16>> {
    let mut length = 0;
    // SAFETY: without a buffer its length is asked for.
    let status = unsafe { sys::napi_get_value_string_utf16(env, value, std::ptr::null_mut(), 0, &mut length) };
    check_status!(status, "the events are no string")?;
    let mut text = SPARE_UNITS.take(length + 1);
    let mut copied = 0;
    // SAFETY: there is room for all of it and the zero after it. What was copied is initialised.
    let status = unsafe {
        let status = sys::napi_get_value_string_utf16(env, value, text.as_mut_ptr(), length + 1, &mut copied);
        text.set_len(copied);
        status
    };
    check_status!(status, "the events cannot be copied")?;
    Ok(text)
}

static SPARE_BYTES: Spare<u8> = Spare::new();
static SPARE_UNITS: Spare<u16> = Spare::new();

/// Memory of texts that are done with is the next ones': memory that is fresh costs the agent's thread more than the
/// copy does. Nobody waits for it: who does not get it at once goes without.
struct Spare<T>(Mutex<Vec<Vec<T>>>);

/// How many pieces are kept, and how many bytes they have together at most, while there is something to do.
const SPARES: usize = 4;
const KEPT: usize = 64 * 1024 * 1024;

impl<T> Spare<T> {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Empty memory with room for `length`.
    fn take(&self, length: usize) -> Vec<T> {
        let found = self.0.try_lock().ok().and_then(|mut spare| {
            let fitting = spare.iter().position(|piece| piece.capacity() >= length);
            // One that is too small is given up, so that those that are kept grow to what is needed.
            let given_up = if fitting.is_none() { spare.pop() } else { None };
            drop(given_up);
            fitting.map(|at| spare.swap_remove(at))
        });
        // Pages that nothing is written to cost nothing, and the next text may be a little longer.
        found.unwrap_or_else(|| Vec::with_capacity(length.checked_next_power_of_two().unwrap_or(length)))
    }

    fn keep(&self, mut piece: Vec<T>) {
        piece.clear();
        if let Ok(mut spare) = self.0.try_lock() {
            let room = KEPT / size_of::<T>();
            let kept: usize = spare.iter().map(Vec::capacity).sum();
            if spare.len() < SPARES && kept + piece.capacity() <= room {
                spare.push(piece);
            }
        }
    }

    fn release(&self) {
        if let Ok(mut spare) = self.0.try_lock() {
            spare.clear();
        }
    }
}

/// How much memory the Python thread keeps for the next string, while there is something to do.
const KEPT_HERE: usize = 16 * 1024 * 1024;

/// How many units are narrowed at once.
const CHUNK: usize = 64;

/// The JSON of one hand-over as bytes.
#[derive(Default)]
pub struct Text {
    /// What came as bytes is taken as it is.
    given: Option<Vec<u8>>,
    /// A string is converted into memory that is used again.
    buffer: Vec<u8>,
    end: usize,
}

impl Text {
    /// Takes JSON over.
    pub fn set(&mut self, json: Json) {
        match json {
            Json::Utf8(bytes) => self.given = Some(bytes),
            Json::Utf16(units) => {
                self.given = None;
                self.convert(&units);
                SPARE_UNITS.keep(units);
            }
        }
    }

    /// Halves of surrogate pairs are replaced; what JavaScript makes of a value has none in it.
    fn convert(&mut self, mut rest: &[u16]) {
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
        match &self.given {
            Some(bytes) => bytes,
            None => &self.buffer[..self.end],
        }
    }

    /// It is not needed any more. A large one need not be held while the hook runs.
    pub fn clear(&mut self) {
        if let Some(bytes) = self.given.take() {
            SPARE_BYTES.keep(bytes);
        }
        self.end = 0;
        if self.buffer.capacity() > KEPT_HERE {
            self.buffer = Vec::new();
        }
    }

    /// Gives all memory back, also what is kept for the next texts.
    pub fn release(&mut self) {
        *self = Self::default();
        SPARE_BYTES.release();
        SPARE_UNITS.release();
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
