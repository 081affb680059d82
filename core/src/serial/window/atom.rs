//! Characters that one window of the code tells.

use super::reading::Letters;
use super::shape::{ShapeField, Writing};
use super::{Condition, Numbers, Window};

/// Numbers that may be told one by one.
pub(super) const TRIED_MAX: u128 = 1 << 15;

/// Characters of a serial, some of which may be the same in all serials, that one window tells.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    window: Window,
    /// The least and the greatest number there can be.
    numbers: (u128, u128),
    label: Label,
    /// Whether the texts ascend with the numbers.
    ascends: bool,
    width: usize,
    /// The field that ends here with all of its places, for what may be joined to it.
    ends: Option<u128>,
}

#[derive(Clone, Debug)]
enum Label {
    /// From left to right: a character, or the symbols that a place chooses from.
    Places(Vec<Part>),
    /// The texts of all numbers.
    Listed(Vec<String>),
    /// Some places of the number and so much more, less so much, written in symbols.
    Written { plus: u128, minus: u128, symbols: Vec<char>, below: u128 },
}

#[derive(Clone, Debug)]
enum Part {
    Char(char),
    Symbols(Vec<char>),
}

impl Atom {
    /// The places `from..to` of a field; none where no window tells them.
    pub(super) fn new(
        field: &ShapeField,
        (from, to): (usize, usize),
        letters: Letters,
    ) -> Option<Atom> {
        match &field.writing {
            Writing::Follows => None,
            Writing::Places { plus, minus } => {
                let radix = field.symbols.len() as u128;
                let power = |places: usize| radix.checked_pow(u32::try_from(places).ok()?);
                // Where places begin anew within the field's numbers, they must do so evenly.
                let even = power(to).is_some_and(|it| field.count.is_some_and(|n| n % it == 0));
                let plain = *plus == 0 && *minus == 0 && even;
                let below = power(field.width - to)?;
                let symbols: Vec<char> =
                    field.symbols.iter().map(|it| letters.of(char::from(*it))).collect();
                let sorted = symbols.is_sorted_by(|a, b| a < b);
                if !plain && !field.is_top {
                    let label = Label::Written { plus: *plus, minus: *minus, symbols, below };
                    return Some(Atom {
                        window: field.window(),
                        numbers: field.numbers,
                        label,
                        ascends: sorted && from == 0,
                        width: to - from,
                        ends: None,
                    });
                }
                let whole = from == 0 && field.is_top;
                let span = if whole { None } else { Some(power(to - from)?) };
                let shift = |by: u128| by.checked_mul(field.weight);
                let window = Window {
                    plus: shift(*plus)?,
                    minus: shift(*minus)?,
                    low: field.weight.checked_mul(below)?,
                    span,
                };
                let place = |number: u128| (number + plus - minus) / below;
                let numbers = match span {
                    None => (place(field.numbers.0), place(field.numbers.1)),
                    Some(span) => (0, span - 1),
                };
                let label = Label::Places(vec![Part::Symbols(symbols); to - from]);
                let ends = (to == field.width).then_some(field.weight);
                Some(Atom { window, numbers, label, ascends: sorted, width: to - from, ends })
            }
            Writing::Listed(texts) => {
                let cut = |text: &String| -> String {
                    text.chars().skip(from).take(to - from).map(|it| letters.of(it)).collect()
                };
                let label = Label::Listed(texts.iter().map(cut).collect());
                let (window, numbers) = (field.window(), field.numbers);
                let width = to - from;
                Some(Atom { window, numbers, label, ascends: false, width, ends: None })
            }
        }
    }

    /// This and what stands to the right of it as one, with `between` them; none where one window
    /// cannot tell both.
    pub(super) fn joined(
        &self,
        between: &[char],
        field: &ShapeField,
        right: &Atom,
    ) -> Option<Atom> {
        let (Label::Places(ours), Label::Places(theirs)) = (&self.label, &right.label) else {
            return None;
        };
        let (own, next) = (right.window.span?, field.count?);
        let plain = right.window.plus == 0 && right.window.minus == 0;
        let radix = field.symbols.len() as u128;
        let full = radix.checked_pow(u32::try_from(field.width).ok()?) == Some(next)
            && right.starts_at_zero(field, own)?;
        let follows = self.ends? == field.weight.checked_mul(next)?;
        if !(plain && full && follows) {
            return None;
        }
        let span = match self.window.span {
            None => None,
            Some(span) => Some(span.checked_mul(own)?),
        };
        let window = Window { low: right.window.low, span, ..self.window };
        let least = self.numbers.0.checked_mul(own)?;
        let most = self.numbers.1.checked_mul(own)?.checked_add(own - 1)?;
        let chars = between.iter().map(|it| Part::Char(*it));
        let parts = ours.iter().cloned().chain(chars).chain(theirs.iter().cloned()).collect();
        Some(Atom {
            window,
            numbers: (least, most),
            label: Label::Places(parts),
            ascends: self.ascends && right.ascends,
            width: self.width + between.len() + right.width,
            ends: right.ends,
        })
    }

    /// Whether it begins with the first place of the field.
    fn starts_at_zero(&self, field: &ShapeField, own: u128) -> Option<bool> {
        Some(self.window.low.checked_mul(own)? == field.weight.checked_mul(field.count?)?)
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// How many numbers there can be; none for 2^128.
    pub(super) fn count(&self) -> Option<u128> {
        (self.numbers.1 - self.numbers.0).checked_add(1)
    }

    pub(super) fn numbers(&self) -> (u128, u128) {
        self.numbers
    }

    /// The text of a number.
    pub(super) fn text(&self, number: u128) -> String {
        match &self.label {
            Label::Listed(texts) => {
                let text = usize::try_from(number).ok().and_then(|at| texts.get(at));
                text.cloned().unwrap_or_default()
            }
            Label::Written { plus, minus, symbols, below } => {
                let number = number.saturating_add(*plus).saturating_sub(*minus) / below;
                write(number, (0..self.width).map(|_| Cell::Symbols(symbols)))
            }
            Label::Places(parts) => write(number, parts.iter().rev().map(Part::cell)),
        }
    }

    /// The numbers whose text passes, where `passes` holds of a text and then of all that come
    /// before it; none where they are too many to be tried.
    pub(super) fn numbers_up_to(&self, passes: impl Fn(&str) -> bool) -> Option<Numbers> {
        let (least, most) = self.numbers;
        if !self.ascends {
            return self.numbers_passing(passes);
        }
        if !passes(&self.text(least)) {
            return Some(Numbers::default());
        }
        let (mut last, mut end) = (least, most);
        while last < end {
            let middle = end - (end - last) / 2;
            if passes(&self.text(middle)) {
                last = middle;
            } else {
                end = middle - 1;
            }
        }
        Some(Numbers::between(least, last))
    }

    /// The number of a text, if there is one; none where texts are not written by place.
    pub(super) fn number_of(&self, text: &str) -> Option<Numbers> {
        let Label::Places(parts) = &self.label else { return None };
        let mut number = 0_u128;
        let mut chars = text.chars();
        for part in parts {
            let it = chars.next();
            match part {
                Part::Char(own) if it == Some(*own) => {}
                Part::Char(_) => return Some(Numbers::default()),
                Part::Symbols(symbols) => {
                    let mut found = symbols.iter().enumerate().filter(|(_, own)| it == Some(**own));
                    let Some((symbol, _)) = found.next() else { return Some(Numbers::default()) };
                    if found.next().is_some() {
                        return None;
                    }
                    number =
                        number.checked_mul(symbols.len() as u128)?.checked_add(symbol as u128)?;
                }
            }
        }
        let there = chars.next().is_none() && (self.numbers.0..=self.numbers.1).contains(&number);
        Some(if there { Numbers::between(number, number) } else { Numbers::default() })
    }

    /// The numbers whose text passes; none where they are too many to be tried.
    pub(super) fn numbers_passing(&self, passes: impl Fn(&str) -> bool) -> Option<Numbers> {
        let few = self.count().is_some_and(|count| count <= TRIED_MAX);
        let (least, most) = self.numbers;
        few.then(|| Numbers::passing(least, most, |number| passes(&self.text(number))))
    }

    /// That the number is one of these; none where all are.
    pub(super) fn condition(&self, numbers: Numbers) -> Option<Condition> {
        let all = numbers.covers(self.numbers.0, self.numbers.1);
        (!all).then(|| Condition::new(self.window, numbers))
    }
}

/// What stands at a place of a text.
enum Cell<'a> {
    Char(char),
    Symbols(&'a [char]),
}

impl Part {
    fn cell(&self) -> Cell<'_> {
        match self {
            Part::Char(it) => Cell::Char(*it),
            Part::Symbols(symbols) => Cell::Symbols(symbols),
        }
    }
}

/// Writes a number; the cells come from right to left.
fn write<'a>(number: u128, cells: impl Iterator<Item = Cell<'a>>) -> String {
    let mut left = number;
    let mut backwards = Vec::new();
    for cell in cells {
        match cell {
            Cell::Char(it) => backwards.push(it),
            Cell::Symbols(symbols) => {
                let radix = symbols.len() as u128;
                let at = usize::try_from(left % radix).ok();
                backwards.extend(at.and_then(|at| symbols.get(at)));
                left /= radix;
            }
        }
    }
    backwards.into_iter().rev().collect()
}
