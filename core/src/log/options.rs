//! What a log may be told.

use crate::error::{Error, Result};
use crate::limits::{LOG_BATCH_BYTES_MAX, LOG_FILE_BYTES_MAX};

/// What a writer of a log may be told.
///
/// # Examples
///
/// ```
/// use seriatim::log::LogOptions;
///
/// let nonce = [7; 16]; // from the system's source of randomness
/// let options = LogOptions::new(nonce).with_file_bytes(64 << 20)?;
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LogOptions {
    pub(super) nonce: [u8; 16],
    pub(super) file_bytes: u64,
    pub(super) room_bytes: u64,
}

impl LogOptions {
    /// Files of 64 MiB that grow by 256 KiB at a time. The nonce is 16 random bytes, anew for each
    /// writer: this library has no source of randomness.
    pub fn new(nonce: [u8; 16]) -> Self {
        LogOptions { nonce, file_bytes: 64 << 20, room_bytes: 256 << 10 }
    }

    /// How long a file may grow before the next one begins. One batch is never cut.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when it is over 512 MiB.
    pub fn with_file_bytes(self, file_bytes: u64) -> Result<Self> {
        let most = LOG_FILE_BYTES_MAX / 2;
        if file_bytes > most {
            return Err(Error::invalid(format!(
                "files of {file_bytes} bytes are too long for a log; the most is {most}"
            )));
        }
        Ok(LogOptions { file_bytes, ..self })
    }

    /// How far a file is made longer than it is, when it must grow. Writing where there is room
    /// changes no length and so costs less to make lasting.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when it is 0 or over 64 MiB.
    pub fn with_room_bytes(self, room_bytes: u64) -> Result<Self> {
        let most = LOG_BATCH_BYTES_MAX as u64;
        if !(1..=most).contains(&room_bytes) {
            return Err(Error::invalid(format!(
                "a log grows by 1 to {most} bytes at a time, not by {room_bytes}"
            )));
        }
        Ok(LogOptions { room_bytes, ..self })
    }
}
