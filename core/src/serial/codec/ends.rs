//! What keeps a layout from being read in two ways.

use super::build::{Codec, Step};
use crate::error::{Error, Result};
use crate::serial::Normaliser;
use crate::serial::automaton::Automaton;
use crate::serial::layout::{FieldKind, FieldPart, Layout};

impl Codec {
    /// Refuses a field of several widths whose end cannot be told, as what follows it may begin
    /// with one of its characters: one text would then be two serials.
    pub(super) fn check_ends(&self, layout: &Layout) -> Result<()> {
        let mut parts = layout.fields();
        for (at, step) in self.steps.iter().enumerate() {
            let (Step::Field { field, .. } | Step::Check(field)) = step else { continue };
            let part = parts.next();
            let Some(part) = part.filter(|_| field.is_variable()) else { continue };
            let later = self.steps.get(at + 1..).unwrap_or_default();
            let blurred = (0..=u8::MAX)
                .any(|byte| field.number_of(byte).is_some() && self.may_begin(later, byte));
            if blurred {
                return Err(blurred_end(layout, part, self.normaliser));
            }
        }
        Ok(())
    }

    /// Whether what these steps read may begin with a byte.
    fn may_begin(&self, steps: &[Step], byte: u8) -> bool {
        let fold = |it: u8| self.normaliser.fold(it);
        let begins = |text: &str| text.bytes().next().is_some_and(|it| fold(it) == fold(byte));
        for step in steps {
            match step {
                Step::Literal(text) => return begins(text),
                Step::Optional { text, .. } if begins(text) => return true,
                Step::Optional { .. } => {}
                Step::Field { field, .. } | Step::Check(field) => {
                    return field.number_of(byte).is_some();
                }
            }
        }
        false
    }

    /// Refuses text that may be left out where what follows may begin with the same text.
    pub(super) fn check_options(&self, layout: &Layout) -> Result<()> {
        for (at, step) in self.steps.iter().enumerate() {
            let Step::Optional { text, .. } = step else { continue };
            let later = self.steps.get(at + 1..).unwrap_or_default();
            if Automaton::of_steps(later, self.normaliser).may_begin_with(text, self.normaliser) {
                let cause = as_read(self.normaliser);
                return Err(Error::invalid(format!(
                    "layout `{layout}`: `{text}` may be left out, but what follows may begin with \
                     it too{cause}; leave out the `?`, or declare a family for each"
                )));
            }
        }
        Ok(())
    }

    /// Refuses white space at either end, which is never part of a serial.
    pub(super) fn check_margins(&self, layout: &Layout) -> Result<()> {
        let text = |step: &Step| match step {
            Step::Literal(text) | Step::Optional { text, .. } => text.to_string(),
            Step::Field { .. } | Step::Check(_) => "0".to_owned(),
        };
        let is_written = |step: &&Step| !matches!(step, Step::Optional { written: false, .. });
        let mut written = self.steps.iter().filter(is_written).map(text);
        let first = written.next().unwrap_or_default();
        let last = written.next_back().unwrap_or_else(|| first.clone());
        if first.starts_with(char::is_whitespace) || last.ends_with(char::is_whitespace) {
            return Err(Error::invalid(format!(
                "layout `{layout}` begins or ends with white space, which is never part of a \
                 serial; take it out"
            )));
        }
        Ok(())
    }
}

fn as_read(normaliser: Normaliser) -> &'static str {
    if normaliser.is_off() { "" } else { ", as the normaliser reads it" }
}

fn blurred_end(layout: &Layout, field: &FieldPart, normaliser: Normaliser) -> Error {
    let cause = as_read(normaliser);
    let least = field.kind.widths().0;
    let narrow = match &field.kind {
        FieldKind::Text { alphabet, .. } => format!("{alphabet}{least}"),
        other => other.to_string(),
    };
    Error::invalid(format!(
        "layout `{layout}`: where field `{}` ends cannot be told, since what follows may begin with \
         one of its characters{cause}; give it one width, such as `{narrow}`, or put a separator \
         after it",
        field.name
    ))
}
