//! A time zone, and the days in it.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{Date, Instant};
use crate::error::{Error, Result};

/// A time zone of the IANA database, such as `Europe/Berlin`; `UTC` unless said otherwise.
///
/// # Examples
///
/// ```
/// use seriatim::Zone;
///
/// let berlin = Zone::named("Europe/Berlin")?;
/// let (first, last) = berlin.day("2025-03-30".parse()?)?;
/// assert_eq!(first.to_string(), "2025-03-29T23:00:00Z");
/// assert_eq!(last.to_string(), "2025-03-30T21:59:59.999999Z"); // 23 hours: summer time began
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Zone { name: "UTC".into(), zone: TimeZone::UTC }
    }

    /// The zone of an IANA name.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the bundled database has no such zone.
    pub fn named(name: &str) -> Result<Self> {
        if name == "UTC" {
            return Ok(Zone::utc());
        }
        let zone = TimeZoneDatabase::bundled().get(name).map_err(|source| {
            Error::invalid(format!("`{name}` is no time zone of the IANA database"))
                .caused_by(source)
        })?;
        Ok(Zone { name: name.to_owned(), zone })
    }

    /// The name the zone was asked for by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first and the last instant of a day in this zone.
    ///
    /// # Errors
    ///
    /// `invalid_argument` at the very ends of the calendar.
    pub fn day(&self, date: Date) -> Result<(Instant, Instant)> {
        let next =
            date.tomorrow().ok_or_else(|| Error::invalid("the day after is too far away"))?;
        Ok((self.start_of(date)?, Instant::from_micros(self.start_of(next)?.micros() - 1)?))
    }

    /// The first instant of a day in this zone.
    ///
    /// # Errors
    ///
    /// `invalid_argument` at the very ends of the calendar.
    pub fn start_of(&self, date: Date) -> Result<Instant> {
        let zoned = date.civil().to_zoned(self.zone.clone()).map_err(too_far)?;
        Instant::from_jiff(zoned.timestamp())
    }

    /// The day an instant falls on in this zone.
    pub fn date_of(&self, at: Instant) -> Date {
        Date::from_civil(at.jiff().to_zoned(self.zone.clone()).date())
    }

    /// What clocks of this zone show at an instant: the day, and microseconds after its midnight as
    /// they count. Where clocks are set forward or back, less or more time than that has passed.
    pub fn clock(&self, at: Instant) -> (Date, i64) {
        let shown = at.jiff().to_zoned(self.zone.clone()).datetime();
        let time = shown.time();
        let seconds = (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60
            + i64::from(time.second());
        let micros = seconds * 1_000_000 + i64::from(time.subsec_nanosecond()) / 1_000;
        (Date::from_civil(shown.date()), micros)
    }

    /// The stretches of time from one instant to another in which clocks of this zone run on without
    /// being set: the first and the last microsecond of each, and how many microseconds clocks are
    /// ahead of UTC.
    pub(crate) fn stretches(&self, first: Instant, last: Instant) -> Vec<(i64, i64, i64)> {
        let ahead = |seconds: i32| i64::from(seconds) * 1_000_000;
        let mut stretches = Vec::new();
        let mut open = (first.micros(), ahead(self.zone.to_offset(first.jiff()).seconds()));
        for set in self.zone.following(first.jiff()) {
            let at = set.timestamp().as_microsecond();
            if at > last.micros() {
                break;
            }
            stretches.push((open.0, at - 1, open.1));
            open = (at, ahead(set.offset().seconds()));
        }
        stretches.push((open.0, last.micros(), open.1));
        stretches
    }

    /// Reads a timestamp: with an offset as that instant, without one as local time of this zone.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when it is neither, is finer than a microsecond, or names a local time
    /// that the zone skipped or had twice.
    pub fn instant(&self, text: &str) -> Result<Instant> {
        let unreadable = || {
            Error::invalid(format!(
                "`{text}` is not a timestamp; write it 2025-03-01T12:30:00 or 2025-03-01T12:30:00Z"
            ))
        };
        // The calendar crate would read `[Europe/Berlin]` and leave it out of account, and take a
        // 60th second for the 59th.
        if text.contains('[') || text.contains(":60") {
            return Err(unreadable());
        }
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Instant::from_jiff(at);
        }
        let local: DateTime = text.parse().map_err(|_| unreadable())?;
        self.settle(local)
    }

    /// The instant at which clocks of this zone show what clocks of UTC show so many microseconds
    /// after 1970-01-01T00:00:00.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the zone skipped that local time or had it twice, or it is too far
    /// away.
    pub fn local(&self, micros: i64) -> Result<Instant> {
        let shown = Instant::from_micros(micros)?.jiff().to_zoned(TimeZone::UTC).datetime();
        self.settle(shown)
    }

    /// Whether it is UTC, in which local time is the instant itself.
    pub fn is_utc(&self) -> bool {
        self.zone == TimeZone::UTC
    }

    fn settle(&self, local: DateTime) -> Result<Instant> {
        let zoned = self.zone.to_ambiguous_zoned(local).unambiguous().map_err(|source| {
            Error::invalid(format!("{local} is not one instant in {}; give its offset", self.name))
                .caused_by(source)
        })?;
        Instant::from_jiff(zoned.timestamp())
    }
}

fn too_far(source: jiff::Error) -> Error {
    Error::invalid("the day lies at the very end of the calendar").caused_by(source)
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_that_was_skipped_or_doubled_is_refused() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        for text in ["2025-03-30T02:30:00", "2025-10-26T02:30:00"] {
            assert!(berlin.instant(text).is_err(), "{text}");
        }
        let at = berlin.instant("2025-10-26T02:30:00+02:00").unwrap();
        assert_eq!(at.to_string(), "2025-10-26T00:30:00Z");
    }

    #[test]
    fn an_instant_falls_on_the_local_day() {
        let at: Instant = "2025-01-31T23:30:00Z".parse().unwrap();
        let day = |zone: &str| Zone::named(zone).unwrap().date_of(at).to_string();
        assert_eq!(day("UTC"), "2025-01-31");
        assert_eq!(day("Asia/Tokyo"), "2025-02-01");
    }

    #[test]
    fn a_clock_shows_what_people_read_off_it() {
        let clock = |zone: &str, at: &str| {
            let (date, micros) = Zone::named(zone).unwrap().clock(at.parse().unwrap());
            (date.to_string(), micros)
        };
        let minute = 60_000_000;
        let rows = [
            ("UTC", "2025-03-30T00:30:00.000001Z", "2025-03-30", 30 * minute + 1),
            // One hour is left out that day, and half past three is two and a half hours after midnight.
            ("Europe/Berlin", "2025-03-30T01:30:00Z", "2025-03-30", 210 * minute),
            ("Europe/Berlin", "2025-03-29T23:00:00Z", "2025-03-30", 0),
            ("Asia/Tokyo", "1969-12-31T23:59:59Z", "1970-01-01", 540 * minute - 1_000_000),
        ];
        for (zone, at, day, micros) in rows {
            assert_eq!(clock(zone, at), (day.to_owned(), micros), "{at} in {zone}");
        }
    }

    #[test]
    fn what_would_be_read_as_something_else_is_refused() {
        for text in ["2025-07-01T12:00:00[Europe/Berlin]", "2016-12-31T23:59:60Z"] {
            assert!(Zone::utc().instant(text).is_err(), "{text}");
        }
        assert!(Zone::utc().instant("2025-07-01T12:00:00").is_ok());
    }

    #[test]
    fn an_unknown_zone_is_refused() {
        assert!(Zone::named("Mars/Olympus").is_err());
    }
}
