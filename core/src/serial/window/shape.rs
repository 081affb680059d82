//! The serials of a family whose characters have fixed places.

use super::{Case, Condition, Numbers, Window};
use crate::serial::SerialFamily;
use crate::serial::codec::Step;
use crate::serial::field::Field;

/// Shapes that a family may have; there is one for each choice of widths of its fields.
const SHAPES_MAX: usize = 48;
/// Values of a field that may be told one by one.
const LISTED_MAX: u128 = 1 << 14;

/// The serials of a family of which every field has one width.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// What tells their codes from those of the family's other shapes.
    pub(super) own: Case,
    pub(super) fields: Vec<ShapeField>,
    slots: Vec<Slot>,
}

/// A character of the serials of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The same in all of them.
    Char(char),
    /// A character of a field: the field, and the place in it.
    Place {
        /// Which of the shape's fields it is.
        field: usize,
        /// The place in it, from 0.
        at: usize,
    },
}

/// A field of one width.
#[derive(Clone, Debug)]
pub(super) struct ShapeField {
    pub(super) symbols: Vec<u8>,
    pub(super) width: usize,
    pub(super) weight: u128,
    /// How many numbers the field has, of all widths; none for 2^128.
    pub(super) count: Option<u128>,
    /// The least and the greatest number of this width.
    pub(super) numbers: (u128, u128),
    pub(super) writing: Writing,
    /// Whether it is the most significant field.
    pub(super) is_top: bool,
}

/// How the texts of a field come from its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// By place: the number and so much more, less so much, written in the symbols.
    Places { plus: u128, minus: u128 },
    /// In no such way: the texts of all numbers.
    Listed(Vec<String>),
    /// They follow from the other characters, and no window tells them.
    Follows,
}

impl SerialFamily {
    /// The shapes that its serials have; none where they are too many.
    pub(crate) fn shapes(&self) -> Option<Vec<Shape>> {
        let mut shapes = vec![Shape { own: Case::default(), fields: vec![], slots: vec![] }];
        for step in self.codec().steps() {
            match step {
                Step::Optional { written: false, .. } => {}
                Step::Check(field) => {
                    let follows = ShapeField::following(field);
                    shapes = shapes.iter().map(|it| it.with(&follows)).collect::<Option<_>>()?;
                }
                Step::Literal(text) | Step::Optional { text, .. } => {
                    for shape in &mut shapes {
                        shape.slots.extend(text.chars().map(Slot::Char));
                    }
                }
                Step::Field { field, weight } => {
                    let kinds = self.widths(field, *weight)?;
                    if shapes.len() * kinds.len() > SHAPES_MAX {
                        return None;
                    }
                    let wider = shapes.iter().flat_map(|it| kinds.iter().map(|kind| it.with(kind)));
                    shapes = wider.collect::<Option<_>>()?;
                }
            }
        }
        Some(shapes)
    }

    /// The codes whose field, counted from the left, has one of these numbers: ranges with both ends
    /// included. None where there is no such field.
    pub(crate) fn field_case(&self, place: usize, numbers: &[(u128, u128)]) -> Option<Vec<Case>> {
        let field = self.fields().nth(place)?;
        let numbers = Numbers::new(numbers.to_vec());
        if numbers.covers(0, field.last()) {
            return Some(vec![Case::default()]);
        }
        let count = field.last().checked_add(1);
        let condition = Condition::new(self.window_of(field.weight(), count), numbers);
        Some(Case::default().and(&condition).into_iter().collect())
    }

    /// The window of a field, or of fields side by side, of this weight and so many numbers.
    pub(super) fn window_of(&self, weight: u128, count: Option<u128>) -> Window {
        let span = count.filter(|count| !self.is_top(weight, Some(*count)));
        Window { plus: 0, minus: 0, low: weight, span }
    }

    /// Whether no field is more significant than one of this weight and so many numbers.
    fn is_top(&self, weight: u128, count: Option<u128>) -> bool {
        let end = count.and_then(|count| count.checked_mul(weight));
        end.is_none_or(|end| end > self.last_code())
    }

    /// A field for each width that it may have.
    fn widths(&self, field: &Field, weight: u128) -> Option<Vec<ShapeField>> {
        let count = field.last().checked_add(1);
        let is_top = self.is_top(weight, count);
        let text = |number: u128| {
            let mut text = String::new();
            field.write(number, &mut text);
            text
        };
        let mut fields = Vec::new();
        let mut first = 0;
        loop {
            let width = text(first).len();
            // Wider texts come after narrower ones.
            let (mut last, mut end) = (first, field.last());
            while last < end {
                let middle = end - (end - last) / 2;
                if text(middle).len() > width {
                    end = middle - 1;
                } else {
                    last = middle;
                }
            }
            let symbols = field.symbols().to_vec();
            let writing = writing(&symbols, (first, last), text)?;
            let numbers = (first, last);
            fields.push(ShapeField { symbols, width, weight, count, numbers, writing, is_top });
            if last == field.last() {
                return Some(fields);
            }
            first = last + 1;
        }
    }
}

/// How the texts of one width come from their numbers; none where neither place nor list tells.
fn writing(
    symbols: &[u8],
    (first, last): (u128, u128),
    text: impl Fn(u128) -> String,
) -> Option<Writing> {
    let (least, most) = (place(symbols, &text(first))?, place(symbols, &text(last))?);
    if most.checked_sub(least) == Some(last - first) {
        return Some(Writing::Places {
            plus: least.saturating_sub(first),
            minus: first.saturating_sub(least),
        });
    }
    (first == 0 && last < LISTED_MAX).then(|| Writing::Listed((0..=last).map(text).collect()))
}

/// The place of a text among all texts of its width.
fn place(symbols: &[u8], text: &str) -> Option<u128> {
    text.bytes().try_fold(0_u128, |place, byte| {
        let symbol = symbols.iter().position(|it| *it == byte)?;
        place.checked_mul(symbols.len() as u128)?.checked_add(symbol as u128)
    })
}

impl Shape {
    /// The characters of its serials, from left to right.
    pub(crate) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// What tells the codes of its serials from those of the family's other shapes.
    pub(crate) fn own(&self) -> &Case {
        &self.own
    }

    /// The characters that may stand at a place of a field.
    pub(crate) fn symbols(&self, slot: Slot) -> &[u8] {
        match slot {
            Slot::Char(_) => &[],
            Slot::Place { field, .. } => self.fields.get(field).map_or(&[], |it| &it.symbols),
        }
    }

    /// Whether a character follows from the others, so that no window of the code tells it.
    pub(crate) fn follows(&self, slot: Slot) -> bool {
        let Slot::Place { field, .. } = slot else { return false };
        self.fields.get(field).is_some_and(|it| it.writing == Writing::Follows)
    }

    /// The same where what follows from the other characters is this one.
    pub(crate) fn given(&self, follows: char) -> Shape {
        let mut given = self.clone();
        for slot in &mut given.slots {
            if self.follows(*slot) {
                *slot = Slot::Char(follows);
            }
        }
        given
    }

    /// The same with one more field.
    fn with(&self, field: &ShapeField) -> Option<Shape> {
        let mut wider = self.clone();
        let (first, last) = field.numbers;
        let whole = first == 0 && field.count.is_none_or(|count| last == count - 1);
        if !whole {
            let numbers = Numbers::between(first, last);
            wider.own = wider.own.and(&Condition::new(field.window(), numbers))?;
        }
        let at = wider.fields.len();
        wider.slots.extend((0..field.width).map(|place| Slot::Place { field: at, at: place }));
        wider.fields.push(field.clone());
        Some(wider)
    }
}

impl ShapeField {
    /// Check characters that take no codes.
    fn following(field: &Field) -> Self {
        let mut text = String::new();
        field.write(0, &mut text);
        ShapeField {
            symbols: field.symbols().to_vec(),
            width: text.len(),
            weight: 0,
            count: None,
            numbers: (0, 0),
            writing: Writing::Follows,
            is_top: false,
        }
    }

    /// The window of its numbers.
    pub(super) fn window(&self) -> Window {
        let span = self.count.filter(|_| !self.is_top);
        Window { plus: 0, minus: 0, low: self.weight, span }
    }
}
