//! Symbols: what comes often in texts, written as one byte.
//!
//! The scheme is that of FSST (Boncz, Neumann, Leis: "FSST: fast random access string compression",
//! 2020): at most 255 symbols of one to eight bytes; a text is the numbers of its symbols, and a
//! byte that no symbol covers follows the number 255. Texts are read one by one, with no state
//! between them.

use crate::error::{Error, Result};

/// The byte before a literal byte.
const ESCAPE: u8 = 255;
const SYMBOLS_MAX: usize = 255;
const SYMBOL_BYTES_MAX: usize = 8;
/// Bytes of texts from which the symbols are learned, and how often they are looked at.
const SAMPLE_BYTES: usize = 1 << 16;
const ROUNDS: usize = 5;
/// Bytes of a text that are put together before they are written.
const RESTORED_AT_ONCE: usize = 64;

/// A symbol: its bytes, the first one lowest, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Symbol {
    bytes: u64,
    len: usize,
}

impl Symbol {
    /// The symbol of the first bytes of `text`, eight at most.
    fn of(text: &[u8]) -> Self {
        let len = text.len().min(SYMBOL_BYTES_MAX);
        let mut bytes = [0; SYMBOL_BYTES_MAX];
        for (slot, byte) in bytes.iter_mut().zip(text) {
            *slot = *byte;
        }
        Symbol { bytes: u64::from_le_bytes(bytes), len }
    }

    fn first(self) -> usize {
        usize::from(self.bytes.to_le_bytes()[0])
    }

    fn joined(self, next: Symbol) -> Option<Self> {
        let len = self.len + next.len;
        (len <= SYMBOL_BYTES_MAX)
            .then(|| Symbol { bytes: self.bytes | next.bytes << (8 * self.len), len })
    }

    fn begins(self, word: Symbol) -> bool {
        let mask = u64::MAX >> (64 - 8 * self.len);
        self.len <= word.len && word.bytes & mask == self.bytes
    }
}

/// A table of symbols, ready to shorten texts.
#[derive(Debug)]
pub(super) struct Symbols {
    symbols: Vec<Symbol>,
    /// For each first byte the numbers of the symbols, longest first.
    by_first: Vec<Vec<(Symbol, u8)>>,
}

impl Symbols {
    /// Learns the symbols of a sample of texts.
    pub(super) fn learn<'t>(texts: impl Iterator<Item = &'t str> + Clone) -> Self {
        let mut sample: Vec<&[u8]> = Vec::new();
        let mut room = SAMPLE_BYTES;
        for text in texts {
            room = room.saturating_sub(text.len());
            sample.push(text.as_bytes());
            if room == 0 {
                break;
            }
        }
        let mut table = Symbols::new(Vec::new());
        for _ in 0..ROUNDS {
            table = Symbols::new(table.better(&sample));
        }
        table
    }

    fn new(symbols: Vec<Symbol>) -> Self {
        let mut by_first = vec![Vec::new(); 256];
        for (symbol, number) in symbols.iter().zip(0..ESCAPE) {
            if let Some(list) = by_first.get_mut(symbol.first()) {
                list.push((*symbol, number));
            }
        }
        for list in &mut by_first {
            list.sort_by_key(|(symbol, _)| std::cmp::Reverse(symbol.len));
        }
        Symbols { symbols, by_first }
    }

    /// The symbols that would have shortened the sample most, out of those of this table and every
    /// two that followed one another.
    fn better(&self, sample: &[&[u8]]) -> Vec<Symbol> {
        let mut seen: Vec<Symbol> = Vec::new();
        for text in sample {
            let mut rest = *text;
            let mut before: Option<Symbol> = None;
            while !rest.is_empty() {
                let word = Symbol::of(rest);
                let found = self
                    .longest(word)
                    .map_or_else(|| Symbol::of(rest.get(..1).unwrap_or_default()), |(it, _)| it);
                seen.push(found);
                seen.extend(before.and_then(|it| it.joined(found)));
                before = Some(found);
                rest = rest.get(found.len..).unwrap_or_default();
            }
        }
        seen.sort_unstable();
        let mut gains: Vec<(usize, Symbol)> = seen
            .chunk_by(|a, b| a == b)
            .filter_map(|same| same.first().map(|it| (same.len() * it.len, *it)))
            .collect();
        gains.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        gains.into_iter().take(SYMBOLS_MAX).map(|(_, symbol)| symbol).collect()
    }

    fn longest(&self, word: Symbol) -> Option<(Symbol, u8)> {
        self.by_first.get(word.first())?.iter().find(|(it, _)| it.begins(word)).copied()
    }

    /// Appends a text, shortened.
    pub(super) fn shorten(&self, text: &str, out: &mut Vec<u8>) {
        let mut rest = text.as_bytes();
        while let Some(first) = rest.first() {
            let mut len = 1;
            if let Some((symbol, number)) = self.longest(Symbol::of(rest)) {
                out.push(number);
                len = symbol.len;
            } else {
                out.extend([ESCAPE, *first]);
            }
            rest = rest.get(len..).unwrap_or_default();
        }
    }

    /// Appends the text of shortened bytes.
    ///
    /// # Errors
    ///
    /// `corrupt` where a symbol is none of the table, or the bytes end after an escape.
    pub(super) fn restore(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let mut bytes = bytes.iter();
        let (mut text, mut end) = ([0; RESTORED_AT_ONCE], 0);
        while let Some(number) = bytes.next() {
            let symbol = if *number == ESCAPE {
                let byte = bytes.next();
                let byte = *byte.ok_or_else(|| Error::corrupt("texts: one ends in an escape"))?;
                Symbol { bytes: u64::from(byte), len: 1 }
            } else {
                let symbol = self.symbols.get(usize::from(*number)).copied();
                symbol.ok_or_else(|| Error::corrupt("texts: one has no such symbol"))?
            };
            // All eight bytes at once; what comes next is written over those that do not count.
            if let Some(to) = text.get_mut(end..).and_then(<[u8]>::first_chunk_mut) {
                *to = symbol.bytes.to_le_bytes();
            }
            end += symbol.len;
            if end > RESTORED_AT_ONCE - SYMBOL_BYTES_MAX {
                out.extend_from_slice(text.get(..end).unwrap_or_default());
                end = 0;
            }
        }
        out.extend_from_slice(text.get(..end).unwrap_or_default());
        Ok(())
    }

    /// Each symbol as its length and its bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for symbol in &self.symbols {
            out.extend(u8::try_from(symbol.len));
            out.extend(symbol.bytes.to_le_bytes().iter().take(symbol.len));
        }
        out
    }

    pub(super) fn from_bytes(mut bytes: &[u8]) -> Result<Self> {
        let damaged = || Error::corrupt("texts: the table of symbols is damaged");
        let mut symbols = Vec::new();
        while let Some((len, rest)) = bytes.split_first() {
            let len = usize::from(*len);
            let text = rest.get(..len).ok_or_else(damaged)?;
            if !(1..=SYMBOL_BYTES_MAX).contains(&len) || symbols.len() == SYMBOLS_MAX {
                return Err(damaged());
            }
            symbols.push(Symbol::of(text));
            bytes = rest.get(len..).unwrap_or_default();
        }
        Ok(Symbols::new(symbols))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_shortened_is_restored(
            learned in prop::collection::vec(".{0,20}", 0..30),
            text in ".{0,60}",
        ) {
            let learned = Symbols::learn(learned.iter().map(String::as_str));
            let symbols = Symbols::from_bytes(&learned.to_bytes()).unwrap();
            let (mut short, mut restored) = (Vec::new(), Vec::new());
            learned.shorten(&text, &mut short);
            symbols.restore(&short, &mut restored).unwrap();
            prop_assert_eq!(restored, text.as_bytes());
        }

        #[test]
        fn any_bytes_are_read_without_panic(
            table in prop::collection::vec(any::<u8>(), 0..60),
            text in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            if let Ok(symbols) = Symbols::from_bytes(&table) {
                let mut restored = Vec::new();
                if symbols.restore(&text, &mut restored).is_ok() {
                    prop_assert!(restored.len() <= text.len() * SYMBOL_BYTES_MAX);
                }
            }
        }
    }

    #[test]
    fn addresses_become_less_than_half() {
        let texts: Vec<String> = (0..2_000u32)
            .map(|n| format!("person{}.family{}@example.org", n % 97, n * 7_919 % 10_000))
            .collect();
        let symbols = Symbols::learn(texts.iter().map(String::as_str));
        let mut short = Vec::new();
        for text in &texts {
            symbols.shorten(text, &mut short);
        }
        let plain: usize = texts.iter().map(String::len).sum();
        assert!(short.len() * 2 < plain, "{} of {plain}", short.len());
    }
}
