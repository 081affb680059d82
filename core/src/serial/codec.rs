//! Serials as numbers: mixed radix over the fields in order of significance.

use std::ops::Range;

use super::Normaliser;
use super::field::{Field, Misfit};
use super::layout::{FieldPart, Layout, Part};
use crate::error::{Error, Result};
use crate::limits::SERIAL_BYTES_MAX;

/// A layout made ready to encode and decode: a bijection between its serials, as the family writes
/// them, and `0..=last`, in order-key order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Codec {
    steps: Vec<Step>,
    normaliser: Normaliser,
    /// The greatest code.
    last: u128,
    /// Whether the fields are in order of significance from left to right.
    left_to_right: bool,
    /// The least and the greatest number of characters, without those left out.
    lengths: (usize, usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Literal(Box<str>),
    Field {
        field: Field,
        /// By how much the code grows when the field's number grows by one.
        weight: u128,
    },
}

impl Codec {
    /// Makes a layout ready. `order` holds the places of the fields, the most significant first.
    pub(super) fn new(layout: &Layout, order: &[usize], normaliser: Normaliser) -> Result<Self> {
        let fields = layout
            .fields()
            .map(|part| Field::new(part.kind, part.widths, normaliser))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| too_many(layout))?;
        let (weights, last) = weights(&fields, order).ok_or_else(|| too_many(layout))?;
        let mut ready = fields.into_iter().zip(weights);
        let mut steps = Vec::new();
        let mut lengths = (0, 0);
        for part in layout.parts() {
            match part {
                Part::Literal(text) => {
                    let text = normaliser.canonical(text);
                    let characters = text.chars().count();
                    lengths = (lengths.0 + characters, lengths.1 + characters);
                    if !text.is_empty() {
                        steps.push(Step::Literal(text.into()));
                    }
                }
                Part::Field(_) => {
                    let Some((field, weight)) = ready.next() else { continue };
                    lengths = (lengths.0 + field.width_min(), lengths.1 + field.width_max());
                    steps.push(Step::Field { field, weight });
                }
            }
        }
        let left_to_right = order.is_sorted();
        let codec = Codec { steps, normaliser, last, left_to_right, lengths };
        codec.check_ends(layout)?;
        Ok(codec)
    }

    /// Refuses a field of several widths whose end cannot be told, as what follows it may begin
    /// with one of its characters: one text would then be two serials.
    fn check_ends(&self, layout: &Layout) -> Result<()> {
        let mut parts = layout.fields();
        for pair in self.steps.windows(2) {
            let [step, next] = pair else { continue };
            let Step::Field { field, .. } = step else { continue };
            let part = parts.next();
            let Some(part) = part.filter(|_| field.is_variable()) else { continue };
            let blurred = (0..=u8::MAX).any(|byte| {
                field.number_of(byte).is_some()
                    && match next {
                        Step::Field { field, .. } => field.number_of(byte).is_some(),
                        Step::Literal(text) => text.as_bytes().first().is_some_and(|it| {
                            self.normaliser.fold(*it) == self.normaliser.fold(byte)
                        }),
                    }
            });
            if blurred {
                return Err(blurred_end(layout, part, self.normaliser));
            }
        }
        Ok(())
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The fields from left to right, each with its weight and, where they do not differ from
    /// serial to serial, its places in a serial.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&Field, u128, Option<Range<usize>>)> {
        let mut at = Some(0);
        self.steps.iter().filter_map(move |step| match step {
            Step::Literal(text) => {
                at = at.map(|it| it + text.chars().count());
                None
            }
            Step::Field { field, weight } => {
                let places =
                    at.filter(|_| !field.is_variable()).map(|it| it..it + field.width_max());
                at = places.as_ref().map(|it| it.end);
                Some((field, *weight, places))
            }
        })
    }

    pub(super) fn normaliser(&self) -> Normaliser {
        self.normaliser
    }

    pub(super) fn last(&self) -> u128 {
        self.last
    }

    pub(super) fn is_left_to_right(&self) -> bool {
        self.left_to_right
    }

    /// The least and the greatest number of characters of a serial, without those left out.
    pub(super) fn lengths(&self) -> (usize, usize) {
        self.lengths
    }

    /// The code of a serial, none where it does not fit.
    #[inline]
    pub(super) fn encode(&self, serial: &str) -> Option<u128> {
        if !self.normaliser.leaves_out() {
            return self.encode_bytes(serial.as_bytes());
        }
        if serial.len() > SERIAL_BYTES_MAX {
            return None;
        }
        let mut buffer = [0; SERIAL_BYTES_MAX];
        self.encode_bytes(self.normaliser.strip(serial, &mut buffer)?)
    }

    fn encode_bytes(&self, serial: &[u8]) -> Option<u128> {
        let mut code = 0;
        let mut rest = serial;
        for step in &self.steps {
            match step {
                Step::Literal(text) => rest = self.skip(text, rest)?,
                Step::Field { field, weight } => {
                    let (number, after) = field.read(rest)?;
                    code += number * weight;
                    rest = after;
                }
            }
        }
        rest.is_empty().then_some(code)
    }

    /// What follows a literal at the beginning of a text.
    #[inline]
    fn skip<'t>(&self, literal: &str, text: &'t [u8]) -> Option<&'t [u8]> {
        let (head, rest) = text.split_at_checked(literal.len())?;
        let same = head == literal.as_bytes()
            || !self.normaliser.is_off() && {
                let fold = |it: &u8| self.normaliser.fold(*it);
                head.iter().map(fold).eq(literal.as_bytes().iter().map(fold))
            };
        same.then_some(rest)
    }

    /// Appends the serial of a code, which is at most `last`.
    pub(super) fn decode_into(&self, code: u128, out: &mut String) {
        for step in &self.steps {
            match step {
                Step::Literal(text) => out.push_str(text),
                Step::Field { field, weight } => {
                    let number = divide(code, *weight).0;
                    let number = match field.last().checked_add(1) {
                        Some(count) if number >= count => divide(number, count).1,
                        _ => number,
                    };
                    field.write(number, out);
                }
            }
        }
    }

    /// Why a serial does not fit, as the end of a sentence that begins with "it"; none where it
    /// fits. Places are counted in characters, from 1.
    pub(super) fn misfit(&self, serial: &str) -> Option<String> {
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
                Step::Field { field, .. } => match (field.read(rest), field.misfit(rest)) {
                    (Some((_, rest)), _) => rest,
                    (None, Some(Misfit::Symbol(width))) => {
                        let (at, noun) = (at + width, field.kind().noun());
                        return Some(format!("has no {noun} at character {at}"));
                    }
                    (None, _) => {
                        return Some(format!("has a leading zero at character {at}"));
                    }
                },
            };
        }
        let at = character(&kept, kept.len() - rest.len());
        (!rest.is_empty()).then(|| format!("should end before character {at}"))
    }
}

/// The number, from 1, of the character that begins at a byte or holds it.
fn character(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count() + 1
}

/// The weight of every field, from left to right, and the greatest code; none past 2^128 codes.
fn weights(fields: &[Field], order: &[usize]) -> Option<(Vec<u128>, u128)> {
    let mut weights = vec![1; fields.len()];
    let mut last = 0_u128;
    for place in order.iter().rev() {
        let (weight, field) = (weights.get_mut(*place)?, fields.get(*place)?);
        // The greatest field of the most significant place may bring the count to 2^128 exactly,
        // whose weight nothing needs any more.
        *weight = last.checked_add(1)?;
        last = field.last().checked_mul(*weight)?.checked_add(last)?;
    }
    Some((weights, last))
}

/// The quotient and the remainder; in 64 bits where they fit, which is many times faster.
#[inline]
fn divide(number: u128, by: u128) -> (u128, u128) {
    match (u64::try_from(number), u64::try_from(by)) {
        (Ok(number), Ok(by)) => (u128::from(number / by), u128::from(number % by)),
        _ => (number / by, number % by),
    }
}

fn too_many(layout: &Layout) -> Error {
    Error::invalid(format!(
        "layout `{layout}` has more than 2^128 serials; narrow it, or declare no family for them, \
         and they are kept as text"
    ))
}

fn blurred_end(layout: &Layout, field: &FieldPart, normaliser: Normaliser) -> Error {
    let least = field.widths.0;
    let cause = if normaliser.is_off() { "" } else { ", as the normaliser reads it" };
    Error::invalid(format!(
        "layout `{layout}`: where field `{}` ends cannot be told, since what follows may begin with \
         one of its characters{cause}; give it one width, such as `{}{least}`, or put a separator \
         after it",
        field.name,
        field.kind.letter()
    ))
}
