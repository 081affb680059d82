//! The rows of a chunk, one after another or run by run.

use std::ops::Range;
use std::slice;

use super::container::{Container, run_rows};
use super::mask::{ROWS_END, WORDS};

/// The rows of one chunk, ascending.
#[derive(Clone)]
pub(crate) struct Rows<'a>(Form<'a>);

#[derive(Clone)]
enum Form<'a> {
    Array(slice::Iter<'a, [u8; 2]>),
    Runs { rest: slice::Iter<'a, [u8; 4]>, run: Range<u32> },
    Bytes { rest: slice::Iter<'a, [u8; 8]>, word: Word },
    Words { rest: slice::Iter<'a, u64>, word: Word },
}

/// What is left of a word, and the row of its first bit.
#[derive(Clone, Default)]
struct Word {
    left: u64,
    base: u32,
    /// The base of the word after it.
    next: u32,
}

impl Word {
    /// The next row of this word, or of the words that follow.
    fn next(&mut self, mut following: impl FnMut() -> Option<u64>) -> Option<u32> {
        while self.left == 0 {
            self.left = following()?;
            self.base = self.next;
            self.next += 64;
        }
        let row = self.base + self.left.trailing_zeros();
        self.left &= self.left - 1;
        Some(row)
    }
}

impl<'a> Rows<'a> {
    pub(super) fn of_words(words: &'a [u64; WORDS]) -> Self {
        Rows(Form::Words { rest: words.iter(), word: Word::default() })
    }

    pub(super) fn of(container: Container<'a>) -> Self {
        Rows(match container {
            Container::Array(rows) => Form::Array(rows.iter()),
            Container::Bits(words) => Form::Bytes { rest: words.iter(), word: Word::default() },
            Container::Runs(runs) => Form::Runs { rest: runs.iter(), run: 0..0 },
        })
    }
}

impl Iterator for Rows<'_> {
    type Item = u16;

    #[expect(clippy::cast_possible_truncation, reason = "a row of a chunk is below 65,536")]
    #[inline]
    fn next(&mut self) -> Option<u16> {
        let row = match &mut self.0 {
            Form::Array(rest) => return rest.next().map(|&row| u16::from_le_bytes(row)),
            Form::Runs { rest, run } => loop {
                match run.next() {
                    Some(row) => break row,
                    None => *run = run_rows(*rest.next()?),
                }
            },
            Form::Bytes { rest, word } => {
                word.next(|| rest.next().map(|&word| u64::from_le_bytes(word)))?
            }
            Form::Words { rest, word } => word.next(|| rest.next().copied())?,
        };
        Some(row as u16)
    }
}

/// The rows of one chunk as runs, ascending; stored runs are given as they are, others are the
/// fewest.
#[derive(Clone)]
pub(crate) enum Runs<'a> {
    Array(slice::Iter<'a, [u8; 2]>),
    Stored(slice::Iter<'a, [u8; 4]>),
    Bytes { words: &'a [[u8; 8]; WORDS], from: u32 },
    Words { words: &'a [u64; WORDS], from: u32 },
}

impl<'a> Runs<'a> {
    pub(super) fn of_words(words: &'a [u64; WORDS]) -> Self {
        Runs::Words { words, from: 0 }
    }

    pub(super) fn of(container: Container<'a>) -> Self {
        match container {
            Container::Array(rows) => Runs::Array(rows.iter()),
            Container::Bits(words) => Runs::Bytes { words, from: 0 },
            Container::Runs(runs) => Runs::Stored(runs.iter()),
        }
    }
}

impl Iterator for Runs<'_> {
    type Item = Range<u32>;

    fn next(&mut self) -> Option<Range<u32>> {
        match self {
            Runs::Array(rest) => {
                let start = u32::from(u16::from_le_bytes(*rest.next()?));
                let mut end = start + 1;
                while let Some(&next) = rest.as_slice().first() {
                    if u32::from(u16::from_le_bytes(next)) != end {
                        break;
                    }
                    end += 1;
                    rest.next();
                }
                Some(start..end)
            }
            Runs::Stored(rest) => rest.next().map(|&run| run_rows(run)),
            Runs::Bytes { words, from } => {
                next_run(from, |at| words.get(at).map(|&word| u64::from_le_bytes(word)))
            }
            Runs::Words { words, from } => next_run(from, |at| words.get(at).copied()),
        }
    }
}

/// The first run at or after `from`, which moves to its end.
fn next_run(from: &mut u32, word: impl Fn(usize) -> Option<u64>) -> Option<Range<u32>> {
    let start = next_set(*from, &word)?;
    let end = next_set(start, |at| word(at).map(|it| !it)).unwrap_or(ROWS_END);
    *from = end;
    Some(start..end)
}

/// The first set bit at or after `from`.
#[expect(clippy::cast_possible_truncation, reason = "a row of a chunk is below 65,536")]
fn next_set(from: u32, word: impl Fn(usize) -> Option<u64>) -> Option<u32> {
    let mut at = from as usize / 64;
    let mut left = word(at)? & u64::MAX << (from % 64);
    while left == 0 {
        at += 1;
        left = word(at)?;
    }
    Some(at as u32 * 64 + left.trailing_zeros())
}
