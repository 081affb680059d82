//! What a registrar is told.

use std::fmt;

use crate::bytes::Hash;
use crate::error::Result;
use crate::log::{LogId, LogOptions};

/// How to take registrations one by one.
///
/// # Examples
///
/// ```
/// use seriatim::RegistrarOptions;
///
/// let entropy = [7; 32]; // 32 bytes from the system's source of randomness
/// let options = RegistrarOptions::new(entropy).without_contact_text();
/// # drop(options);
/// ```
#[derive(Clone)]
pub struct RegistrarOptions {
    entropy: [u8; 32],
    pub(super) keeps_contact_text: bool,
    pub(super) room_bytes: u64,
}

impl RegistrarOptions {
    /// Contact text is kept, and files grow by 256 KiB at a time. `entropy` is 32 random bytes, anew for each registrar and told to
    /// nobody: this library has no source of randomness.
    pub fn new(entropy: [u8; 32]) -> Self {
        RegistrarOptions { entropy, keeps_contact_text: true, room_bytes: 256 << 10 }
    }

    /// Drops names and contacts once they have told which channels are usable and how complete a
    /// registration is: the index then holds owner tokens, consents and channels only.
    #[must_use]
    pub fn without_contact_text(mut self) -> Self {
        self.keeps_contact_text = false;
        self
    }

    /// How far a file is made longer than it is, when it must grow. Writing where there is room costs
    /// less to make lasting.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when it is 0 or over 64 MiB.
    pub fn with_room_bytes(self, room_bytes: u64) -> Result<Self> {
        LogOptions::new([0; 16]).with_room_bytes(room_bytes)?;
        Ok(RegistrarOptions { room_bytes, ..self })
    }

    fn derive(&self, purpose: &str) -> Hash {
        Hash::of(&[&self.entropy[..], purpose.as_bytes()].concat())
    }

    pub(super) fn log_id(&self) -> LogId {
        LogId(first_half(&self.derive("name of the log")))
    }

    pub(super) fn log_options(&self) -> Result<LogOptions> {
        let nonce = first_half(&self.derive("nonce of the log"));
        LogOptions::new(nonce).with_room_bytes(self.room_bytes)
    }

    /// What salts of contacts are made of.
    pub(super) fn secret(&self) -> [u8; 32] {
        self.derive("salts of contacts").0
    }
}

fn first_half(hash: &Hash) -> [u8; 16] {
    let mut half = [0; 16];
    for (slot, byte) in half.iter_mut().zip(hash.0) {
        *slot = byte;
    }
    half
}

/// The entropy is a secret.
impl fmt::Debug for RegistrarOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistrarOptions")
            .field("keeps_contact_text", &self.keeps_contact_text)
            .field("room_bytes", &self.room_bytes)
            .finish_non_exhaustive()
    }
}
