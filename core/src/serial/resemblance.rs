//! Texts that are nearly serials of a family, and why they are not.

use super::SerialFamily;
use super::codec::Step;
use crate::limits::SERIAL_BYTES_MAX;

impl SerialFamily {
    /// Whether a text has a length and the literals of a serial of this family, yet is none: it may
    /// be one, wrongly written. What the normaliser overlooks is overlooked here too.
    pub fn resembles(&self, text: &str) -> bool {
        let codec = self.codec();
        let normaliser = codec.normaliser();
        let kept = || text.chars().filter(|it| normaliser.keeps(*it));
        let (least, most) = codec.lengths();
        let length = kept().count();
        if !(least..=most).contains(&length) || length > SERIAL_BYTES_MAX {
            return false;
        }
        // `reached[at]`: the steps so far can take exactly the first `at` characters.
        let mut reached = [false; SERIAL_BYTES_MAX + 1];
        let mut next = [false; SERIAL_BYTES_MAX + 1];
        if let Some(start) = reached.first_mut() {
            *start = true;
        }
        let same = |a: char, b: char| match (u8::try_from(a), u8::try_from(b)) {
            (Ok(a), Ok(b)) if a.is_ascii() && b.is_ascii() => {
                normaliser.fold(a) == normaliser.fold(b)
            }
            _ => a == b,
        };
        for step in codec.steps() {
            next.fill(false);
            let starts = reached.iter().enumerate().take(length + 1).filter(|(_, it)| **it);
            for (at, _) in starts {
                let (least, most) = match step {
                    Step::Field { field, .. } | Step::Check(field) => {
                        (field.width_min(), field.width_max())
                    }
                    Step::Literal(literal) | Step::Optional { text: literal, .. } => {
                        if matches!(step, Step::Optional { .. })
                            && let Some(skipped) = next.get_mut(at)
                        {
                            *skipped = true;
                        }
                        let width = literal.chars().count();
                        let mut pairs = literal.chars().zip(kept().skip(at));
                        if at + width > length || !pairs.all(|(a, b)| same(a, b)) {
                            continue;
                        }
                        (width, width)
                    }
                };
                let ends = next.iter_mut().take(length + 1).skip(at + least);
                ends.take(most - least + 1).for_each(|it| *it = true);
            }
            std::mem::swap(&mut reached, &mut next);
        }
        reached.get(length) == Some(&true) && self.encode(text).is_none()
    }

    /// Why a serial does not fit, as the end of a sentence that begins with "it".
    pub(super) fn misfit(&self, serial: &str) -> String {
        self.codec().misfit(serial).unwrap_or_else(|| "fits".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serial::Normaliser;

    #[test]
    fn what_resembles_has_the_length_and_the_literals() {
        let cases = [
            ("{n:D8}", "00046A00", true),
            ("{n:D8}", "00042500", false),
            ("{n:D8}", "000425001", false),
            ("{n:D8}", "42500", false),
            ("{n:D8}", "0004\u{416}500", true),
            ("LJ-{n:D1..6}", "LJ-0144", true),
            ("LJ-{n:D1..6}", "LJ-14O4", true),
            ("LJ-{n:D1..6}", "LJ-1440", false),
            ("LJ-{n:D1..6}", "LJ1440", false),
            ("LJ-{n:D1..6}", "lj-1440", false),
            ("LJ-{n:D1..6}", "LJ-", false),
            ("LJ-{n:D1..6}", "LJ-1440000", false),
            ("{a:A1..3}-{n:D1..4}/B", "4--7/B", true),
            ("{a:A1..3}-{n:D1..4}/B", "4-7/C", false),
        ];
        for (layout, text, expected) in cases {
            let family = SerialFamily::new("it", layout).unwrap();
            assert_eq!(family.resembles(text), expected, "{layout} {text}");
        }
    }

    #[test]
    fn what_is_overlooked_is_overlooked_here_too() {
        let lenient = Normaliser::new().upper_case().without_dashes().zero_for_o();
        let family = SerialFamily::new("it", "LO-{n:D4}").unwrap().with_normaliser(lenient);
        let family = family.unwrap();
        for text in ["lo-144A", "L0144A", "L-o-14-4A"] {
            assert!(family.resembles(text), "{text}");
        }
        assert!(!family.resembles("lo-144o"), "it fits");
    }

    #[test]
    fn a_misfit_is_told() {
        let cases = [
            ("{n:D8}", "000425001", "has 9 characters where the family takes 8"),
            ("LJ-{n:D1..6}", "LJ-", "has 3 characters where the family takes 4 to 9"),
            ("{n:D8}", "00046A00", "has no digit at character 6"),
            ("LJ-{n:D1..6}", "LJ-007", "has a leading zero at character 4"),
            ("LJ-{n:D1..6}", "LJ_1440", "has no `LJ-` at character 1"),
            ("LJ-{n:D1..6}", "LJ-14-40", "should end before character 6"),
            ("№{a:A2}{n:D2}", "№A712", "has no letter A to Z at character 3"),
            ("{a:A1..3}-{n:D4}", "AB-12.4", "has no digit at character 6"),
        ];
        for (layout, serial, expected) in cases {
            let family = SerialFamily::new("it", layout).unwrap();
            assert_eq!(family.misfit(serial), expected, "{layout} {serial}");
        }
    }
}
