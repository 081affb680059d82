//! From the parts of a layout to its text.

use std::fmt;

use super::part::{Layout, Part};

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.parts() {
            match part {
                Part::Literal(text) => f.write_str(&escaped(text))?,
                Part::Optional { text, written } => {
                    let marks = if *written { "?" } else { "??" };
                    let inside = escaped(text).replace('(', "\\(").replace(')', "\\)");
                    if text.chars().nth(1).is_none() {
                        write!(f, "{inside}{marks}")?;
                    } else {
                        write!(f, "({inside}){marks}")?;
                    }
                }
                Part::Field(field) => write!(f, "{{{}:{}}}", field.name, field.kind)?,
            }
        }
        Ok(())
    }
}

/// A literal as a layout writes it. A `(` needs no escape: it opens a group only where a `)?`
/// follows, and that `)` is escaped wherever it is a character.
pub(in crate::serial) fn escaped(literal: &str) -> String {
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
