//! The check character of a code, by arithmetic.
//!
//! In most schemes a character adds to the value of the check by itself, so that the value of a
//! code is a sum of what its [windows](super::Window) add, modulo the scheme's modulus: some look-ups,
//! where writing the serial takes a division for every character.

use super::Shape;
use super::divisor::Divisor;
use super::shape::{ShapeField, Writing};
use crate::serial::SerialFamily;

/// Values of the check characters of the codes of a family.
#[derive(Debug)]
pub(crate) struct CheckSums {
    /// The check characters, each at its value.
    characters: &'static [u8],
    modulus: u32,
    /// From the most significant to the least.
    windows: Vec<Added>,
}

/// What the numbers of a window add.
#[derive(Debug)]
struct Added {
    low: u128,
    /// By number; the most significant one also has what is the same for all codes.
    by_number: Vec<u8>,
}

/// Numbers of a window that are looked at one by one.
const NUMBERS_MAX: u128 = 1 << 12;
/// Numbers of windows that are put together.
const JOINED_MAX: usize = 1 << 16;

impl SerialFamily {
    /// What its one required check comes to, by code; none where it has not one, where its scheme
    /// is no sum, or where serials are of several widths.
    pub(crate) fn check_sums(&self) -> Option<CheckSums> {
        let scheme = self.codec().required_check()?;
        let modulus = scheme.modulus()?;
        let shapes = self.shapes()?;
        let [shape] = shapes.as_slice() else { return None };
        let mut windows = windows(shape)?;
        let characters = scheme.checks();
        let value = |code: u128| {
            let found = self.codec().check_of(code)?;
            let [character] = found.as_bytes() else { return None };
            let value = characters.iter().position(|it| it == character)?;
            u32::try_from(value).ok()
        };
        // What each number adds is what it changes in one code.
        let base = [0, self.last_code()].into_iter().find(|code| value(*code).is_some())?;
        let of_base = value(base)?;
        let mut above = 0;
        for (at, window) in windows.iter_mut().enumerate() {
            let own = (base - above) / window.low;
            above += own * window.low;
            for (number, added) in (0..).zip(&mut window.by_number) {
                // No serial has a character without a value.
                let value = value(base - own * window.low + number * window.low).unwrap_or(of_base);
                let same = if at == 0 { of_base } else { 0 };
                *added = u8::try_from((value + modulus - of_base + same) % modulus).ok()?;
            }
        }
        Some(CheckSums { characters, modulus, windows: joined(windows, modulus) })
    }
}

/// The windows of a shape, from the most significant to the least, where together they are its
/// codes.
fn windows(shape: &Shape) -> Option<Vec<Added>> {
    let mut windows = Vec::new();
    for field in &shape.fields {
        // Other characters are not counted, and would move those that are.
        let counted = field.symbols.iter().all(u8::is_ascii_alphanumeric);
        match &field.writing {
            Writing::Follows => {}
            _ if !counted => return None,
            Writing::Places { plus: 0, minus: 0 } => by_places(field, &mut windows)?,
            Writing::Places { .. } | Writing::Listed(_) => {
                let count = field.count.filter(|it| *it <= NUMBERS_MAX)?;
                windows.push(Added::new(field.weight, count)?);
            }
        }
    }
    windows.sort_by_key(|window| std::cmp::Reverse(window.low));
    let mut below = 1;
    for window in windows.iter().rev() {
        if window.low != below {
            return None;
        }
        below = window.low.checked_mul(window.by_number.len() as u128)?;
    }
    Some(windows)
}

/// A window for each place of a field, where places are all there is: those of the field above begin
/// where they end.
fn by_places(field: &ShapeField, windows: &mut Vec<Added>) -> Option<()> {
    let radix = field.symbols.len() as u128;
    let mut low = field.weight;
    for _ in 0..field.width {
        windows.push(Added::new(low, radix)?);
        low = low.checked_mul(radix)?;
    }
    (field.weight.checked_mul(field.count?)? == low).then_some(())
}

/// The same by fewer windows, each of as many as there is room for.
fn joined(windows: Vec<Added>, modulus: u32) -> Vec<Added> {
    let mut joined: Vec<Added> = Vec::new();
    for window in windows {
        let numbers = |above: &Added| above.by_number.len() * window.by_number.len();
        match joined.last_mut().filter(|above| numbers(above) <= JOINED_MAX) {
            Some(above) => {
                let sum = |of: &u8| {
                    let of = u32::from(*of);
                    let each =
                        window.by_number.iter().map(move |it| (of + u32::from(*it)) % modulus);
                    each.map(|it| u8::try_from(it).unwrap_or(0))
                };
                above.by_number = above.by_number.iter().flat_map(sum).collect();
                above.low = window.low;
            }
            None => joined.push(window),
        }
    }
    joined
}

impl Added {
    fn new(low: u128, count: u128) -> Option<Self> {
        let by_number = vec![0; usize::try_from(count).ok().filter(|it| *it > 0)?];
        Some(Added { low, by_number })
    }

    /// What the number that a code has more than those above it adds; and what is left.
    #[inline]
    fn of(&self, rest: u128) -> (usize, u128) {
        let number = rest / self.low;
        let added = usize::try_from(number).ok().and_then(|it| self.by_number.get(it));
        (added.copied().unwrap_or(0).into(), rest - number * self.low)
    }
}

impl CheckSums {
    /// The check characters there may be, each with its value.
    pub(crate) fn characters(&self) -> impl Iterator<Item = (u32, char)> {
        (0..self.modulus).zip(self.characters.iter().map(|it| char::from(*it)))
    }

    /// Tells of codes that come one after the other whether the value of their check character is
    /// one of these: a bit each.
    pub(crate) fn reader(&self, values: u64) -> CheckReader<'_> {
        // What is below 2^64 is divided in 64 bits.
        let narrow = |it: &Added| u64::try_from(it.low).is_ok();
        let at = self.windows.partition_point(|it| !narrow(it));
        // The first of them may take more; its number is part of what stays the same.
        let (above, below) = self.windows.split_at((at + 1).min(self.windows.len()));
        let sums = self.windows.len() * usize::from(u8::MAX);
        CheckReader {
            above,
            below: below.iter().filter_map(Near::new).collect(),
            reach: above.last().map_or(u128::MAX, |it| it.low),
            base: u128::MAX,
            sum: 0,
            is_asked: (0_u32..)
                .take(sums)
                .map(|sum| values >> (sum % self.modulus) & 1 == 1)
                .collect(),
        }
    }
}

/// Whether codes have one of some check characters; what the windows above others add stays the
/// same for many codes.
#[derive(Debug)]
pub(crate) struct CheckReader<'a> {
    above: &'a [Added],
    below: Vec<Near<'a>>,
    /// For how many codes from the base on the windows above have the same numbers.
    reach: u128,
    base: u128,
    /// What the windows above add to the codes from the base on.
    sum: usize,
    /// By what all windows add.
    is_asked: Vec<bool>,
}

/// A window of 64 bits.
#[derive(Debug)]
struct Near<'a> {
    low: Divisor,
    count: u64,
    by_number: &'a [u8],
}

impl<'a> Near<'a> {
    fn new(added: &'a Added) -> Option<Self> {
        let low = Divisor::new(u64::try_from(added.low).ok()?)?;
        Some(Near { low, count: added.by_number.len() as u64, by_number: &added.by_number })
    }
}

impl CheckReader<'_> {
    /// Whether a code has one of the check characters.
    #[inline]
    pub(crate) fn has(&mut self, code: u128) -> bool {
        let more = code.checked_sub(self.base).filter(|it| *it < self.reach);
        let more = more.unwrap_or_else(|| self.begin_at(code));
        let rest = u64::try_from(more).unwrap_or(u64::MAX);
        let (mut sum, mut above) = (self.sum, 0);
        for window in &self.below {
            let (quotient, _) = window.low.divide(rest);
            let number = quotient.wrapping_sub(above * window.count);
            let added = usize::try_from(number).ok().and_then(|it| window.by_number.get(it));
            sum += usize::from(added.copied().unwrap_or(0));
            above = quotient;
        }
        self.is_asked.get(sum).copied().unwrap_or(false)
    }

    #[cold]
    fn begin_at(&mut self, code: u128) -> u128 {
        let (mut sum, mut rest) = (0, code);
        for window in self.above {
            let (added, left) = window.of(rest);
            (sum, rest) = (sum + added, left);
        }
        (self.base, self.sum) = (code - rest, sum);
        rest
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::serial::{CheckPolicy, SerialFamily};

    /// Layouts with a check, its place, and the order of their fields.
    const LAYOUTS: [(&str, usize, &[&str]); 7] = [
        ("{m:D2}{c:luhn}{n:D6}", 2, &["m", "n"]),
        ("{n:D7}-{c:mod11(n)}{p:A1}", 8, &["p", "n"]),
        ("{a:A3}{c:iso7064_mod37_2}{n:D9}{b:A4}", 3, &["b", "n", "a"]),
        ("{n:D7}{c:iso7064_mod11_2}{m:D1}", 7, &["m", "n"]),
        ("X{y:year1@2018}{c:gs1_mod10(n)}{mm:month}{n:D5}", 2, &["y", "mm", "n"]),
        ("{w:X3}{v:X5}{c:vin}{y:X1}{p:X1}{n:D6}", 8, &["w", "y", "p", "n", "v"]),
        ("{w:X3}{v:X5}{c:vin}{y:X1}{p:X1}{n:D6}", 8, &["w", "v", "y", "p", "n"]),
    ];

    fn family((layout, _, order): (&str, usize, &[&str])) -> SerialFamily {
        let family = SerialFamily::new("it", layout).unwrap().order_by(order).unwrap();
        family.with_check_policy(CheckPolicy::Require).unwrap()
    }

    proptest! {
        #[test]
        fn codes_have_the_character_of_their_serial(
            layout in prop::sample::select(LAYOUTS.to_vec()),
            start in any::<u128>(),
            steps in prop::collection::vec((0_u32..90, any::<u128>()), 1..40),
        ) {
            let family = family(layout);
            let sums = family.check_sums().unwrap();
            let mut readers: Vec<_> =
                sums.characters().map(|(value, it)| (it, sums.reader(1 << value))).collect();
            let codes = family.last_code() + 1;
            let mut code = start % codes;
            for (bits, more) in steps {
                if let Ok(text) = family.decode(code) {
                    let own = text.chars().nth(layout.1).unwrap();
                    for (character, reader) in &mut readers {
                        prop_assert_eq!(reader.has(code), own == *character, "{}", text);
                    }
                }
                code = (code + more % (1 << bits)) % codes;
            }
        }
    }

    #[test]
    fn what_is_no_sum_is_none() {
        for (layout, there) in [
            ("{m:D2}{c:luhn}{n:D6}", true),
            ("{m:D2}{c:verhoeff}{n:D6}", false),
            ("{m:D2}{c:luhn}{n:D6}{d:damm}", false),
            ("{m:D2}{c:luhn}{n:D5..6}", false),
            ("{m:D2}{n:D6}", false),
        ] {
            let family = SerialFamily::new("it", layout).unwrap();
            let family = family.clone().with_check_policy(CheckPolicy::Require).unwrap_or(family);
            assert_eq!(family.check_sums().is_some(), there, "{layout}");
        }
        let family = SerialFamily::new("it", "{m:D2}{c:luhn}{n:D6}").unwrap();
        assert!(family.check_sums().is_none(), "any character may stand in its place");
    }
}
