//! Serials of codes, one after the other.

use super::{Families, FamilyId, SerialKey};
use crate::error::Result;

/// Writes the serials of keys. A serial that differs from the one before it in the digits at its end
/// is counted on from that.
pub(crate) struct SerialTexts<'f> {
    families: &'f Families,
    text: Vec<u8>,
    /// The family and the code of that text, where it ends in digits that count.
    before: Option<(FamilyId, u128, Counter)>,
}

/// Digits at the end of a serial that grow by one with its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counter {
    pub(super) digits: usize,
    /// How often they can grow.
    pub(super) room: u128,
}

impl<'f> SerialTexts<'f> {
    pub(crate) fn new(families: &'f Families) -> Self {
        SerialTexts { families, text: Vec::new(), before: None }
    }

    /// The serial of a key, as its family normalises it.
    ///
    /// # Errors
    ///
    /// As [`Families::text`].
    pub(crate) fn text(&mut self, key: &SerialKey) -> Result<&[u8]> {
        if !self.count_on(key) {
            let mut text = String::from_utf8(std::mem::take(&mut self.text)).unwrap_or_default();
            text.clear();
            self.families.text_into(key, &mut text)?;
            self.text = text.into_bytes();
            self.before = self.counter(key);
        }
        Ok(&self.text)
    }

    fn counter(&self, key: &SerialKey) -> Option<(FamilyId, u128, Counter)> {
        let SerialKey::Coded { family, code } = *key else { return None };
        let counter = self.families.family(family)?.codec().counter(code)?;
        Some((family, code, counter))
    }

    /// Whether the text now is that of a key of the same family, a little further on.
    fn count_on(&mut self, key: &SerialKey) -> bool {
        let (SerialKey::Coded { family, code }, Some((same, before, counter))) =
            (key, &mut self.before)
        else {
            return false;
        };
        let more = code.checked_sub(*before).filter(|more| *more <= counter.room);
        let Some(more) = more.filter(|_| family == same) else { return false };
        let Ok(mut carry) = u64::try_from(more) else { return false };
        for digit in self.text.iter_mut().rev().take(counter.digits) {
            if carry == 0 {
                break;
            }
            let sum = u64::from(digit.wrapping_sub(b'0')) + carry % 10;
            let (over, left) = if sum < 10 { (0, sum) } else { (1, sum - 10) };
            *digit = b'0' + u8::try_from(left).unwrap_or(0);
            carry = carry / 10 + over;
        }
        counter.room -= more;
        *before = *code;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serial::{CheckPolicy, SerialFamily};
    use proptest::prelude::*;

    fn families() -> Families {
        let family = |name: &str, layout: &str| SerialFamily::new(name, layout).unwrap();
        let mut families = Families::default();
        for family in [
            family("counted", "A{year:D2}{number:D5}"),
            family("behind", "B{number:D3}-{line:X1}"),
            family("turned", "C{a:D2}{b:D2}").order_by(&["b", "a"]).unwrap(),
            family("any", "D{number:D1..4}"),
            family("checked", "E{number:D4}{c:luhn(number)}")
                .with_check_policy(CheckPolicy::Require)
                .unwrap(),
        ] {
            families.push(family).unwrap();
        }
        families
    }

    proptest! {
        #[test]
        fn serials_one_after_the_other_are_those_of_their_codes(
            steps in prop::collection::vec((0_u8..6, 0_u128..12_000), 1..60),
            near in any::<bool>(),
        ) {
            let families = families();
            let mut texts = SerialTexts::new(&families);
            let mut codes = [0_u128; 5];
            for (family, more) in steps {
                let key = match codes.get_mut(usize::from(family)) {
                    Some(code) => {
                        let last = families.family(FamilyId(family)).unwrap().last_code();
                        *code = (*code + if near { more % 30 } else { more }) % (last + 1);
                        SerialKey::Coded { family: FamilyId(family), code: *code }
                    }
                    None => SerialKey::Opaque(format!("x{more}").into()),
                };
                let expected = families.text(&key).unwrap();
                prop_assert_eq!(texts.text(&key).unwrap(), expected.as_bytes());
            }
        }
    }

    #[test]
    fn a_code_that_is_none_is_an_error_and_what_follows_is_right() {
        let families = families();
        let mut texts = SerialTexts::new(&families);
        let key = |code| SerialKey::Coded { family: FamilyId(0), code };
        assert_eq!(texts.text(&key(9_999_998)).unwrap(), b"A9999998");
        assert_eq!(texts.text(&key(9_999_999)).unwrap(), b"A9999999");
        assert!(texts.text(&key(10_000_000)).is_err());
        assert_eq!(texts.text(&key(12)).unwrap(), b"A0000012");
        assert_eq!(texts.text(&key(12)).unwrap(), b"A0000012");
        assert_eq!(texts.text(&key(99_999)).unwrap(), b"A0099999");
        assert_eq!(texts.text(&key(100_000)).unwrap(), b"A0100000");
    }
}
