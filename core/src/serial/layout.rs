//! The text of a layout: literals and named fields.

use std::fmt;

use super::field::FieldKind;
use crate::error::{Error, Result};
use crate::limits::SERIAL_BYTES_MAX;

/// Fields a layout may have.
const FIELDS_MAX: usize = 32;
/// Bytes the name of a field may have.
const FIELD_NAME_BYTES_MAX: usize = 64;
/// Bytes the text of a layout may have.
const LAYOUT_BYTES_MAX: usize = 4_096;

/// What the serials of a family are made of, from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text that stands in every serial.
    Literal(String),
    /// What differs from serial to serial.
    Field(FieldPart),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldPart {
    pub(super) name: String,
    pub(super) kind: FieldKind,
    /// The least and the greatest number of characters.
    pub(super) widths: (usize, usize),
}

impl Layout {
    /// Reads the text of a layout.
    pub(super) fn parse(text: &str) -> Result<Self> {
        if text.len() > LAYOUT_BYTES_MAX {
            return Err(Error::invalid(format!(
                "the layout has {} bytes, but at most {LAYOUT_BYTES_MAX} are allowed",
                text.len()
            )));
        }
        parts(text).and_then(checked).map_err(|error| error.within(format!("layout `{text}`")))
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The fields, from left to right.
    pub(super) fn fields(&self) -> impl Iterator<Item = &FieldPart> {
        self.0.iter().filter_map(|part| match part {
            Part::Field(field) => Some(field),
            Part::Literal(_) => None,
        })
    }
}

/// Cuts the text into parts, joining what is literal.
fn parts(text: &str) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(it) = rest.chars().next() {
        let after = rest.get(it.len_utf8()..).unwrap_or_default();
        match it {
            '{' if !after.starts_with('{') => {
                let Some((field, then)) = after.split_once('}') else {
                    return Err(Error::invalid("`{` opens a field that no `}` closes"));
                };
                if !literal.is_empty() {
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                }
                parts.push(Part::Field(field_part(field)?));
                rest = then;
            }
            '}' if !after.starts_with('}') => {
                return Err(Error::invalid("`}` closes no field; write `}}` for the character"));
            }
            '?' => {
                return Err(Error::invalid("`?` has a meaning of its own; write `\\?` for it"));
            }
            '\\' | '{' | '}' => {
                let Some(escaped) = after.chars().next() else {
                    return Err(Error::invalid("nothing follows the `\\` at the end"));
                };
                literal.push(escaped);
                rest = after.get(escaped.len_utf8()..).unwrap_or_default();
            }
            _ if it.is_control() => {
                return Err(Error::invalid("a control character stands in no serial; remove it"));
            }
            _ => {
                literal.push(it);
                rest = after;
            }
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

/// Reads what stands between braces, such as `seq:D9` or `n:D1..6`.
fn field_part(text: &str) -> Result<FieldPart> {
    let Some((name, kind)) = text.split_once(':') else {
        return Err(Error::invalid(format!(
            "field `{{{text}}}` has no kind; write it as `{{{text}:D8}}`"
        )));
    };
    let named = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    if !named || name.len() > FIELD_NAME_BYTES_MAX {
        return Err(Error::invalid(format!(
            "`{name}` cannot name a field; a name has 1 to {FIELD_NAME_BYTES_MAX} letters, digits \
             and underscores and begins with no digit"
        )));
    }
    let mut widths = kind.chars();
    let Some(kind) = widths.next().and_then(FieldKind::of) else {
        return Err(Error::invalid(format!(
            "field `{name}` is of an unknown kind `{kind}`; write D for digits, A for letters or X \
             for both, and a width"
        )));
    };
    let widths = widths.as_str();
    let (least, most) = match widths.split_once("..") {
        Some((least, most)) => (width(least), width(most)),
        None => (width(widths), width(widths)),
    };
    let (Some(least), Some(most)) = (least, most) else {
        return Err(Error::invalid(format!(
            "field `{name}` has the width `{widths}`; write 1 to {SERIAL_BYTES_MAX}, or a least and \
             a most as in `1..6`"
        )));
    };
    if least > most || least == most && widths.contains("..") {
        return Err(Error::invalid(format!(
            "field `{name}` has the width `{widths}`, whose most is not above its least"
        )));
    }
    Ok(FieldPart { name: name.to_owned(), kind, widths: (least, most) })
}

fn width(text: &str) -> Option<usize> {
    let plain = text.bytes().all(|it| it.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|it| plain && (1..=SERIAL_BYTES_MAX).contains(it))
}

fn checked(parts: Vec<Part>) -> Result<Layout> {
    let layout = Layout(parts);
    let fields = layout.fields().count();
    if fields == 0 {
        return Err(Error::invalid(
            "there is no field, so it has a single serial; add a field such as `{n:D8}`",
        ));
    }
    if fields > FIELDS_MAX {
        return Err(Error::invalid(format!(
            "there are {fields} fields, but at most {FIELDS_MAX} are allowed; join some"
        )));
    }
    for (at, field) in layout.fields().enumerate() {
        let twin = layout.fields().take(at).find(|it| it.name.eq_ignore_ascii_case(&field.name));
        if twin.is_some() {
            return Err(Error::invalid(format!("two fields are named `{}`", field.name)));
        }
    }
    let bytes_max: usize = layout
        .parts()
        .iter()
        .map(|part| match part {
            Part::Literal(text) => text.len(),
            Part::Field(field) => field.widths.1,
        })
        .sum();
    if bytes_max > SERIAL_BYTES_MAX {
        return Err(Error::invalid(format!(
            "its longest serial has {bytes_max} bytes, but a serial has at most {SERIAL_BYTES_MAX}"
        )));
    }
    Ok(layout)
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Literal(text) => f.write_str(&escaped(text))?,
                Part::Field(field) => write!(f, "{{{}:{field}}}", field.name)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for FieldPart {
    /// The kind and the width, such as `D1..6`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.widths {
            (least, most) if least == most => write!(f, "{}{most}", self.kind.letter()),
            (least, most) => write!(f, "{}{least}..{most}", self.kind.letter()),
        }
    }
}

/// A literal as a layout writes it.
pub(super) fn escaped(literal: &str) -> String {
    let mut text = String::new();
    for it in literal.chars() {
        match it {
            '{' | '}' => text.push(it),
            '\\' | '?' => text.push('\\'),
            _ => {}
        }
        text.push(it);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_is_written_as_it_is_read() {
        let cases = [
            ("{plant:A2}{yy:D2}{seq:D9}", "{plant:A2}{yy:D2}{seq:D9}"),
            ("LJ-{n:D1..6}", "LJ-{n:D1..6}"),
            ("{s:X4..8}/B", "{s:X4..8}/B"),
            (r"\{\}{{}}\\\?\a{n:D1}", r"{{}}{{}}\\\?a{n:D1}"),
            ("№ {n:D3}", "№ {n:D3}"),
        ];
        for (text, written) in cases {
            let layout = Layout::parse(text).unwrap();
            assert_eq!(layout.to_string(), written, "{text}");
            assert_eq!(Layout::parse(written).unwrap(), layout, "{text}");
        }
    }

    #[test]
    fn what_is_no_layout_is_told() {
        let cases = [
            ("", "there is no field, so it has a single serial; add a field such as `{n:D8}`"),
            ("{n:D4", "`{` opens a field that no `}` closes"),
            ("n:D4}", "`}` closes no field; write `}}` for the character"),
            ("LJ-?{n:D4}", "`?` has a meaning of its own; write `\\?` for it"),
            ("{n:D4}\\", "nothing follows the `\\` at the end"),
            ("{n:D4}\t", "a control character stands in no serial; remove it"),
            ("{n}", "field `{n}` has no kind; write it as `{n:D8}`"),
            (
                "{1n:D4}",
                "`1n` cannot name a field; a name has 1 to 64 letters, digits and underscores and \
                 begins with no digit",
            ),
            (
                "{n:Q4}",
                "field `n` is of an unknown kind `Q4`; write D for digits, A for letters or X for \
                 both, and a width",
            ),
            (
                "{n:D}",
                "field `n` has the width ``; write 1 to 256, or a least and a most as in `1..6`",
            ),
            (
                "{n:D0..4}",
                "field `n` has the width `0..4`; write 1 to 256, or a least and a most as in \
                 `1..6`",
            ),
            ("{n:D4..4}", "field `n` has the width `4..4`, whose most is not above its least"),
            ("{n:D2}{N:A2}", "two fields are named `N`"),
            ("{a:X200}{b:X57}", "its longest serial has 257 bytes, but a serial has at most 256"),
        ];
        for (text, message) in cases {
            let error = Layout::parse(text).unwrap_err();
            assert_eq!(error.message(), format!("layout `{text}`: {message}"));
        }
    }
}
