//! From a layout to its codec.

use std::ops::Range;

use super::checks::{Check, checks};
use super::dates::Dates;
use crate::calendar::Date;
use crate::error::{Error, Result};
use crate::serial::field::{Field, Unfit};
use crate::serial::layout::{Layout, Part};
use crate::serial::{CheckPolicy, Normaliser};

/// A layout made ready to encode and decode: a bijection between its serials, as the family writes
/// them, and codes of `0..=last`, in order-key order. All codes are used but those whose parts of a
/// date make none, and those that a required check has no characters for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serial) struct Codec {
    pub(super) steps: Vec<Step>,
    pub(super) normaliser: Normaliser,
    /// The greatest code.
    last: u128,
    /// Whether the fields are in order of significance from left to right.
    left_to_right: bool,
    /// The least and the greatest number of characters, without those left out.
    pub(super) lengths: (usize, usize),
    /// What a serial must keep to beside its fields, where there is anything.
    pub(super) rules: Option<Box<Rules>>,
}

/// What a serial must keep to beside its fields, and what is known of it beside its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) dates: Option<Dates>,
    pub(super) checks: Vec<Check>,
    pub(super) policy: CheckPolicy,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serial) enum Step {
    Literal(Box<str>),
    /// Text that may be left out.
    Optional {
        text: Box<str>,
        /// Whether the family writes it.
        written: bool,
    },
    Field {
        field: Field,
        /// By how much the code grows when the field's number grows by one.
        weight: u128,
    },
    /// Check characters that follow from the rest, and so add no codes.
    Check(Field),
}

impl Codec {
    /// Makes a layout ready. `order` holds the places of the fields, the most significant first.
    pub(in crate::serial) fn new(
        layout: &Layout,
        order: &[usize],
        normaliser: Normaliser,
        policy: CheckPolicy,
    ) -> Result<Self> {
        let mut fields = Vec::new();
        for part in layout.fields() {
            let field = Field::new(&part.kind, normaliser);
            fields.push(field.map_err(|unfit| told(unfit, layout, &part.name))?);
        }
        let adds_codes = |place: &usize| {
            let is_check = fields.get(*place).is_some_and(|it| it.kind().is_check());
            policy == CheckPolicy::Report || !is_check
        };
        let order: Vec<usize> = order.iter().copied().filter(adds_codes).collect();
        let (weights, last) = weights(&fields, &order).ok_or_else(|| too_many(layout))?;
        let left_to_right = order.is_sorted();
        let steps = steps(layout, fields, &weights, normaliser);
        let dates = Dates::of(&steps);
        let checks = checks(layout, &steps)?;
        let rules = (dates.is_some() || !checks.is_empty())
            .then(|| Box::new(Rules { dates, checks, policy }));
        let lengths = lengths(&steps);
        let codec = Codec { steps, normaliser, last, left_to_right, lengths, rules };
        codec.check_ends(layout)?;
        codec.check_options(layout)?;
        codec.check_margins(layout)?;
        Ok(codec)
    }

    pub(in crate::serial) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The fields that have codes, from left to right, by their place among all fields, each with
    /// its weight and, where they do not differ from serial to serial, its places in a serial.
    pub(in crate::serial) fn fields(
        &self,
    ) -> impl Iterator<Item = (usize, &Field, u128, Option<Range<usize>>)> {
        let mut at = Some(0);
        let mut place = 0;
        self.steps.iter().filter_map(move |step| {
            let (field, weight) = match step {
                Step::Literal(text) | Step::Optional { text, written: true } => {
                    at = at.map(|it| it + text.chars().count());
                    return None;
                }
                Step::Optional { .. } => return None,
                Step::Field { field, weight } => (field, Some(*weight)),
                Step::Check(field) => (field, None),
            };
            let places = at.filter(|_| !field.is_variable()).map(|it| it..it + field.width_max());
            at = places.as_ref().map(|it| it.end);
            place += 1;
            Some((place - 1, field, weight?, places))
        })
    }

    pub(in crate::serial) fn normaliser(&self) -> Normaliser {
        self.normaliser
    }

    pub(in crate::serial) fn policy(&self) -> CheckPolicy {
        self.rules.as_ref().map_or(CheckPolicy::Report, |it| it.policy)
    }

    pub(in crate::serial) fn last(&self) -> u128 {
        self.last
    }

    pub(in crate::serial) fn is_left_to_right(&self) -> bool {
        self.left_to_right
    }

    /// The least and the greatest number of characters of a serial, without those left out.
    pub(in crate::serial) fn lengths(&self) -> (usize, usize) {
        self.lengths
    }

    /// The first and the last day that the calendar fields of a code name.
    pub(in crate::serial) fn made(&self, code: u128) -> Option<(Date, Date)> {
        self.dates().filter(|it| it.make_days())?.days(code)
    }

    /// Whether the calendar fields name days.
    pub(in crate::serial) fn has_made(&self) -> bool {
        self.dates().is_some_and(Dates::make_days)
    }

    fn dates(&self) -> Option<&Dates> {
        self.rules.as_ref()?.dates.as_ref()
    }
}

fn steps(
    layout: &Layout,
    fields: Vec<Field>,
    weights: &[Option<u128>],
    normaliser: Normaliser,
) -> Vec<Step> {
    let mut ready = fields.into_iter().zip(weights);
    let mut steps = Vec::new();
    for part in layout.parts() {
        match part {
            Part::Literal(text) => {
                let text = normaliser.canonical(text);
                if !text.is_empty() {
                    steps.push(Step::Literal(text.into()));
                }
            }
            Part::Optional { text, written } => {
                let text = normaliser.canonical(text);
                if !text.is_empty() {
                    steps.push(Step::Optional { text: text.into(), written: *written });
                }
            }
            Part::Field(_) => {
                let Some((field, weight)) = ready.next() else { continue };
                steps.push(match weight {
                    Some(weight) => Step::Field { field, weight: *weight },
                    None => Step::Check(field),
                });
            }
        }
    }
    steps
}

fn lengths(steps: &[Step]) -> (usize, usize) {
    steps.iter().fold((0, 0), |(least, most), step| match step {
        Step::Literal(text) => (least + text.chars().count(), most + text.chars().count()),
        Step::Optional { text, .. } => (least, most + text.chars().count()),
        Step::Field { field, .. } | Step::Check(field) => {
            (least + field.width_min(), most + field.width_max())
        }
    })
}

/// The weight of every field, from left to right, none for those not in the order, and the greatest
/// code; none past 2^128 codes.
fn weights(fields: &[Field], order: &[usize]) -> Option<(Vec<Option<u128>>, u128)> {
    let mut weights = vec![None; fields.len()];
    let mut last = 0_u128;
    for place in order.iter().rev() {
        let (slot, field) = (weights.get_mut(*place)?, fields.get(*place)?);
        // The greatest field of the most significant place may bring the count to 2^128 exactly,
        // whose weight nothing needs any more.
        let weight = last.checked_add(1)?;
        *slot = Some(weight);
        last = field.last().checked_mul(weight)?.checked_add(last)?;
    }
    Some((weights, last))
}

fn told(unfit: Unfit, layout: &Layout, name: &str) -> Error {
    match unfit {
        Unfit::TooMany => too_many(layout),
        Unfit::Folded([a, b]) => Error::invalid(format!(
            "layout `{layout}`: the normaliser reads `{}` and `{}` as one, but both stand in the \
             alphabet of field `{name}`; take one of them out, or change the normaliser",
            char::from(a),
            char::from(b)
        )),
    }
}

fn too_many(layout: &Layout) -> Error {
    Error::invalid(format!(
        "layout `{layout}` has more than 2^128 serials; narrow it, or declare no family for them, \
         and they are kept as text"
    ))
}
