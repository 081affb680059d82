//! Texts one behind the other, as they are handed out.

use crate::error::{Error, Result};

/// Texts one behind the other. Their bytes are not known to be UTF-8 before all of them are checked
/// at once, which takes a fraction of the time of checking each.
#[derive(Debug, Default)]
pub(crate) struct TextBuffer {
    pub(super) bytes: Vec<u8>,
    /// Where each text ends.
    ends: Vec<usize>,
    /// Whether each is there; empty as long as none is missing.
    there: Vec<bool>,
}

impl TextBuffer {
    pub(crate) fn with_capacity(texts: usize) -> Self {
        TextBuffer { ends: Vec::with_capacity(texts), ..TextBuffer::default() }
    }

    /// Adds a text, or that it is missing.
    pub(crate) fn push(&mut self, text: Option<&[u8]>) {
        let Some(text) = text else { return self.push_missing() };
        match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            // A short text is two words that overlap, which takes less than a copy of any length.
            (Some(first), Some(last)) if text.len() <= 16 => {
                let end = self.bytes.len() + text.len();
                let low = u128::from(u64::from_le_bytes(*first));
                let high = u128::from(u64::from_le_bytes(*last)) << (8 * (text.len() - 8));
                self.bytes.extend_from_slice(&(low | high).to_le_bytes());
                self.bytes.truncate(end);
            }
            _ => self.bytes.extend_from_slice(text),
        }
        self.end();
    }

    /// Adds what was appended to the bytes since the last text.
    pub(super) fn end(&mut self) {
        self.ends.push(self.bytes.len());
        if !self.there.is_empty() {
            self.there.push(true);
        }
    }

    fn push_missing(&mut self) {
        if self.there.is_empty() {
            self.there = vec![true; self.ends.len()];
        }
        self.ends.push(self.bytes.len());
        self.there.push(false);
    }

    /// How many texts there are, missing ones too.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds the last text once more.
    pub(crate) fn repeat_last(&mut self) {
        if self.there.last() == Some(&false) {
            return self.push_missing();
        }
        let end = self.bytes.len();
        let start = self.len().checked_sub(2).and_then(|at| self.ends.get(at)).copied();
        self.bytes.extend_from_within(start.unwrap_or(0).min(end)..end);
        self.end();
    }

    /// Adds the texts of another behind these.
    pub(crate) fn append(&mut self, other: &TextBuffer) {
        let base = self.bytes.len();
        if self.there.is_empty() && !other.there.is_empty() {
            self.there = vec![true; self.ends.len()];
        }
        if !self.there.is_empty() {
            self.there.extend_from_slice(&other.there);
            self.there.resize(self.ends.len() + other.ends.len(), true);
        }
        self.bytes.extend_from_slice(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| base + end));
    }

    /// The texts at these places, in their order; those past the last are missing.
    pub(crate) fn taken(&self, places: &[u32]) -> TextBuffer {
        let mut taken = TextBuffer::with_capacity(places.len());
        taken.bytes.reserve(self.bytes.len());
        for place in places {
            taken.push(self.bytes_at(*place as usize));
        }
        taken
    }

    fn bytes_at(&self, place: usize) -> Option<&[u8]> {
        if self.there.get(place) == Some(&false) {
            return None;
        }
        let start = place.checked_sub(1).map_or(Some(0), |at| self.ends.get(at).copied())?;
        self.bytes.get(start..*self.ends.get(place)?)
    }

    /// As [`into_parts`](TextBuffer::into_parts), of bytes that may not be UTF-8.
    pub(crate) fn into_unchecked(self) -> (Vec<u8>, Vec<usize>, Option<Vec<bool>>) {
        (self.bytes, self.ends, Some(self.there).filter(|it| !it.is_empty()))
    }

    /// The bytes of all texts, where each ends, and whether each is there unless all are.
    ///
    /// # Errors
    ///
    /// `corrupt` where a text is not UTF-8.
    pub(crate) fn into_parts(self) -> Result<(String, Vec<usize>, Option<Vec<bool>>)> {
        let damaged = || Error::corrupt("registrations: a text is not UTF-8");
        let text = String::from_utf8(self.bytes).map_err(|_| damaged())?;
        if !self.ends.iter().all(|end| text.is_char_boundary(*end)) {
            return Err(damaged());
        }
        Ok((text, self.ends, Some(self.there).filter(|it| !it.is_empty())))
    }

    /// Each text by itself.
    ///
    /// # Errors
    ///
    /// As [`into_parts`](TextBuffer::into_parts).
    pub(crate) fn into_texts(self) -> Result<Vec<Option<String>>> {
        let (text, ends, there) = self.into_parts()?;
        let mut there = there.into_iter().flatten();
        let mut start = 0;
        let each = ends.into_iter().map(|end| {
            let one = text.get(start..end).unwrap_or_default();
            start = end;
            there.next().unwrap_or(true).then(|| one.to_owned())
        });
        Ok(each.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_checked_together_but_each_for_itself() {
        let mut texts = TextBuffer::with_capacity(4);
        texts.push(Some(b"ab"));
        texts.repeat_last();
        texts.push(None);
        texts.repeat_last();
        texts.push(Some("\u{e9}".as_bytes()));
        texts.repeat_last();
        let (text, ends, there) = texts.into_parts().unwrap();
        assert_eq!((text.as_str(), ends), ("abab\u{e9}\u{e9}", vec![2, 4, 4, 4, 6, 8]));
        assert_eq!(there, Some(vec![true, true, false, false, true, true]));

        let mut halves = TextBuffer::default();
        let [first, second] = *"\u{e9}".as_bytes() else { panic!() };
        halves.push(Some(&[first]));
        halves.push(Some(&[second]));
        assert!(halves.into_parts().is_err());
    }

    #[test]
    fn texts_of_every_length_come_back() {
        let all = "abcdefghijklmnopqrstuvwxyz";
        let texts: Vec<&str> = (0..all.len()).map(|length| &all[all.len() - length..]).collect();
        let mut buffer = TextBuffer::default();
        for text in &texts {
            buffer.push(Some(text.as_bytes()));
        }
        let found = buffer.into_texts().unwrap();
        assert_eq!(found.iter().map(Option::as_deref).collect::<Option<Vec<_>>>().unwrap(), texts);
    }

    #[test]
    fn texts_are_put_behind_others_and_taken_in_any_order() {
        let of = |texts: &[Option<&str>]| {
            let mut buffer = TextBuffer::default();
            for text in texts {
                buffer.push(text.map(str::as_bytes));
            }
            buffer
        };
        let full = [Some("ab"), Some("")];
        let gaps = [None, Some("c")];
        for (first, second) in [(full, gaps), (gaps, full), (full, full), (gaps, gaps)] {
            let mut joined = of(&first);
            joined.append(&of(&second));
            let expected: Vec<Option<&str>> = first.iter().chain(&second).copied().collect();
            let taken = joined.taken(&[3, 0, 0, 2, 1]);
            let found = joined.into_texts().unwrap();
            assert_eq!(found.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
            let expected: Vec<Option<&str>> =
                [3, 0, 0, 2, 1].iter().map(|at| expected[*at]).collect();
            let taken = taken.into_texts().unwrap();
            assert_eq!(taken.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
        }
    }
}
