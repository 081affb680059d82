//! Distinct texts, numbered as they come.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::error::{Error, Result};

/// What stands for a missing text among the numbers.
pub(super) const MISSING: u32 = u32::MAX;

/// Distinct texts, numbered in order of first appearance.
#[derive(Default)]
pub(super) struct Interner {
    texts: Vec<Box<str>>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    text_bytes: usize,
}

impl Interner {
    /// The number of a text.
    pub(super) fn number(&mut self, text: &str) -> Result<u32> {
        let hash = self.hasher.hash_one(text);
        let same = |number: &u32| text_of(&self.texts, *number) == text;
        if let Some(number) = self.table.find(hash, same) {
            return Ok(*number);
        }
        let number = u32::try_from(self.texts.len()).ok().filter(|it| *it != MISSING);
        let number = number.ok_or_else(|| Error::unsupported("too many distinct texts"))?;
        self.texts.push(text.into());
        self.text_bytes += text.len();
        let (texts, hasher) = (&self.texts, &self.hasher);
        self.table.insert_unique(hash, number, |it| hasher.hash_one(text_of(texts, *it)));
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
        self.text_bytes + self.texts.len() * (size_of::<Box<str>>() + 8)
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
}
