//! Distinct texts, numbered as they come.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::error::{Error, Result};

/// What stands for a missing text among the numbers.
pub(super) const MISSING: u32 = u32::MAX;

/// Texts a loose interner looks at before it may stop looking: names repeat less often at first.
const LOOSE_TEXTS: usize = 1 << 20;

/// Distinct texts, numbered in order of first appearance.
#[derive(Default)]
pub(super) struct Interner {
    texts: Vec<Box<str>>,
    /// The hash and the number of each text: a table that grows reads no text again.
    table: HashTable<(u64, u32)>,
    /// Whether a text may be numbered twice where few come twice.
    is_loose: bool,
    /// How many texts were asked for.
    asked: usize,
    /// The number of the empty text.
    empty: Option<u32>,
    hasher: DefaultHashBuilder,
    text_bytes: usize,
}

impl Interner {
    /// One that may number a text twice, once it turns out that few come twice: to look for each
    /// would be most of the work. An empty text has one number all the same.
    pub(super) fn loose() -> Self {
        Interner { is_loose: true, ..Interner::default() }
    }

    /// The number of a text.
    pub(super) fn number(&mut self, text: &str) -> Result<u32> {
        self.asked += 1;
        if text.is_empty() {
            let number = self.empty.map_or_else(|| self.push(text), Ok)?;
            self.empty = Some(number);
            return Ok(number);
        }
        if self.is_loose && self.looks_in_vain() {
            self.table = HashTable::new();
            return self.push(text);
        }
        let hash = self.hasher.hash_one(text);
        let same = |(_, number): &(u64, u32)| text_of(&self.texts, *number) == text;
        if let Some((_, number)) = self.table.find(hash, same) {
            return Ok(*number);
        }
        let number = self.push(text)?;
        self.table.insert_unique(hash, (hash, number), |it| it.0);
        Ok(number)
    }

    /// Whether more than half of the texts were new.
    fn looks_in_vain(&self) -> bool {
        self.asked > LOOSE_TEXTS && self.texts.len() * 2 > self.asked
    }

    fn push(&mut self, text: &str) -> Result<u32> {
        let number = u32::try_from(self.texts.len()).ok().filter(|it| *it != MISSING);
        let number = number.ok_or_else(|| Error::unsupported("too many distinct texts"))?;
        self.texts.push(text.into());
        self.text_bytes += text.len();
        Ok(number)
    }

    pub(super) fn texts(&self) -> &[Box<str>] {
        &self.texts
    }

    pub(super) fn into_texts(self) -> Vec<Box<str>> {
        self.texts
    }

    /// About how much memory it takes.
    pub(super) fn size_bytes(&self) -> usize {
        self.text_bytes + self.texts.len() * (size_of::<Box<str>>() + 24)
    }
}

fn text_of(texts: &[Box<str>], number: u32) -> &str {
    usize::try_from(number).ok().and_then(|at| texts.get(at)).map_or("", |text| text)
}

impl std::fmt::Debug for Interner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Interner").field("texts", &self.texts.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_number() {
        let mut interner = Interner::default();
        let numbers: Vec<_> =
            ["b", "a", "", "b", "a"].map(|text| interner.number(text).unwrap()).into();
        assert_eq!(numbers, [0, 1, 2, 0, 1]);
        assert_eq!(interner.into_texts(), ["b", "a", ""].map(Box::from));
    }

    #[test]
    fn a_loose_interner_stops_looking_where_few_texts_come_twice() {
        let (mut rare, mut common) = (Interner::loose(), Interner::loose());
        for number in 0..2 * LOOSE_TEXTS {
            rare.number(&number.to_string()).unwrap();
            common.number(&(number % 100).to_string()).unwrap();
        }
        assert_ne!(rare.number("7").unwrap(), 7);
        assert_eq!(common.number("7").unwrap(), 7);
        let empty = rare.number("").unwrap();
        rare.number("8").unwrap();
        assert_eq!(rare.number("").unwrap(), empty);
        assert_eq!(&*rare.into_texts()[empty as usize], "");
    }
}
