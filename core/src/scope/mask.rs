//! Masks: texts in which some places may hold any character.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::serial::Class;

/// What stands for any character where a mask does not say otherwise.
const USUAL: [char; 2] = ['*', '#'];

/// A text in which some places may hold any one character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mask {
    /// None where any character will do.
    places: Vec<Option<char>>,
}

impl Mask {
    /// Reads a mask in which `*` and `#` each stand for any one character.
    pub(super) fn new(text: &str) -> Self {
        Mask::with_free(text, &String::from_iter(USUAL))
    }

    /// Reads a mask in which each of the characters `free` stands for any one character.
    pub(super) fn with_free(text: &str, free: &str) -> Self {
        Mask { places: text.chars().map(|it| (!free.contains(it)).then_some(it)).collect() }
    }

    /// Refuses a mask without a masked place: most likely another character was meant to mask.
    pub(super) fn check(&self) -> Result<()> {
        if self.places.contains(&None) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::ScopeSyntax,
            "the mask has no masked place; `*` and `#` mask one character each, and MASK('12xx', \
             'x') names another",
        ))
    }

    /// The text of the mask, and what masks in it where that is not the usual. Equal masks give
    /// equal texts.
    pub(super) fn text(&self) -> (String, Option<char>) {
        let taken = |it: &char| self.places.contains(&Some(*it));
        if !USUAL.iter().any(taken) {
            return (self.text_with(USUAL[0]), None);
        }
        let others = USUAL.into_iter().chain(['?', '_']).chain('!'..=char::MAX);
        // A mask has fewer characters than there are.
        let free = others.into_iter().find(|it| !taken(it)).unwrap_or(USUAL[0]);
        (self.text_with(free), Some(free))
    }

    fn text_with(&self, free: char) -> String {
        self.places.iter().map(|it| it.unwrap_or(free)).collect()
    }

    /// The mask as SQL writes it.
    pub(super) fn write_sql(&self, out: &mut impl fmt::Write) -> fmt::Result {
        let (text, free) = self.text();
        write!(out, "MASK('{}'", text.replace('\'', "''"))?;
        match free {
            None => out.write_str(")"),
            Some(free) => write!(out, ", '{free}')"),
        }
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_sql(f)
    }
}

/// What a text with a mask must be: of the mask's length, and at the places that are not masked
/// between two ends, compared from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MaskedTest {
    /// For each place, whether any character will do.
    free: Box<[bool]>,
    first: Option<Box<[char]>>,
    last: Option<Box<[char]>>,
}

impl MaskedTest {
    /// The texts that a mask stands for.
    pub(super) fn of(mask: &Mask) -> Result<Self> {
        MaskedTest::between(Some(mask), Some(mask))
    }

    /// The texts between two masks, one of which may be left out. An error is told of the first.
    pub(super) fn between(first: Option<&Mask>, last: Option<&Mask>) -> Result<Self> {
        for mask in first.iter().chain(&last) {
            mask.check()?;
        }
        if let (Some(first), Some(last)) = (first, last) {
            check_shapes(first, last)?;
        }
        let free = first.or(last).map_or_else(Box::default, |mask| {
            mask.places.iter().map(Option::is_none).collect::<Box<[bool]>>()
        });
        let end = |mask: &Mask| mask.places.iter().map(|it| it.unwrap_or_default()).collect();
        let test = MaskedTest { free, first: first.map(end), last: last.map(end) };
        if let (Some(first), Some(last)) = (first, last)
            && test.starts_after_its_end()
        {
            return Err(field(format!(
                "the range starts at {first}, which comes after its end {last} where the places \
                 that are not masked are compared as text, from the left; swap them, or mask the \
                 places that do not count"
            )));
        }
        Ok(test)
    }

    fn starts_after_its_end(&self) -> bool {
        let kept = |end: Option<&[char]>| -> Vec<char> {
            let places = end.unwrap_or_default().iter().zip(self.free());
            places.filter(|(_, free)| !**free).map(|(it, _)| *it).collect()
        };
        kept(self.first()) > kept(self.last())
    }

    /// For each place of the texts, whether any character will do.
    pub(crate) fn free(&self) -> &[bool] {
        &self.free
    }

    /// The least characters at the places, where the range has a start; those at free places say
    /// nothing.
    pub(crate) fn first(&self) -> Option<&[char]> {
        self.first.as_deref()
    }

    /// The greatest characters at the places, where the range has an end.
    pub(crate) fn last(&self) -> Option<&[char]> {
        self.last.as_deref()
    }

    /// Whether a serial lies between the ends; none where it does, but has another kind of
    /// character than they have at a place: their order is then a guess.
    pub(crate) fn decide(&self, text: &str) -> Option<bool> {
        if !self.holds(text) {
            return Some(false);
        }
        let end = self.first().or(self.last()).unwrap_or_default();
        let mut places = text.chars().zip(end).zip(self.free());
        let alike = places.all(|((it, end), free)| *free || Class::of(it) == Class::of(*end));
        alike.then_some(true)
    }

    /// Whether a text lies between the ends, characters being ordered as Unicode numbers them.
    pub(crate) fn holds(&self, text: &str) -> bool {
        // What a greater or lesser character at an earlier place has settled.
        let (mut begun, mut ended) = (self.first.is_none(), self.last.is_none());
        let mut letters = text.chars();
        for (at, free) in self.free.iter().enumerate() {
            let Some(it) = letters.next() else { return false };
            if *free {
                continue;
            }
            let at_place = |end: &Option<Box<[char]>>| end.as_ref()?.get(at).copied();
            if !begun && let Some(first) = at_place(&self.first) {
                if it < first {
                    return false;
                }
                begun = it > first;
            }
            if !ended && let Some(last) = at_place(&self.last) {
                if it > last {
                    return false;
                }
                ended = it < last;
            }
        }
        letters.next().is_none()
    }
}

/// Refuses ends of a range that cannot be compared.
fn check_shapes(first: &Mask, last: &Mask) -> Result<()> {
    let (long, wide) = (first.places.len(), last.places.len());
    if long != wide {
        return Err(field(format!(
            "{first} and {last} have {long} and {wide} places; both ends of a range have one length"
        )));
    }
    for (at, pair) in (1..).zip(first.places.iter().zip(&last.places)) {
        match pair {
            (None, None) => {}
            (Some(a), Some(b)) if Class::of(*a) == Class::of(*b) => {}
            (Some(a), Some(b)) => {
                return Err(field(format!(
                    "{first} and {last} differ in the kind of character {at}, `{a}` and `{b}`, so \
                     that their order is not known; write a range for each kind"
                )));
            }
            _ => {
                return Err(field(format!(
                    "character {at} is masked in only one of {first} and {last}; mask the same \
                     places in both ends"
                )));
            }
        }
    }
    Ok(())
}

fn field(message: String) -> Error {
    Error::new(ErrorKind::ScopeField, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn between(first: &str, last: &str) -> Result<MaskedTest> {
        MaskedTest::between(Some(&Mask::new(first)), Some(&Mask::new(last)))
    }

    #[test]
    fn masks_have_one_text() {
        let rows = [
            (Mask::new("AB**"), "MASK('AB**')"),
            (Mask::new("AB##"), "MASK('AB**')"),
            (Mask::with_free("ABxx", "x"), "MASK('AB**')"),
            (Mask::with_free("A*xx", "x"), "MASK('A*##', '#')"),
            (Mask::with_free("#*xx", "x"), "MASK('#*??', '?')"),
            (Mask::with_free("#*?_x", "x"), "MASK('#*?_!', '!')"),
            (Mask::new("it's*"), "MASK('it''s*')"),
        ];
        for (mask, expected) in rows {
            assert_eq!(mask.to_string(), expected);
        }
    }

    #[test]
    fn only_places_that_are_not_masked_are_compared() {
        let test = between("1TC720E****010001", "1TC720E****080657").unwrap();
        let rows = [
            ("1TC720EABCD010001", Some(true)),
            ("1TC720EWXYZ080657", Some(true)),
            ("1TC720EABCD080658", Some(false)),
            ("1TC720EABCD010000", Some(false)),
            ("1TC730EABCD020000", Some(false)),
            ("1TC720EABCD02000", Some(false)),
            ("1TC720EABCD0200000", Some(false)),
            ("1TC720E\u{e9}\u{e9}\u{e9}\u{e9}020000", Some(true)),
            // Between the ends by its first digits, and then no digit.
            ("1TC720EABCD02O000", None),
            ("1TC720EABCD0O0000", Some(false)),
        ];
        for (text, expected) in rows {
            assert_eq!(test.decide(text), expected, "{text}");
        }
    }

    #[test]
    fn ends_that_cannot_be_compared_are_refused() {
        let rows = [
            ("AB**1", "AB**12", "5 and 6 places"),
            ("AB**1", "AB*11", "character 4 is masked in only one"),
            ("AB**1", "AB**A", "differ in the kind of character 5, `1` and `A`"),
            ("AB**2", "AB**1", "comes after its end"),
            ("AB12", "AB13", "no masked place"),
        ];
        for (first, last, part) in rows {
            let error = between(first, last).unwrap_err();
            assert!(error.message().contains(part), "{}", error.message());
        }
    }

    proptest! {
        #[test]
        fn ranges_are_those_of_the_texts_without_masked_places(
            first in "[a-c*]{4}", last in "[a-c]{4}", text in "[a-c1]{3,5}",
            open in 0..3u8,
        ) {
            let last: String =
                first.chars().zip(last.chars()).map(|(a, b)| if a == '*' { a } else { b }).collect();
            let (from, to) = (Mask::new(&first), Mask::new(&last));
            let ends = [(open != 1).then_some(&from), (open != 2).then_some(&to)];
            let Ok(test) = MaskedTest::between(ends[0], ends[1]) else {
                return Ok(());
            };
            let kept = |it: &str| -> String {
                it.chars().zip(first.chars()).filter(|(_, mask)| *mask != '*').map(|(it, _)| it).collect()
            };
            let (low, high, own) = (kept(&first), kept(&last), kept(&text));
            let inside = text.len() == 4 && (open == 1 || low <= own) && (open == 2 || own <= high);
            prop_assert_eq!(test.holds(&text), inside);
            let expected = match inside {
                true if own.contains('1') => None,
                inside => Some(inside),
            };
            prop_assert_eq!(test.decide(&text), expected);
        }
    }
}
