//! From the text of a field's kind, such as `D1..6`, `year2@1990` or `luhn(tac,snr)`, to the kind.

use super::kind::{Alphabet, CENTURY, CalendarKind, CalendarUnit, FieldKind, Writing};
use crate::error::{Error, Result};
use crate::limits::SERIAL_BYTES_MAX;
use crate::serial::check::CheckScheme;

/// The greatest year of an era.
const YEAR_MAX: i16 = 9_999;
/// What an era is written like, in messages.
const ERA: &str = "the first year that it may stand for, as in `@2015`";

/// The words that are parts of a date, the longest first where one begins another.
const UNITS: [(&str, CalendarUnit); 5] = [
    ("year", CalendarUnit::Year),
    ("month", CalendarUnit::Month),
    ("week", CalendarUnit::Week),
    ("yday", CalendarUnit::DayOfYear),
    ("day", CalendarUnit::Day),
];

/// Reads the kind of the field of this name.
pub(super) fn kind(name: &str, text: &str) -> Result<FieldKind> {
    if let Some((unit, rest)) = unit(text) {
        return calendar(unit, rest).map(FieldKind::Calendar).map_err(|cause| {
            Error::invalid(format!("field `{name}` is of the kind `{text}`, {cause}"))
        });
    }
    if let Some((scheme, over)) = check(text) {
        return Ok(FieldKind::Check { scheme, over });
    }
    let (alphabet, widths) = if let Some((symbols, rest)) = bracketed(text) {
        (Some(custom(name, &symbols)?), rest)
    } else {
        let mut characters = text.chars();
        (characters.next().and_then(Alphabet::of), characters.as_str())
    };
    let Some(alphabet) = alphabet else { return Err(unknown(name, text)) };
    Ok(FieldKind::Text { alphabet, widths: read_widths(name, widths)? })
}

fn unknown(name: &str, text: &str) -> Error {
    let checks: Vec<_> = CheckScheme::all().map(CheckScheme::name).collect();
    Error::invalid(format!(
        "field `{name}` is of an unknown kind `{text}`; write D for digits, A for letters, X for \
         both, H for hexadecimal, B for base32 or an alphabet such as `[ABC]`, and a width; year4, \
         year2, year1, month, week, yday or day for a part of a date; or a check: {}",
        checks.join(", ")
    ))
}

fn unit(text: &str) -> Option<(CalendarUnit, &str)> {
    UNITS.iter().find_map(|(word, unit)| Some((*unit, text.strip_prefix(word)?)))
}

/// Reads what follows the word; the error is the end of a sentence.
fn calendar(unit: CalendarUnit, rest: &str) -> Result<CalendarKind, String> {
    if unit == CalendarUnit::Year {
        return year(rest);
    }
    let writing = match bracketed(rest) {
        Some((table, "")) if unit == CalendarUnit::Month => {
            check_alphabet(&table)?;
            if table.len() != 12 {
                return Err(format!("with {} characters for the 12 months", table.len()));
            }
            Writing::Table(table.into())
        }
        None if rest.is_empty() => {
            Writing::Digits(if unit == CalendarUnit::DayOfYear { 3 } else { 2 })
        }
        _ if unit == CalendarUnit::Month => {
            return Err("which is none; write `month`, or `month[ABCDEFGHJKLM]`".to_owned());
        }
        _ => return Err("which has no width and no alphabet; write the word alone".to_owned()),
    };
    Ok(CalendarKind { unit, writing, first: 1 })
}

fn year(rest: &str) -> Result<CalendarKind, String> {
    let (writing, era) = if let Some((table, era)) = bracketed(rest) {
        check_alphabet(&table)?;
        (Writing::Table(table.into()), era)
    } else {
        let width = rest.chars().next().and_then(|it| it.to_digit(10));
        let width = width.and_then(|it| usize::try_from(it).ok());
        let Some(width @ (1 | 2 | 4)) = width else {
            return Err("which is none; write year4, year2, year1 with its era as in \
                        `year1@2015`, or a character for each year as in `year[ABC]@2010`"
                .to_owned());
        };
        (Writing::Digits(width), rest.get(1..).unwrap_or_default())
    };
    let first = match (&writing, era.strip_prefix('@')) {
        (Writing::Digits(4), None) if era.is_empty() => 0,
        (Writing::Digits(4), _) => return Err("but four digits need no era".to_owned()),
        (_, Some(year)) => era_start(year).ok_or_else(|| format!("whose era is not {ERA}"))?,
        (Writing::Digits(2), None) if era.is_empty() => CENTURY,
        (_, None) if era.is_empty() => return Err(format!("which needs its era: {ERA}")),
        _ => return Err(format!("but what follows is no era, {ERA}")),
    };
    let kind = CalendarKind { unit: CalendarUnit::Year, writing, first };
    let last = i32::from(first) + i32::from(kind.count()) - 1;
    if last > i32::from(YEAR_MAX) {
        return Err(format!("whose era ends in {last}, past the year {YEAR_MAX}"));
    }
    Ok(kind)
}

fn era_start(text: &str) -> Option<i16> {
    let plain = text.len() == 4 && text.bytes().all(|it| it.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

fn check(text: &str) -> Option<(CheckScheme, Vec<String>)> {
    let Some((scheme, over)) = text.split_once('(') else {
        return Some((CheckScheme::parse(text)?, Vec::new()));
    };
    let over = over.strip_suffix(')')?.split(',').map(|it| it.trim().to_owned()).collect();
    Some((CheckScheme::parse(scheme)?, over))
}

/// The characters in brackets at the beginning of a text, and what follows.
fn bracketed(text: &str) -> Option<(String, &str)> {
    let mut characters = text.strip_prefix('[')?.chars();
    let mut symbols = String::new();
    loop {
        match characters.next()? {
            ']' => return Some((symbols, characters.as_str())),
            '\\' => symbols.push(characters.next()?),
            it => symbols.push(it),
        }
    }
}

fn custom(name: &str, symbols: &str) -> Result<Alphabet> {
    check_alphabet(symbols)
        .map_err(|cause| Error::invalid(format!("field `{name}` has an alphabet {cause}")))?;
    Ok(Alphabet::Custom(symbols.into()))
}

/// Refuses what is no alphabet; the error is the end of a sentence.
fn check_alphabet(symbols: &str) -> Result<(), String> {
    if let Some(it) = symbols.chars().find(|it| !it.is_ascii_graphic()) {
        return Err(format!("with {it:?}, which is no visible character of ASCII"));
    }
    let twin = symbols
        .char_indices()
        .find(|(at, it)| symbols.get(..*at).is_some_and(|before| before.contains(*it)));
    match twin {
        Some((_, it)) => Err(format!("in which `{it}` stands twice")),
        None if symbols.len() < 2 => {
            Err("of less than two characters; write them as text".to_owned())
        }
        None => Ok(()),
    }
}

fn read_widths(name: &str, text: &str) -> Result<(usize, usize)> {
    let (least, most) = match text.split_once("..") {
        Some((least, most)) => (width(least), width(most)),
        None => (width(text), width(text)),
    };
    let (Some(least), Some(most)) = (least, most) else {
        return Err(Error::invalid(format!(
            "field `{name}` has the width `{text}`; write 1 to {SERIAL_BYTES_MAX}, or a least and \
             a most as in `1..6`"
        )));
    };
    if least > most || least == most && text.contains("..") {
        return Err(Error::invalid(format!(
            "field `{name}` has the width `{text}`, whose most is not above its least"
        )));
    }
    Ok((least, most))
}

fn width(text: &str) -> Option<usize> {
    let plain = text.bytes().all(|it| it.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|it| plain && (1..=SERIAL_BYTES_MAX).contains(it))
}
