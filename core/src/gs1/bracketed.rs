//! Element strings as people read them, with their identifiers in brackets.

use super::ElementString;
use super::element_string::WAY_OUT;
use crate::error::{Error, Result};

/// Whether a text begins with two to four digits in brackets.
pub(super) fn begins(text: &str) -> bool {
    identifier(text).is_some_and(|(ai, _)| (2..=4).contains(&ai.len()))
}

/// The digits in brackets that a text begins with, and what follows.
fn identifier(text: &str) -> Option<(&str, &str)> {
    let (ai, rest) = text.strip_prefix('(')?.split_once(')')?;
    ai.bytes().all(|it| it.is_ascii_digit()).then_some((ai, rest))
}

pub(super) fn read(text: &str) -> Result<ElementString> {
    let mut read = ElementString::default();
    let mut rest = text;
    while !rest.is_empty() {
        let at = text.chars().count() - rest.chars().count() + 1;
        let Some((ai, after)) = identifier(rest) else {
            return Err(Error::invalid(format!(
                "there is no application identifier in brackets at character {at}; write `\\(` for \
                 a bracket inside a value"
            )));
        };
        if !(2..=4).contains(&ai.len()) {
            return Err(Error::invalid(format!(
                "the number in brackets at character {at} has not the 2 to 4 digits of an \
                 application identifier; {WAY_OUT}"
            )));
        }
        let (value, later) = value(after);
        read.push(ai, &value, format_args!("at character {at}"))?;
        rest = later;
    }
    Ok(read)
}

/// The value that a text begins with, up to the next bracket that is not escaped, and what follows.
fn value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('(').unwrap_or(rest.len());
        let (mine, later) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let (Some(mine), Some(after)) = (mine.strip_suffix('\\'), later.strip_prefix('(')) else {
            value.push_str(mine);
            return (value, later);
        };
        value.push_str(mine);
        value.push('(');
        rest = after;
    }
}
