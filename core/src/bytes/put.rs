//! Writes little-endian numbers.

/// Appends little-endian numbers; the counterpart of [`Cursor`](super::Cursor).
pub(crate) trait PutBytes {
    fn put_u16(&mut self, value: u16);
    fn put_u32(&mut self, value: u32);
    fn put_u64(&mut self, value: u64);
    fn put_u128(&mut self, value: u128);
    fn put_i64(&mut self, value: i64);
    /// Appends 7-bit groups, lowest first, the high bit saying that more follow: 1 to 10 bytes.
    fn put_varint(&mut self, value: u64);
}

impl PutBytes for Vec<u8> {
    fn put_u16(&mut self, value: u16) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_u32(&mut self, value: u32) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_u64(&mut self, value: u64) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_u128(&mut self, value: u128) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_i64(&mut self, value: i64) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_varint(&mut self, mut value: u64) {
        loop {
            let [group, ..] = (value & 0x7F).to_le_bytes();
            value >>= 7;
            if value == 0 {
                self.push(group);
                return;
            }
            self.push(group | 0x80);
        }
    }
}
