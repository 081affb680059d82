//! The check characters of a family: over what they are, and whether they are right.

use super::build::Step;
use super::read::Places;
use crate::error::{Error, Result};
use crate::serial::check::{CheckCharacters, CheckScheme};
use crate::serial::field::Field;
use crate::serial::layout::{FieldKind, FieldPart, Layout};

/// Check characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    scheme: CheckScheme,
    /// Their place among the fields, from left to right.
    place: usize,
    /// Their place among the steps.
    step: usize,
    over: Vec<Piece>,
}

/// A part of what check characters are over.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// The letters and digits of a literal.
    Text(Box<str>),
    Field {
        place: usize,
        step: usize,
    },
}

impl Check {
    pub(super) fn place(&self) -> usize {
        self.place
    }

    pub(super) fn scheme(&self) -> CheckScheme {
        self.scheme
    }

    /// The right check characters of a text whose fields stand at these places; none where a
    /// character has no value in the scheme.
    pub(super) fn right(
        &self,
        steps: &[Step],
        serial: &[u8],
        places: &Places,
    ) -> Option<CheckCharacters> {
        let bytes = self.over.iter().flat_map(|piece| {
            let (bytes, field) = match piece {
                Piece::Text(text) => (text.as_bytes(), None),
                Piece::Field { place, step } => {
                    (slice(serial, places, *place), field_of(steps, *step))
                }
            };
            let symbol = move |byte: &u8| field.map_or(Some(*byte), |it| it.symbol_of(*byte));
            bytes.iter().filter_map(symbol).filter(u8::is_ascii_alphanumeric)
        });
        self.scheme.compute(bytes)
    }

    /// Whether the check characters of a text are the right ones.
    pub(super) fn passes(&self, steps: &[Step], serial: &[u8], places: &Places) -> bool {
        let Some(field) = field_of(steps, self.step) else { return false };
        let written = slice(serial, places, self.place).iter().map(|it| field.symbol_of(*it));
        let right = self.right(steps, serial, places);
        right.is_some_and(|it| written.eq(it.as_bytes().iter().map(|it| Some(*it))))
    }

    /// Whether no serial can have the right ones, as a letter that stands in every serial, or every
    /// value of a field, has no value in the scheme. Gives what it is.
    fn stopped_by(&self, steps: &[Step], layout: &Layout) -> Option<String> {
        let counts = |byte: u8| match self.scheme {
            CheckScheme::Vin => self.scheme.compute([byte; 16].into_iter()).is_some(),
            _ => self.scheme.compute(std::iter::once(byte)).is_some(),
        };
        self.over.iter().find_map(|piece| match piece {
            Piece::Text(text) => {
                let odd = text.bytes().find(|it| !counts(*it))?;
                Some(format!("`{}`", char::from(odd)))
            }
            Piece::Field { place, step } => {
                let field = field_of(steps, *step)?;
                let mut counted = field.symbols().iter().filter(|it| it.is_ascii_alphanumeric());
                let none = !counted.any(|it| counts(*it));
                let name = &layout.fields().nth(*place)?.name;
                none.then(|| format!("field `{name}`"))
            }
        })
    }
}

fn slice<'t>(serial: &'t [u8], places: &Places, place: usize) -> &'t [u8] {
    places.get(place).and_then(|(from, to)| serial.get(*from..*to)).unwrap_or_default()
}

fn field_of(steps: &[Step], step: usize) -> Option<&Field> {
    match steps.get(step)? {
        Step::Field { field, .. } | Step::Check(field) => Some(field),
        Step::Literal(_) | Step::Optional { .. } => None,
    }
}

/// The steps that are fields, from left to right.
fn field_steps(steps: &[Step]) -> impl Iterator<Item = usize> {
    (0..steps.len()).filter(|it| field_of(steps, *it).is_some())
}

/// The checks of a layout, from left to right.
pub(super) fn checks(layout: &Layout, steps: &[Step]) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for ((place, part), step) in layout.fields().enumerate().zip(field_steps(steps)) {
        let FieldKind::Check { scheme, over } = &part.kind else { continue };
        let over = if over.is_empty() { all_others(steps) } else { named(over, layout, steps) };
        let check = Check { scheme: *scheme, place, step, over };
        if let Some(odd) = check.stopped_by(steps, layout) {
            return Err(stopped(layout, part, *scheme, &odd));
        }
        checks.push(check);
    }
    Ok(checks)
}

/// All letters and digits that are no check characters, as the family writes them.
fn all_others(steps: &[Step]) -> Vec<Piece> {
    let mut place = 0;
    let mut pieces = Vec::new();
    for (step, it) in steps.iter().enumerate() {
        match it {
            Step::Literal(text) | Step::Optional { text, written: true } => {
                let text: String = text.chars().filter(|it| it.is_alphanumeric()).collect();
                pieces.push(Piece::Text(text.into()));
            }
            Step::Optional { .. } => {}
            Step::Field { field, .. } | Step::Check(field) => {
                if !field.kind().is_check() {
                    pieces.push(Piece::Field { place, step });
                }
                place += 1;
            }
        }
    }
    pieces
}

fn named(over: &[String], layout: &Layout, steps: &[Step]) -> Vec<Piece> {
    let place_of = |name: &String| layout.fields().position(|it| it.name == *name);
    let piece = |place: usize| Some(Piece::Field { place, step: field_steps(steps).nth(place)? });
    over.iter().filter_map(place_of).filter_map(piece).collect()
}

fn stopped(layout: &Layout, part: &FieldPart, scheme: CheckScheme, odd: &str) -> Error {
    let names: Vec<&str> =
        layout.fields().filter(|it| !it.kind.is_check()).map(|it| it.name.as_str()).collect();
    let scheme = scheme.name();
    Error::invalid(format!(
        "layout `{layout}`: check field `{}` can never be right, as {odd} has no value in `{scheme}`; \
         name the fields that it is over, as in `{scheme}({})`",
        part.name,
        names.join(",")
    ))
}
