//! Reads little-endian numbers out of bytes that nobody has checked yet.

use crate::error::{Error, Result};

/// The most bytes a varint of 64 bits may take.
const VARINT_BYTES_MAX: u32 = 10;

/// A position in unchecked bytes; every read either fits or is an error of kind `corrupt`.
///
/// `what` names the structure in messages, as in `"section table: ends 4 bytes short"`.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    what: &'static str,
    whole: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Cursor { what, whole: bytes, rest: bytes }
    }

    /// How many bytes have been read.
    pub(crate) fn position(&self) -> usize {
        self.whole.len() - self.rest.len()
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `N` bytes.
    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let Some((head, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(self.short_by(N));
        };
        self.rest = rest;
        Ok(*head)
    }

    /// The next `len` bytes, borrowed.
    pub(crate) fn slice(&mut self, len: usize) -> Result<&'a [u8]> {
        let Some((head, rest)) = self.rest.split_at_checked(len) else {
            return Err(self.short_by(len));
        };
        self.rest = rest;
        Ok(head)
    }

    pub(crate) fn u8(&mut self) -> Result<u8> {
        Ok(u8::from_le_bytes(self.take()?))
    }

    pub(crate) fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.take()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.take()?))
    }

    pub(crate) fn u128(&mut self) -> Result<u128> {
        Ok(u128::from_le_bytes(self.take()?))
    }

    pub(crate) fn i64(&mut self) -> Result<i64> {
        Ok(i64::from_le_bytes(self.take()?))
    }

    /// A number in 7-bit groups, lowest first; only its shortest form is accepted.
    pub(crate) fn varint(&mut self) -> Result<u64> {
        let mut value = 0_u64;
        for group in 0..VARINT_BYTES_MAX {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7F);
            // The tenth byte has room for the last of 64 bits only.
            if group == VARINT_BYTES_MAX - 1 && bits > 1 {
                break;
            }
            value |= bits << (7 * group);
            if byte & 0x80 == 0 {
                if byte == 0 && group > 0 {
                    break;
                }
                return Ok(value);
            }
        }
        Err(self.corrupt("a number is not in its shortest form or exceeds 64 bits"))
    }

    /// A count from disk, once it is sure that so many things of `bytes_each` are still there.
    ///
    /// What passes may be allocated: it is bounded by the bytes present.
    pub(crate) fn count(&self, count: u64, bytes_each: usize) -> Result<usize> {
        usize::try_from(count)
            .ok()
            .filter(|count| {
                count.checked_mul(bytes_each).is_some_and(|bytes| bytes <= self.rest.len())
            })
            .ok_or_else(|| {
                let left = self.rest.len();
                self.corrupt(format!(
                    "counts {count} entries of {bytes_each} bytes, but {left} bytes are left"
                ))
            })
    }

    /// Ends the reading: bytes that are left over are an error.
    pub(crate) fn finish(self) -> Result<()> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(self.corrupt(format!("{left} bytes are left over"))),
        }
    }

    /// An error of kind `corrupt` in the structure being read.
    pub(crate) fn corrupt(&self, found: impl std::fmt::Display) -> Error {
        Error::corrupt(format!("{}: {found}", self.what))
    }

    fn short_by(&self, wanted: usize) -> Error {
        let short = wanted - self.rest.len();
        self.corrupt(format!("ends {short} bytes short"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bytes::PutBytes;

    #[test]
    fn a_short_read_says_by_how_much() {
        let mut cursor = Cursor::new("header", &[1, 2, 3]);
        assert_eq!(cursor.u16().unwrap(), 0x0201);
        assert_eq!(cursor.u32().unwrap_err().to_string(), "header: ends 3 bytes short");
        assert_eq!(cursor.position(), 2);
        assert_eq!(cursor.rest(), [3]);
        assert_eq!(cursor.finish().unwrap_err().to_string(), "header: 1 bytes are left over");
    }

    #[test]
    fn a_count_is_bounded_by_what_is_there() {
        let cursor = Cursor::new("table", &[0; 24]);
        assert_eq!(cursor.count(3, 8).unwrap(), 3);
        assert!(cursor.count(4, 8).is_err());
        assert!(cursor.count(u64::MAX, 8).is_err());
    }

    #[test]
    fn only_the_shortest_varint_is_read() {
        let read = |bytes: &[u8]| Cursor::new("varint", bytes).varint();
        assert_eq!(read(&[0]).unwrap(), 0);
        assert_eq!(read(&[0x80, 0x01]).unwrap(), 128);
        let mut most = [0xFF; 10];
        most[9] = 0x01;
        assert_eq!(read(&most).unwrap(), u64::MAX);
        most[9] = 0x02;
        let too_long = [0x80; 11];
        for refused in [&[0x80, 0x00][..], &[0x80], &[], &most, &too_long] {
            assert!(read(refused).is_err(), "{refused:?}");
        }
    }

    proptest! {
        #[test]
        fn numbers_go_there_and_back(
            a: u16, b: u32, c: u64, d: u128, e: i64, f: u64, shift in 0_u32..64,
        ) {
            let f = f >> shift;
            let mut bytes = Vec::new();
            bytes.put_u16(a);
            bytes.put_u32(b);
            bytes.put_u64(c);
            bytes.put_u128(d);
            bytes.put_i64(e);
            bytes.put_varint(f);
            let mut cursor = Cursor::new("numbers", &bytes);
            prop_assert_eq!(cursor.u16().unwrap(), a);
            prop_assert_eq!(cursor.u32().unwrap(), b);
            prop_assert_eq!(cursor.u64().unwrap(), c);
            prop_assert_eq!(cursor.u128().unwrap(), d);
            prop_assert_eq!(cursor.i64().unwrap(), e);
            prop_assert_eq!(cursor.varint().unwrap(), f);
            prop_assert!(cursor.finish().is_ok());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, len: usize) {
            let mut cursor = Cursor::new("anything", &bytes);
            if let Ok(value) = cursor.varint() {
                let mut again = Vec::new();
                again.put_varint(value);
                prop_assert_eq!(&again, &bytes[..cursor.position()]);
            }
            let left = cursor.rest().len();
            prop_assert_eq!(cursor.slice(len).is_ok(), len <= left);
        }
    }
}
