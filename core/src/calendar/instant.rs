//! A point in time.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::error::{Error, Result};

/// A point in time: microseconds since 1970-01-01T00:00:00Z, in the years -9999 to 9999.
///
/// # Examples
///
/// ```
/// use seriatim::Instant;
///
/// let at: Instant = "2025-03-01T12:30:00+01:00".parse()?;
/// assert_eq!(at.to_string(), "2025-03-01T11:30:00Z");
/// assert!("2025-03-01T12:30:00".parse::<Instant>().is_err()); // of which zone?
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The instant so many microseconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when it lies outside the years -9999 to 9999.
    pub fn from_micros(micros: i64) -> Result<Self> {
        match Timestamp::from_microsecond(micros) {
            Ok(_) => Ok(Instant(micros)),
            Err(source) => Err(Error::invalid("the instant lies outside the years -9999 to 9999")
                .caused_by(source)),
        }
    }

    /// Microseconds after 1970-01-01T00:00:00Z.
    pub fn micros(self) -> i64 {
        self.0
    }

    pub(super) fn from_jiff(at: Timestamp) -> Result<Self> {
        if at.subsec_nanosecond() % 1_000 != 0 {
            return Err(Error::invalid("the instant is finer than a microsecond"));
        }
        Ok(Instant(at.as_microsecond()))
    }

    pub(super) fn jiff(self) -> Timestamp {
        // Both constructors checked the bounds; the epoch stands for what cannot be.
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl FromStr for Instant {
    type Err = Error;

    /// Reads RFC 3339 with an offset: `2025-03-01T12:30:00Z`, `2025-03-01 12:30:00.25+01:00`.
    fn from_str(text: &str) -> Result<Self> {
        let at = text.parse::<Timestamp>().map_err(|_| {
            Error::invalid(format!(
                "`{text}` is not an instant; write it 2025-03-01T12:30:00Z, with an offset"
            ))
        })?;
        Instant::from_jiff(at)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.jiff().fmt(f)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finer_than_a_microsecond_is_refused_not_cut() {
        assert!("2025-03-01T00:00:00.000001Z".parse::<Instant>().is_ok());
        assert!("2025-03-01T00:00:00.0000015Z".parse::<Instant>().is_err());
    }

    #[test]
    fn the_far_ends_are_refused() {
        assert!(Instant::from_micros(i64::MAX).is_err());
        assert!(Instant::from_micros(i64::MIN).is_err());
    }
}
