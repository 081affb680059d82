//! The end of a serial that follows from the end of its code.

use super::SerialFamily;
use super::codec::{Step, divide};
use super::field::Field;

/// Ends that are told one by one.
const ENDS_MAX: u128 = 4096;

/// The last characters of all serials of a family, where what comes before them follows from the
/// code divided by a number, and check characters and what stands last from the whole of it.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    ends: u64,
    width: usize,
}

impl Tail {
    /// The number of what comes before the end, and that of the end.
    #[inline]
    pub(crate) fn split(&self, code: u128) -> (u128, u64) {
        let (front, end) = divide(code, u128::from(self.ends));
        (front, u64::try_from(end).unwrap_or(0))
    }

    /// The code of an end after a front.
    pub(crate) fn code(&self, front: u128, end: u64) -> Option<u128> {
        front.checked_mul(u128::from(self.ends))?.checked_add(u128::from(end))
    }

    /// How many ends there are.
    pub(crate) fn ends(&self) -> u64 {
        self.ends
    }

    /// A serial cut before its end.
    pub(crate) fn cut<'t>(&self, serial: &'t str) -> (&'t str, &'t str) {
        let last = self.width.checked_sub(1).and_then(|it| serial.char_indices().nth_back(it));
        serial.split_at(last.map_or(serial.len(), |(at, _)| at))
    }
}

impl SerialFamily {
    /// The ends of its serials; none where characters before them follow from the whole code, or
    /// where the last field is not the least significant or has several widths.
    pub(crate) fn tail(&self) -> Option<Tail> {
        let (mut ends, mut width, mut cut) = (1_u128, 0, false);
        for step in self.codec().steps().iter().rev() {
            match step {
                Step::Check(_) if cut => return None,
                _ if cut => {}
                Step::Check(field) => width += field.width_max(),
                Step::Literal(text) | Step::Optional { text, written: true } => {
                    width += text.chars().count();
                }
                Step::Optional { written: false, .. } => {}
                Step::Field { field, weight } => {
                    let count = field.last().checked_add(1);
                    let whole = count.and_then(|count| count.checked_mul(ends));
                    if *weight != ends || field.is_variable() {
                        cut = true;
                    } else if let Some(more) = whole.filter(|it| *it <= ENDS_MAX) {
                        (ends, width) = (more, width + field.width_max());
                    } else {
                        (ends, width) = with_places(field, (ends, width));
                        cut = true;
                    }
                }
            }
        }
        let ends = u64::try_from(ends).ok().filter(|ends| *ends > 1)?;
        Some(Tail { ends, width })
    }
}

/// With as many of the last places of a field as there is room for.
fn with_places(field: &Field, (mut ends, mut width): (u128, usize)) -> (u128, usize) {
    let (radix, places) = (field.symbols().len() as u128, field.width_max());
    let all = u32::try_from(places).ok().and_then(|it| radix.checked_pow(it));
    // Places are digits of the number only where all texts are values.
    if radix < 2 || field.last().checked_add(1) != all {
        return (ends, width);
    }
    while ends.saturating_mul(radix) <= ENDS_MAX {
        (ends, width) = (ends * radix, width + 1);
    }
    (ends, width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serial::CheckPolicy;

    #[test]
    fn an_end_follows_from_the_end_of_the_code() {
        let family = |layout: &str, order: &[&str]| {
            SerialFamily::new("it", layout).unwrap().order_by(order).unwrap()
        };
        let strict = |it: SerialFamily| it.with_check_policy(CheckPolicy::Require).unwrap();
        let rows = [
            (family("{a:A2}-{n:D11}", &["a", "n"]), Some((1000, 3))),
            (family("LJ-??{s:X2}{b:B2}", &["s", "b"]), Some((1024, 2))),
            (family("{n:D4}{s:[BAC]2}", &["n", "s"]), Some((900, 4))),
            (family("{a:A2}{n:D11}", &["n", "a"]), None),
            (family("{n:D1..6}", &["n"]), None),
            (family("{n:D4}X", &["n"]), Some((1000, 4))),
            (family("{n:D4}{w:week}", &["n", "w"]), Some((530, 3))),
            (family("{n:D4}-{c:luhn}", &["n", "c"]), Some((1000, 4))),
            (strict(family("{n:D4}-{c:luhn}", &["n"])), Some((1000, 5))),
            (strict(family("{c:luhn}{n:D4}", &["n"])), None),
        ];
        for (family, expected) in rows {
            let tail = family.tail();
            let found = tail.as_ref().map(|it| (it.ends(), it.width));
            assert_eq!(found, expected, "{}", family.layout());
            let Some(tail) = tail else { continue };
            for code in [0, 1, 7, 1_234, family.last_code()] {
                let text = family.decode(code).unwrap();
                let (front, end) = tail.split(code);
                assert_eq!(tail.code(front, end), Some(code));
                let first = family.decode(tail.code(front, 0).unwrap()).unwrap();
                assert_eq!(tail.cut(&first).0, tail.cut(&text).0);
            }
        }
    }
}
