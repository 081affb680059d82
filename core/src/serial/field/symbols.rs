//! The characters of a field, and what is read as one of them.

use crate::serial::Normaliser;
use crate::serial::layout::{Alphabet, CalendarKind, FieldKind, Writing};

/// Marks a byte that is no symbol of a field.
const NO_SYMBOL: u8 = u8::MAX;

/// Characters in ascending order, each with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Symbols {
    symbols: Vec<u8>,
    /// The number of the symbol that a byte is read as.
    numbers: Box<[u8; 256]>,
}

impl Symbols {
    /// The symbols of a kind, as a normaliser reads them; two that it takes for one are refused.
    pub(super) fn new(kind: &FieldKind, normaliser: Normaliser) -> Result<Self, [u8; 2]> {
        let upper = |byte: u8| normaliser.upper(byte);
        let fold = |byte: u8| normaliser.fold(byte);
        match kind {
            FieldKind::Text { alphabet: Alphabet::Letters, .. } => {
                Ok(Symbols::of(Alphabet::Letters.symbols(), |_, byte| upper(byte)))
            }
            FieldKind::Text { alphabet: Alphabet::Custom(table), .. }
            | FieldKind::Calendar(CalendarKind { writing: Writing::Table(table), .. }) => {
                let symbols: Vec<u8> = table.bytes().map(upper).collect();
                let read = |symbols: &[u8], byte: u8| {
                    if symbols.contains(&fold(byte)) { fold(byte) } else { upper(byte) }
                };
                for (at, it) in symbols.iter().enumerate() {
                    let as_read = read(&symbols, *it);
                    if let Some(place) = symbols.iter().position(|it| *it == as_read)
                        && place != at
                    {
                        let written = |at: usize| table.as_bytes().get(at).copied().unwrap_or(0);
                        return Err([written(at), written(place)]);
                    }
                }
                Ok(Symbols::of(symbols, read))
            }
            // Where the letter O is read as a zero, it is no character of its own, so that codes
            // stay dense; likewise I.
            FieldKind::Text { alphabet, .. } => {
                let plain = alphabet.symbols().into_iter().filter(|it| fold(*it) == *it);
                Ok(Symbols::of(plain.collect(), |_, byte| fold(byte)))
            }
            FieldKind::Calendar(_) => {
                Ok(Symbols::of(Alphabet::Digits.symbols(), |_, byte| fold(byte)))
            }
            // A check character that is the letter O stays one.
            FieldKind::Check { scheme, .. } => {
                Ok(Symbols::of(scheme.symbols().to_vec(), |symbols: &[u8], byte| {
                    if symbols.contains(&upper(byte)) { upper(byte) } else { fold(byte) }
                }))
            }
        }
    }

    fn of(symbols: Vec<u8>, read: impl Fn(&[u8], u8) -> u8) -> Self {
        let mut numbers = Box::new([NO_SYMBOL; 256]);
        for (byte, number) in (0..=u8::MAX).zip(numbers.iter_mut()) {
            let as_read = read(&symbols, byte);
            let symbol = symbols.iter().position(|it| *it == as_read);
            *number = symbol.and_then(|at| u8::try_from(at).ok()).unwrap_or(NO_SYMBOL);
        }
        Symbols { symbols, numbers }
    }

    /// How many there are, at most 94.
    #[inline]
    pub(super) fn count(&self) -> usize {
        self.symbols.len()
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.symbols
    }

    /// The number of the symbol that a byte is read as.
    #[inline]
    pub(super) fn number_of(&self, byte: u8) -> Option<u8> {
        self.numbers.get(usize::from(byte)).copied().filter(|it| *it != NO_SYMBOL)
    }
}
