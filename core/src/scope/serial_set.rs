//! Serials by the million, as they were given.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::limits::{SERIAL_BYTES_MAX, SERIAL_SET_MAX};

/// A list of serials that is too long for the text of a scope, such as an uploaded one: given as a
/// [parameter](super::Parameters::with_serials), and asked for as `serial IN :uploaded`.
///
/// Holds up to 10,000,000 serials, in a little more memory than their text. The white space around
/// a serial is no part of it. Cloning is cheap.
///
/// # Examples
///
/// ```
/// use seriatim::SerialSet;
///
/// let uploaded = SerialSet::new(["AX250000045312", " AX250000045313 "])?;
/// assert_eq!(uploaded.len(), 2);
/// assert_eq!(uploaded.iter().last(), Some("AX250000045313"));
/// assert!(SerialSet::new(["AX250000045312", ""]).is_err()); // which row was left empty?
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SerialSet(Arc<Texts>);

/// Texts one after another.
#[derive(Default, PartialEq, Eq)]
struct Texts {
    text: String,
    /// Where each ends; 10,000,000 serials of 256 bytes have fewer than 2^32.
    ends: Vec<u32>,
}

impl SerialSet {
    /// The serials of a list, in its order; one may stand in it twice.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when there are more than 10,000,000, and for one that is empty, blank or
    /// longer than 256 bytes; the message says which it is, counted from 1.
    pub fn new<S: AsRef<str>>(serials: impl IntoIterator<Item = S>) -> Result<Self> {
        let mut texts = Texts::default();
        for (number, serial) in (1..).zip(serials) {
            let serial = serial.as_ref().trim();
            if number > SERIAL_SET_MAX {
                return Err(Error::invalid(format!(
                    "the set has more than {SERIAL_SET_MAX} serials; split it"
                )));
            }
            if serial.is_empty() {
                return Err(Error::invalid(format!("serial {number} of the set is empty")));
            }
            if serial.len() > SERIAL_BYTES_MAX {
                return Err(Error::invalid(format!(
                    "serial {number} of the set has {} bytes, but a serial has at most \
                     {SERIAL_BYTES_MAX}",
                    serial.len()
                )));
            }
            texts.text.push_str(serial);
            texts.ends.push(u32::try_from(texts.text.len()).unwrap_or(u32::MAX));
        }
        texts.text.shrink_to_fit();
        texts.ends.shrink_to_fit();
        Ok(SerialSet(Arc::new(texts)))
    }

    /// How many there are, each as often as it was given.
    pub fn len(&self) -> usize {
        self.0.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.ends.is_empty()
    }

    /// The serials, in the order in which they were given.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        (0..self.len()).map(|at| self.serial(at))
    }

    pub(super) fn serial(&self, at: usize) -> &str {
        let Texts { text, ends } = &*self.0;
        let end = ends.get(at).copied().unwrap_or(0);
        let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        text.get(start as usize..end as usize).unwrap_or("")
    }
}

impl fmt::Debug for SerialSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerialSet({} serials)", self.len())
    }
}
