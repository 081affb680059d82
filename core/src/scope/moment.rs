//! Days and instants in the text of a scope.

use crate::calendar::{Date, Instant, Zone};
use crate::error::{Error, ErrorKind, Result};

/// The instants, in microseconds after 1970, that a text of a scope stands for: all of a day, or
/// one instant.
pub(super) fn moment(text: &str, zone: &Zone) -> Result<(i64, i64)> {
    if text.contains(':') {
        let at = instant(text, zone)?.micros();
        return Ok((at, at));
    }
    let date: Date = text.parse().map_err(|error: Error| {
        let time = "a point in time 2025-03-01T12:30:00Z";
        field(format!("{}, or {time}", error.message()))
    })?;
    match zone.day(date) {
        Ok((first, last)) => Ok((first.micros(), last.micros())),
        // The last days of the calendar, which stand for "no end": no instant comes after them.
        Err(_) if date.year() == 9999 => {
            let first = zone.instant(&format!("{date}T00:00:00"));
            Ok((first.map_or(i64::MAX, Instant::micros), i64::MAX))
        }
        Err(error) => Err(field(error.message())),
    }
}

/// The instant of a text that has a time of day.
pub(super) fn instant(text: &str, zone: &Zone) -> Result<Instant> {
    // The calendar would take the time and pass over a zone in brackets.
    if text.contains('[') {
        let message = format!("`{text}` names a zone; give its offset, as in +01:00, instead");
        return Err(field(message));
    }
    // It would take a 60th second for the 59th.
    if text.split(':').nth(2).is_some_and(|seconds| seconds.starts_with("60")) {
        return Err(field(format!("`{text}` has a second 60; seconds are 00 to 59")));
    }
    zone.instant(text).map_err(|error| field(error.message()))
}

/// The day of a text, in days after 1970.
pub(super) fn day(text: &str) -> Result<i64> {
    let date: Date = text.parse().map_err(|error: Error| field(error.message()))?;
    Ok(i64::from(date.days()))
}

fn field(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::ScopeField, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_all_of_it_in_its_zone() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let (first, last) = moment("2025-03-30", &berlin).unwrap();
        assert_eq!(last - first + 1, 23 * 3_600_000_000);
        let (at, same) = moment("2025-03-30 00:00:00", &berlin).unwrap();
        assert_eq!((at, same), (first, first));
    }

    #[test]
    fn the_last_days_have_no_end() {
        for day in ["9999-12-30", "9999-12-31"] {
            let (first, last) = moment(day, &Zone::utc()).unwrap();
            assert!(first > moment("9999-12-29", &Zone::utc()).unwrap().1, "{day}");
            assert_eq!(last, i64::MAX);
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        let texts = [
            "2025-3-1",
            "2025-02-29",
            "20250301",
            "2025-03-01T12",
            "2025-03-01T12:30[Europe/Berlin]",
            "2025-03-01T12:30:60Z",
            "2016-12-31 23:59:60.5",
            "12:30",
            "",
        ];
        for text in texts {
            assert!(moment(text, &Zone::utc()).is_err(), "{text}");
        }
    }
}
