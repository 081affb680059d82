//! What a text that fits no family would be, were everything overlooked that people get wrong.

use std::sync::{Arc, OnceLock};

use super::codec::Step;
use super::{Normaliser, SerialFamily};

/// What separates the parts of serials, besides dashes and spaces.
const SEPARATORS: [char; 3] = ['.', '/', '_'];
/// Characters of a text in which a separator that is left out is looked for.
const SHORT_MAX: usize = 32;

/// A family that overlooks what people get wrong.
#[derive(Debug)]
struct Lenient {
    family: SerialFamily,
    /// The separators that its layout still has.
    separators: Vec<char>,
    /// The least number of characters that a text may have, all separators left out.
    least: usize,
}

/// The lenient one of a family, made when it is first asked for; none inside where there is none.
/// It follows from the family, so that all are equal.
#[derive(Clone, Debug, Default)]
pub(super) struct LenientCell(OnceLock<Option<Arc<Lenient>>>);

impl PartialEq for LenientCell {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for LenientCell {}

impl SerialFamily {
    /// The code of the serial that a text would be, were case, spaces, dashes, dots, slashes and
    /// underscores, O for 0 and I for 1 overlooked; none where it would be none. Meant for texts
    /// that do not fit.
    pub fn misread(&self, text: &str) -> Option<u128> {
        let lenient = self.lenient().0.get_or_init(|| Lenient::of(self).map(Arc::new));
        let Lenient { family, separators, least } = &**lenient.as_ref()?;
        let kept = text.chars().filter(|it| !separates(*it)).count();
        if kept > family.codec().lengths().1 || text.chars().count() < *least {
            return None;
        }
        let code = family.encode(text);
        let code = code.or_else(|| separators.iter().find_map(|it| with(family, text, *it)));
        let bare = || text.contains(SEPARATORS).then(|| family.encode(&bare(text))).flatten();
        recoded(family, self, code.or_else(bare)?)
    }
}

impl Lenient {
    fn of(exact: &SerialFamily) -> Option<Self> {
        let letters = Normaliser::new().upper_case().zero_for_o().one_for_i();
        let all = letters.without_spaces().without_dashes();
        // Without its dashes a layout may no longer tell where a field ends.
        let lenient = |it: Normaliser| exact.clone().with_normaliser(it).ok();
        let family = lenient(all).or_else(|| lenient(letters))?;
        let separators = SEPARATORS.into_iter().filter(|it| exact.layout().contains(*it)).collect();
        let literal = |step: &Step| match step {
            Step::Literal(text) => text.chars().filter(|it| separates(*it)).count(),
            Step::Optional { .. } | Step::Field { .. } | Step::Check(_) => 0,
        };
        let left_out: usize = family.codec().steps().iter().map(literal).sum();
        let least = family.codec().lengths().0.saturating_sub(left_out);
        Some(Lenient { family, separators, least })
    }
}

fn separates(it: char) -> bool {
    let dash = matches!(it, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    dash || it.is_whitespace() || SEPARATORS.contains(&it)
}

/// The text without separators other than dashes and spaces.
fn bare(text: &str) -> String {
    text.chars().filter(|it| !SEPARATORS.contains(it)).collect()
}

/// The code of a text whose separators are all this one, or which has it in one more place.
fn with(family: &SerialFamily, text: &str, separator: char) -> Option<u128> {
    let same: String = text.chars().map(|it| if separates(it) { separator } else { it }).collect();
    if same.contains(separator) {
        return family.encode(&same);
    }
    if text.len() > SHORT_MAX {
        return None;
    }
    let places = text.char_indices().map(|(at, _)| at).skip(1);
    places.into_iter().find_map(|at| {
        let (head, tail) = text.split_at_checked(at)?;
        family.encode(&format!("{head}{separator}{tail}"))
    })
}

/// The code that a serial of one family has in another of the same fields.
fn recoded(from: &SerialFamily, to: &SerialFamily, code: u128) -> Option<u128> {
    let mut sum = 0_u128;
    for (ours, theirs) in from.fields().zip(to.fields()) {
        let number = theirs.number_of_text(&ours.label(ours.number_of(code)))?;
        sum = sum.checked_add(number.checked_mul(theirs.weight())?)?;
    }
    to.decode(sum).is_ok().then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn family(layout: &str) -> SerialFamily {
        SerialFamily::new("it", layout).unwrap()
    }

    #[test]
    fn what_people_get_wrong_is_overlooked() {
        let rows = [
            ("{a:A2}{yy:year2}{n:D8}", "AX25 00081OOO", Some("AX2500081000")),
            ("{a:A2}{yy:year2}{n:D8}", "ax-25-0008-1000", Some("AX2500081000")),
            ("{a:A2}{yy:year2}{n:D8}", "AX25.0008l000", None),
            ("{a:A2}{yy:year2}{n:D8}", "AX25.0008I000", Some("AX2500081000")),
            ("{a:A2}{yy:year2}{n:D8}", "AX250008100", None),
            ("{n:D4}/{m:D2}", "1234-56", Some("1234/56")),
            ("{n:D4}/{m:D2}", "123456", Some("1234/56")),
            ("LJ-{n:D1..3}", "lj7", Some("LJ-7")),
            ("{n:D1..3}-{m:D1..3}", "1 2", None),
            ("{n:D1..3}-{m:D1..3}", "I-O", Some("1-0")),
            ("{dd:day}{mm:month}{n:D2}", "3I.O2.07", None),
        ];
        for (layout, text, expected) in rows {
            let family = family(layout);
            let found = family.misread(text).map(|code| family.decode(code).unwrap());
            assert_eq!(found.as_deref(), expected, "{layout} {text}");
        }
    }

    proptest! {
        #[test]
        fn a_serial_written_otherwise_is_read(
            code in any::<u128>(),
            layout in prop::sample::select(vec!["{a:A2}{n:D8}", "B-{s:H4}-{n:D1..5}", "{n:D4}-{a:A2}"]),
            breaks in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..4), 0..4),
            letters in any::<bool>(),
        ) {
            let family = family(layout);
            let code = code % (family.last_code() + 1);
            let mut text = family.decode(code).unwrap();
            if letters {
                text = text.to_lowercase().replace('0', "O");
            }
            for (at, which) in breaks {
                let at = (0..=at.index(text.len() + 1)).rfind(|at| text.is_char_boundary(*at));
                text.insert(at.unwrap(), [' ', '-', '\u{2013}', '.'][which]);
            }
            prop_assert_eq!(family.misread(&text), Some(code), "{}", text);
        }
    }
}
