//! Why a text is no serial, in words.

use super::build::{Codec, Step};
use crate::serial::field::{Field, Misfit};
use crate::serial::layout::FieldKind;

impl Codec {
    /// Why a serial does not fit, as the end of a sentence that begins with "it"; none where it
    /// fits. Places are counted in characters, from 1.
    pub(in crate::serial) fn misfit(&self, serial: &str) -> Option<String> {
        let kept: String = serial.chars().filter(|it| self.normaliser.keeps(*it)).collect();
        let (least, most) = self.lengths;
        let length = kept.chars().count();
        if !(least..=most).contains(&length) {
            let takes = if least == most { most.to_string() } else { format!("{least} to {most}") };
            return Some(format!("has {length} characters where the family takes {takes}"));
        }
        let mut rest = kept.as_bytes();
        for step in &self.steps {
            let at = character(&kept, kept.len() - rest.len());
            rest = match step {
                Step::Literal(text) => match self.skip(text, rest) {
                    Some(rest) => rest,
                    None => return Some(format!("has no `{text}` at character {at}")),
                },
                Step::Optional { text, .. } => self.skip(text, rest).unwrap_or(rest),
                Step::Field { field, .. } | Step::Check(field) => match field.read(rest) {
                    Some((_, rest)) => rest,
                    None => return Some(field_misfit(field, rest, at)),
                },
            };
        }
        if !rest.is_empty() {
            let at = character(&kept, kept.len() - rest.len());
            return Some(format!("should end before character {at}"));
        }
        self.rule_misfit(&kept)
    }

    /// What a text that can be read does not keep to.
    fn rule_misfit(&self, kept: &str) -> Option<String> {
        if self.encode(kept).is_some() {
            return None;
        }
        let dates = self.rules.as_ref().and_then(|it| it.dates.as_ref());
        let code = self.read_code(kept.as_bytes());
        let is_date = code.zip(dates).is_none_or(|(code, it)| it.is_date(code));
        let what = if is_date { "has wrong check characters" } else { "is of no day there is" };
        Some(what.to_owned())
    }
}

fn field_misfit(field: &Field, rest: &[u8], at: usize) -> String {
    let what = match field.kind() {
        FieldKind::Text { alphabet, .. } => alphabet.noun(),
        FieldKind::Calendar(kind) => {
            let bounds = field.bounds().map(|(first, last)| format!(" {first} to {last}"));
            format!("{}{}", kind.unit.noun(), bounds.unwrap_or_default())
        }
        FieldKind::Check { scheme, .. } => format!("check character of `{}`", scheme.name()),
    };
    match field.misfit(rest) {
        Some(Misfit::LeadingZero) => format!("has a leading zero at character {at}"),
        Some(Misfit::Symbol(width)) => format!("has no {what} at character {}", at + width),
        Some(Misfit::Impossible) | None => format!("has no {what} at character {at}"),
    }
}

/// The number, from 1, of the character that begins at a byte or holds it.
fn character(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count() + 1
}
