//! From a code to its serial.

use super::build::{Codec, Rules, Step};
use super::read::Places;
use crate::serial::CheckPolicy;
use crate::serial::check::{CheckCharacters, CheckScheme};
use crate::serial::layout::FIELDS_MAX;
use crate::serial::texts::Counter;

impl Codec {
    /// Appends the serial of a code, which is at most `last`; false, and nothing appended, where no
    /// serial has it.
    pub(in crate::serial) fn decode_into(&self, code: u128, out: &mut String) -> bool {
        let Some(rules) = &self.rules else {
            self.write(code, out, |_| {});
            return true;
        };
        if rules.dates.as_ref().is_some_and(|it| !it.is_date(code)) {
            return false;
        }
        if rules.policy == CheckPolicy::Report {
            self.write(code, out, |_| {});
            return true;
        }
        let start = out.len();
        let places = self.write_placed(code, out);
        if self.write_checks(rules, &places, start, out).is_none() {
            out.truncate(start);
            return false;
        }
        true
    }

    /// The digits at the end of the serial of a code, where nothing but they changes with the next
    /// code.
    pub(in crate::serial) fn counter(&self, code: u128) -> Option<Counter> {
        let Some(Step::Field { field, weight: 1 }) = self.steps.last() else { return None };
        let digits = field.digits().filter(|_| self.rules.is_none())?;
        let number = match field.last().checked_add(1) {
            Some(count) => divide(code, count).1,
            None => code,
        };
        Some(Counter { digits, room: field.last().checked_sub(number)? })
    }

    /// Appends the serial of a code, and tells the places of its fields.
    fn write_placed(&self, code: u128, out: &mut String) -> Places {
        let mut places: Places = [(0, 0); FIELDS_MAX];
        let mut slots = places.iter_mut();
        self.write(code, out, |place| {
            if let Some(slot) = slots.next() {
                *slot = place;
            }
        });
        places
    }

    /// Appends the serial of a code, and gives the places of its fields.
    #[inline]
    fn write(&self, code: u128, out: &mut String, mut at: impl FnMut((usize, usize))) {
        let start = out.len();
        for step in &self.steps {
            let from = out.len() - start;
            match step {
                Step::Literal(text) | Step::Optional { text, written: true } => out.push_str(text),
                Step::Optional { .. } => {}
                Step::Field { field, weight } => {
                    let number = divide(code, *weight).0;
                    let number = match field.last().checked_add(1) {
                        Some(count) if number >= count => divide(number, count).1,
                        _ => number,
                    };
                    field.write(number, out);
                    at((from, out.len() - start));
                }
                // A place for what is known once the rest is written.
                Step::Check(field) => {
                    field.write(0, out);
                    at((from, out.len() - start));
                }
            }
        }
    }

    /// The scheme of the one check that serials must pass; none where there is not one, or more.
    pub(in crate::serial) fn required_check(&self) -> Option<CheckScheme> {
        let rules = self.rules.as_ref().filter(|it| it.policy == CheckPolicy::Require)?;
        let [check] = rules.checks.as_slice() else { return None };
        Some(check.scheme())
    }

    /// The right check characters of a code, whether or not its dates are any; none where there is
    /// not one check, or a character has no value in its scheme.
    pub(in crate::serial) fn check_of(&self, code: u128) -> Option<CheckCharacters> {
        let [check] = self.rules.as_ref()?.checks.as_slice() else { return None };
        let mut text = String::new();
        let places = self.write_placed(code, &mut text);
        check.right(&self.steps, text.as_bytes(), &places)
    }

    /// Puts the check characters into their places in a serial that begins at `start`.
    fn write_checks(
        &self,
        rules: &Rules,
        places: &Places,
        start: usize,
        out: &mut String,
    ) -> Option<()> {
        for check in &rules.checks {
            let right = check.right(&self.steps, out.get(start..)?.as_bytes(), places)?;
            let (from, to) = *places.get(check.place())?;
            out.replace_range(
                start + from..start + to,
                std::str::from_utf8(right.as_bytes()).ok()?,
            );
        }
        Some(())
    }
}

/// The quotient and the remainder; in 64 bits where they fit, which is many times faster.
#[inline]
pub(in crate::serial) fn divide(number: u128, by: u128) -> (u128, u128) {
    match (u64::try_from(number), u64::try_from(by)) {
        (Ok(number), Ok(by)) => (u128::from(number / by), u128::from(number % by)),
        _ => (number / by, number % by),
    }
}
