//! The parts of a layout, and what they must keep to together.

use super::kind::{CalendarKind, FieldKind};
use crate::error::{Error, Result};
use crate::limits::SERIAL_BYTES_MAX;

/// Fields a layout may have.
pub(in crate::serial) const FIELDS_MAX: usize = 32;

/// What the serials of a family are made of, from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serial) struct Layout(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serial) enum Part {
    /// Text that stands in every serial.
    Literal(String),
    /// Text that may be left out where a serial is read.
    Optional {
        text: String,
        /// Whether the family writes it.
        written: bool,
    },
    /// What differs from serial to serial.
    Field(FieldPart),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serial) struct FieldPart {
    pub(in crate::serial) name: String,
    pub(in crate::serial) kind: FieldKind,
}

impl Layout {
    /// A layout of these parts, where they make one.
    pub(super) fn of(parts: Vec<Part>) -> Result<Self> {
        let layout = Layout(parts);
        layout.check_fields()?;
        layout.check_calendar()?;
        layout.check_checks()?;
        layout.check_length()?;
        Ok(layout)
    }

    pub(in crate::serial) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The fields, from left to right.
    pub(in crate::serial) fn fields(&self) -> impl Iterator<Item = &FieldPart> {
        self.0.iter().filter_map(|part| match part {
            Part::Field(field) => Some(field),
            Part::Literal(_) | Part::Optional { .. } => None,
        })
    }

    fn check_fields(&self) -> Result<()> {
        let fields = self.fields().count();
        if self.fields().all(|it| it.kind.is_check()) {
            return Err(Error::invalid(
                "there is no field, so it has a single serial; add a field such as `{n:D8}`",
            ));
        }
        if fields > FIELDS_MAX {
            return Err(Error::invalid(format!(
                "there are {fields} fields, but at most {FIELDS_MAX} are allowed; join some"
            )));
        }
        for (at, field) in self.fields().enumerate() {
            let twin = self.fields().take(at).find(|it| it.name.eq_ignore_ascii_case(&field.name));
            if twin.is_some() {
                return Err(Error::invalid(format!("two fields are named `{}`", field.name)));
            }
        }
        Ok(())
    }

    /// Refuses two fields that are one part of a date, as it would have two dates.
    fn check_calendar(&self) -> Result<()> {
        let mut seen: Vec<(&FieldPart, &CalendarKind)> = Vec::new();
        for field in self.fields() {
            let FieldKind::Calendar(kind) = &field.kind else { continue };
            if let Some((twin, _)) = seen.iter().find(|(_, it)| it.unit == kind.unit) {
                return Err(Error::invalid(format!(
                    "fields `{}` and `{}` are both a {}, but a serial has one date; make one of \
                     them plain digits or an alphabet, such as `{{{}:{}}}`",
                    twin.name,
                    field.name,
                    kind.unit.noun(),
                    field.name,
                    kind.plain()
                )));
            }
            seen.push((field, kind));
        }
        Ok(())
    }

    /// Refuses checks over fields that are not there, or not known when the check is.
    fn check_checks(&self) -> Result<()> {
        for (at, field) in self.fields().enumerate() {
            let FieldKind::Check { scheme, over } = &field.kind else { continue };
            for (nth, name) in over.iter().enumerate() {
                let of = || format!("check field `{}` (`{}`)", field.name, scheme.name());
                let Some(place) = self.fields().position(|it| it.name == *name) else {
                    return Err(Error::invalid(format!(
                        "{} is over a field `{name}`, which there is not",
                        of()
                    )));
                };
                if over.iter().take(nth).any(|it| it == name) {
                    return Err(Error::invalid(format!("{} names field `{name}` twice", of())));
                }
                let is_check = self.fields().nth(place).is_some_and(|it| it.kind.is_check());
                if is_check && place >= at {
                    return Err(Error::invalid(format!(
                        "{} is over check field `{name}`, which does not stand before it",
                        of()
                    )));
                }
            }
        }
        Ok(())
    }

    fn check_length(&self) -> Result<()> {
        let bytes = |part: &Part| match part {
            Part::Literal(text) | Part::Optional { text, .. } => text.len(),
            Part::Field(field) => field.kind.widths().1,
        };
        let bytes_max: usize = self.0.iter().map(bytes).sum();
        if bytes_max > SERIAL_BYTES_MAX {
            return Err(Error::invalid(format!(
                "its longest serial has {bytes_max} bytes, but a serial has at most \
                 {SERIAL_BYTES_MAX}"
            )));
        }
        Ok(())
    }
}
