//! From the text of a layout to its parts.

use super::part::{FieldPart, Layout, Part};
use super::read_kind::kind;
use crate::error::{Error, Result};

/// Bytes the name of a field may have.
const FIELD_NAME_BYTES_MAX: usize = 64;
/// Bytes the text of a layout may have.
const LAYOUT_BYTES_MAX: usize = 4_096;

impl Layout {
    /// Reads the text of a layout.
    pub(in crate::serial) fn parse(text: &str) -> Result<Self> {
        if text.len() > LAYOUT_BYTES_MAX {
            return Err(Error::invalid(format!(
                "the layout has {} bytes, but at most {LAYOUT_BYTES_MAX} are allowed",
                text.len()
            )));
        }
        parts(text).and_then(Layout::of).map_err(|error| error.within(format!("layout `{text}`")))
    }
}

/// The parts read so far.
#[derive(Default)]
struct Parts {
    done: Vec<Part>,
    /// Literal text that is not yet a part, as a `?` may come after its last character.
    literal: String,
}

impl Parts {
    fn push(&mut self, part: Part) {
        if !self.literal.is_empty() {
            self.done.push(Part::Literal(std::mem::take(&mut self.literal)));
        }
        self.done.push(part);
    }

    /// Makes the last character of the literal one that may be left out.
    fn push_optional_character(&mut self, written: bool) -> Result<()> {
        let Some(it) = self.literal.pop() else {
            return Err(Error::invalid(
                "`?` follows neither a character nor a group that may be left out; write `\\?` for \
                 the character itself, and `(...)?` for a group",
            ));
        };
        self.push(Part::Optional { text: it.to_string(), written });
        Ok(())
    }
}

/// Cuts the text into parts, joining what is literal.
fn parts(text: &str) -> Result<Vec<Part>> {
    let mut parts = Parts::default();
    let mut rest = text;
    while let Some(it) = rest.chars().next() {
        let after = rest.get(it.len_utf8()..).unwrap_or_default();
        rest = match it {
            '{' if !after.starts_with('{') => {
                let Some((field, then)) = split_field(after) else {
                    return Err(Error::invalid("`{` opens a field that no `}` closes"));
                };
                parts.push(Part::Field(field_part(field)?));
                then
            }
            '}' if !after.starts_with('}') => {
                return Err(Error::invalid("`}` closes no field; write `}}` for the character"));
            }
            '(' => match group(after) {
                Some((text, then)) => {
                    let (written, then) = question_marks(then);
                    if text.is_empty() {
                        return Err(Error::invalid("`()` is a group of no character; remove it"));
                    }
                    parts.push(Part::Optional { text: plain(text)?, written });
                    then
                }
                None => literal(&mut parts.literal, rest)?,
            },
            '?' => {
                let (written, then) = question_marks(rest);
                parts.push_optional_character(written)?;
                then
            }
            _ => literal(&mut parts.literal, rest)?,
        };
    }
    if !parts.literal.is_empty() {
        parts.done.push(Part::Literal(parts.literal));
    }
    Ok(parts.done)
}

/// Appends the character that a text begins with, or that its escape stands for, and gives the
/// rest.
fn literal<'t>(out: &mut String, text: &'t str) -> Result<&'t str> {
    let mut characters = text.chars();
    let first = characters.next();
    let it = match first {
        Some('\\' | '{' | '}') => characters
            .next()
            .ok_or_else(|| Error::invalid("nothing follows the `\\` at the end"))?,
        Some(it) => it,
        None => return Ok(text),
    };
    if it.is_control() {
        return Err(Error::invalid("a control character stands in no serial; remove it"));
    }
    out.push(it);
    Ok(characters.as_str())
}

/// The text that a group of literal characters stands for.
fn plain(group: &str) -> Result<String> {
    let (mut text, mut rest) = (String::new(), group);
    while !rest.is_empty() {
        rest = literal(&mut text, rest)?;
    }
    Ok(text)
}

/// What stands in a group whose `(` comes before a text, and what follows its `)`, a `?`. Without
/// it, the `(` is a character like others.
fn group(text: &str) -> Option<(&str, &str)> {
    let mut characters = text.char_indices();
    loop {
        match characters.next()? {
            (_, '\\') => {
                characters.next()?;
            }
            // A brace doubled; one alone opens a field, which is in no group.
            (_, brace @ ('{' | '}')) => {
                characters.next().filter(|(_, it)| *it == brace)?;
            }
            (_, '(' | '?') => return None,
            (at, ')') => {
                let then = characters.as_str();
                return then.starts_with('?').then_some((text.get(..at)?, then));
            }
            _ => {}
        }
    }
}

/// Whether the family writes what may be left out, by the one or two `?` that follow it, and what
/// comes then.
fn question_marks(text: &str) -> (bool, &str) {
    match text.strip_prefix("??") {
        Some(then) => (false, then),
        None => (true, text.strip_prefix('?').unwrap_or(text)),
    }
}

/// What stands between braces, and what follows. A brace in brackets is a character of an alphabet.
fn split_field(text: &str) -> Option<(&str, &str)> {
    let mut in_brackets = false;
    let mut characters = text.char_indices();
    loop {
        match characters.next()? {
            (_, '[') => in_brackets = true,
            (_, ']') => in_brackets = false,
            (_, '\\') if in_brackets => {
                characters.next()?;
            }
            (at, '}') if !in_brackets => return Some((text.get(..at)?, characters.as_str())),
            _ => {}
        }
    }
}

/// Reads what stands between braces, such as `seq:D9` or `n:D1..6`.
fn field_part(text: &str) -> Result<FieldPart> {
    let Some((name, written)) = text.split_once(':') else {
        return Err(Error::invalid(format!(
            "field `{{{text}}}` has no kind; write it as `{{{text}:D8}}`"
        )));
    };
    if !is_name(name) {
        return Err(Error::invalid(format!(
            "`{name}` cannot name a field; a name has 1 to {FIELD_NAME_BYTES_MAX} letters, digits \
             and underscores and begins with no digit"
        )));
    }
    Ok(FieldPart { name: name.to_owned(), kind: kind(name, written)? })
}

pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
        && text.len() <= FIELD_NAME_BYTES_MAX
}
