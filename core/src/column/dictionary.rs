//! The sorted texts and floats that the codes of a column stand for.

use super::number::{float_ordinal, ordinal_float};
use super::packed::{bits_for, number_at, pack, packed_bytes};
use crate::bytes::{Cursor, PutBytes};
use crate::error::{Error, Result};
use crate::format::Section;

/// The bytes of the header: texts, bytes of each, bytes of all, bits of an end, zeros.
const HEADER_BYTES: usize = 24;
/// In the place of the bytes of each text: they differ.
const DIFFERING: u32 = u32::MAX;

/// Writes a dictionary of texts: a header, where each text ends unless all are of one length, and
/// the texts.
pub(super) fn encode_texts(texts: &[String]) -> Result<Vec<u8>> {
    let count = u32::try_from(texts.len())
        .map_err(|_| Error::invalid("a column of one segment has more than 2^32 texts"))?;
    let total = texts.iter().map(|text| text.len() as u64).sum();
    let first = texts.first().map_or(0, String::len);
    let same = texts.iter().all(|text| text.len() == first);
    let each = u32::try_from(first).ok().filter(|each| same && *each != DIFFERING);
    let width = if each.is_some() { 0 } else { bits_for(total) };
    let mut out = Vec::with_capacity(HEADER_BYTES);
    out.put_u32(count);
    out.put_u32(each.unwrap_or(DIFFERING));
    out.put_u64(total);
    out.put_u64(u64::from(width));
    if each.is_none() {
        let ends = texts.iter().scan(0, |end, text| {
            *end += text.len() as u64;
            Some(*end)
        });
        pack(ends, width, &mut out);
    }
    for text in texts {
        out.extend_from_slice(text.as_bytes());
    }
    Ok(out)
}

/// The distinct texts of a column, sorted: as versions in a column of versions, else by bytes.
///
/// A text is found in constant time; only the blocks it lies in are read and checked.
#[derive(Clone, Debug)]
pub(crate) struct TextDictionary(Section);

/// What the header says, checked against the size of the section.
#[derive(Clone, Copy)]
struct Shape {
    count: u32,
    each: Option<u32>,
    width: u32,
    ends_len: usize,
    total: u64,
}

impl TextDictionary {
    pub(super) fn new(section: Section) -> Self {
        TextDictionary(section)
    }

    /// About how many bytes the texts have together.
    pub(crate) fn size_bytes(&self) -> u64 {
        self.0.len() as u64
    }

    /// How many texts there are.
    pub(crate) fn len(&self) -> Result<u32> {
        Ok(self.shape()?.count)
    }

    /// The same texts, to read so many of.
    pub(crate) fn open(&self, texts: usize) -> Result<OpenTexts<'_>> {
        let shape = self.shape()?;
        let few = self.0.len() > texts.saturating_mul(BYTES_A_TEXT);
        let whole = if few { None } else { Some(self.0.all()?) };
        Ok(OpenTexts { texts: self, shape, whole })
    }

    /// The text of a code.
    ///
    /// # Errors
    ///
    /// `corrupt` where there is no such code, or its text is not UTF-8.
    pub(crate) fn text(&self, code: u32) -> Result<&str> {
        self.text_of(&self.shape()?, code)
    }

    /// How many texts come before the first for which `before` fails, in logarithmic time; `before`
    /// must not hold again after that.
    pub(crate) fn partition_point(&self, mut before: impl FnMut(&str) -> bool) -> Result<u32> {
        let shape = self.shape()?;
        let (mut low, mut high) = (0, shape.count);
        while low < high {
            let middle = low.midpoint(high);
            if before(self.text_of(&shape, middle)?) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    fn shape(&self) -> Result<Shape> {
        let mut cursor = Cursor::new("dictionary", self.0.bytes(0..HEADER_BYTES)?);
        let (count, each, total, width) =
            (cursor.u32()?, cursor.u32()?, cursor.u64()?, cursor.u64()?);
        let each = Some(each).filter(|each| *each != DIFFERING);
        let width = u32::try_from(width).ok().filter(|width| *width <= u64::BITS);
        let width = width.ok_or_else(|| self.0.corrupt("its ends are wider than 64 bits"))?;
        let ends_len = if each.is_some() { 0 } else { packed_bytes(count as usize, width) };
        let whole = (HEADER_BYTES as u64).checked_add(ends_len as u64);
        let whole = whole.and_then(|len| len.checked_add(total));
        let fits = each.is_none_or(|each| u64::from(each) * u64::from(count) == total);
        if whole != Some(self.0.len() as u64) || !fits {
            return Err(self.0.corrupt("its texts do not fill it"));
        }
        Ok(Shape { count, each, width, ends_len, total })
    }

    fn text_of(&self, shape: &Shape, code: u32) -> Result<&str> {
        std::str::from_utf8(self.bytes_of(shape, code)?)
            .map_err(|_| self.0.corrupt(format!("text {code} is not in UTF-8")))
    }

    fn bytes_of(&self, shape: &Shape, code: u32) -> Result<&[u8]> {
        let (start, end) = match shape.each {
            _ if code >= shape.count => {
                return Err(self.0.corrupt(format!("there is no text {code} of {}", shape.count)));
            }
            Some(each) => {
                let start = u64::from(code) * u64::from(each);
                (start, start + u64::from(each))
            }
            None => {
                let before = code.checked_sub(1).map_or(Ok(0), |code| self.end(shape, code))?;
                (before, self.end(shape, code)?)
            }
        };
        if start > end || end > shape.total {
            return Err(self.0.corrupt(format!("text {code} ends before it starts")));
        }
        let texts = HEADER_BYTES + shape.ends_len;
        let place = |at: u64| usize::try_from(at).map_or(usize::MAX, |at| texts.saturating_add(at));
        self.0.bytes(place(start)..place(end))
    }

    fn end(&self, shape: &Shape, code: u32) -> Result<u64> {
        let bit = code as usize * shape.width as usize;
        let start = HEADER_BYTES + bit / 8;
        let end = (start + 9).min(HEADER_BYTES + shape.ends_len);
        Ok(number_at(self.0.bytes(start..end)?, bit % 8, shape.width))
    }
}

/// Bytes of a dictionary to one text that is wanted, up to which all of it is looked at.
const BYTES_A_TEXT: usize = 1024;

/// Texts whose header was read.
#[derive(Clone, Copy)]
pub(crate) struct OpenTexts<'a> {
    texts: &'a TextDictionary,
    shape: Shape,
    /// All bytes, where many texts are wanted.
    whole: Option<&'a [u8]>,
}

impl<'a> OpenTexts<'a> {
    /// The bytes of the text of an ordinal, which are not known to be UTF-8.
    pub(crate) fn bytes(&self, ordinal: u64) -> Result<&'a [u8]> {
        let code = u32::try_from(ordinal).unwrap_or(u32::MAX);
        match self.whole.and_then(|whole| self.bytes_in(whole, code)) {
            Some(bytes) => Ok(bytes),
            // What is wrong is told there.
            None => self.texts.bytes_of(&self.shape, code),
        }
    }

    fn bytes_in(&self, whole: &'a [u8], code: u32) -> Option<&'a [u8]> {
        let Shape { count, each, width, ends_len, total } = self.shape;
        if code >= count {
            return None;
        }
        let (ends, texts) = whole.get(HEADER_BYTES..)?.split_at_checked(ends_len)?;
        let end = |code: u32| {
            let bit = code as usize * width as usize;
            number_at(ends.get(bit / 8..).unwrap_or_default(), bit % 8, width)
        };
        let (start, end) = match each {
            Some(each) => {
                (u64::from(code) * u64::from(each), u64::from(code + 1) * u64::from(each))
            }
            None => (code.checked_sub(1).map_or(0, end), end(code)),
        };
        if end > total {
            return None;
        }
        texts.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    }
}

/// Writes a dictionary of the ordinals of floats.
pub(super) fn encode_floats(ordinals: &[u64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(8 * ordinals.len());
    for ordinal in ordinals {
        out.put_u64(ordinal_float(*ordinal).to_bits());
    }
    out
}

/// The distinct numbers of a float column that has few, ascending.
#[derive(Clone, Debug)]
pub(crate) struct FloatDictionary(Section);

impl FloatDictionary {
    pub(super) fn new(section: Section) -> Self {
        FloatDictionary(section)
    }

    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len() / 8
    }

    /// The number of a code.
    ///
    /// # Errors
    ///
    /// `corrupt` where there is no such code, or its number is NaN.
    pub(crate) fn value(&self, code: usize) -> Result<f64> {
        let start = code.saturating_mul(8);
        let bytes = self.0.bytes(start..start.saturating_add(8))?;
        let value = f64::from_bits(Cursor::new("dictionary", bytes).u64()?);
        if value.is_nan() {
            return Err(self.0.corrupt(format!("number {code} is NaN")));
        }
        Ok(value)
    }

    /// How many numbers come before the first for which `before` fails, in logarithmic time;
    /// `before` must not hold again after that.
    pub(crate) fn partition_point(&self, mut before: impl FnMut(f64) -> bool) -> Result<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if before(self.value(middle)?) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// Checks that the numbers ascend.
    pub(super) fn verify(&self) -> Result<()> {
        let mut before = None;
        for code in 0..self.len() {
            let ordinal = Some(float_ordinal(self.value(code)?));
            if before >= ordinal {
                return Err(self.0.corrupt("its numbers do not ascend"));
            }
            before = ordinal;
        }
        Ok(())
    }
}
