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

/// The first and the last day, in days after 1970, of a text: a day, an ISO 8601 week, a month or a
/// year.
pub(super) fn period(text: &str) -> Result<(i64, i64)> {
    let days = |(first, last): (Date, Date)| (i64::from(first.days()), i64::from(last.days()));
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, width: usize| {
        let number = part.len() == width && part.bytes().all(|it| it.is_ascii_digit());
        number.then(|| part.parse::<i16>().ok()).flatten()
    };
    let found = match parts.as_slice() {
        [year] => digits(year, 4)
            .and_then(|year| Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?))),
        [year, week] if week.starts_with('W') => digits(year, 4).and_then(|year| {
            let week = digits(week.trim_start_matches('W'), 2)?;
            Date::days_of_week(year, i8::try_from(week).ok()?)
        }),
        [year, month] => digits(year, 4).and_then(|year| {
            let month = i8::try_from(digits(month, 2)?).ok()?;
            let last = Date::days_in_month(year, month)?;
            Some((Date::new(year, month, 1).ok()?, Date::new(year, month, last).ok()?))
        }),
        _ => return day(text).map(|day| (day, day)),
    };
    found.map(days).ok_or_else(|| {
        field(format!(
            "`{text}` is no day, week, month or year; write '2018-03-15', '2018-W07', '2018-03' or \
             '2018'"
        ))
    })
}

/// Microseconds of a day by the clock.
pub(super) const DAY_MICROS: i64 = 86_400_000_000;

/// The time of day of a text, in microseconds after midnight; `24:00` is the end of the day.
pub(super) fn time_of_day(text: &str) -> Result<i64> {
    let refused = || {
        field(format!(
            "`{text}` is no time of day; write it HH:MM or HH:MM:SS, from '00:00' to '24:00'"
        ))
    };
    let (clock, fraction) = text.split_once('.').map_or((text, ""), |(clock, it)| (clock, it));
    let digits = |part: &str| part.bytes().all(|it| it.is_ascii_digit());
    let mut parts = clock.split(':');
    let mut pair = |max: i64| match parts.next() {
        Some(part) if part.len() == 2 && digits(part) => {
            part.parse().ok().filter(|number| *number <= max).map(Some).ok_or_else(refused)
        }
        Some(_) => Err(refused()),
        None => Ok(None),
    };
    let (hour, minute, second) = (pair(24)?, pair(59)?, pair(59)?);
    let (Some(hour), Some(minute)) = (hour, minute) else { return Err(refused()) };
    let fine = match (text.contains('.'), second) {
        (false, _) => 0,
        (true, Some(_)) if (1..=6).contains(&fraction.len()) && digits(fraction) => {
            format!("{fraction:0<6}").parse().map_err(|_| refused())?
        }
        (true, _) => return Err(refused()),
    };
    let micros = ((hour * 60 + minute) * 60 + second.unwrap_or(0)) * 1_000_000 + fine;
    if micros > DAY_MICROS || parts.next().is_some() {
        return Err(refused());
    }
    Ok(micros)
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
    fn periods_are_all_their_days() {
        let rows = [
            ("1970-01-02", (1, 1)),
            ("1970-02", (31, 58)),
            ("1972-02", (761, 789)),
            ("1970", (0, 364)),
            // Of the year 1970, though it begins in the year before.
            ("1970-W01", (-3, 3)),
            ("1970-W53", (361, 367)),
        ];
        for (text, expected) in rows {
            assert_eq!(period(text).unwrap(), expected, "{text}");
        }
        let none = [
            "",
            "70",
            "1970-13",
            "1970-00",
            "1970-W00",
            "1971-W53",
            "1970-W1",
            "1970-WW1",
            "1970-1",
            "1970-02-30",
            "01.02.1970",
            "1970-w01",
            "+970",
            "1970-Q1",
        ];
        for text in none {
            assert!(period(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_of_day_end_at_twenty_four() {
        let minute = 60_000_000;
        let rows = [
            ("00:00", 0),
            ("15:00", 15 * 60 * minute),
            ("15:01:02", (15 * 60 + 1) * minute + 2_000_000),
            ("23:59:59.999999", DAY_MICROS - 1),
            ("23:59:59.5", DAY_MICROS - 500_000),
            ("24:00", DAY_MICROS),
            ("24:00:00.000000", DAY_MICROS),
        ];
        for (text, expected) in rows {
            assert_eq!(time_of_day(text).unwrap(), expected, "{text}");
        }
        let none = [
            "",
            "15",
            "1:00",
            "15:0",
            "24:01",
            "24:00:00.1",
            "25:00",
            "12:60",
            "12:00:60",
            "12:00.5",
            "12:00:00.",
            "12:00:00.1234567",
            "12:00:00:00",
            "+1:00",
            "12:00Z",
            "3 pm",
            "\u{661}2:00",
        ];
        for text in none {
            assert!(time_of_day(text).is_err(), "{text}");
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
