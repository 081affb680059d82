//! Serials of GS1: application identifier 21.

use crate::error::Result;
use crate::serial::SerialFamily;

/// GS1 character set 82 in the order of its bytes, as a layout writes it.
const CHARACTERS: &str =
    "[!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz]";

impl SerialFamily {
    /// Any serial of GS1 (AI 21): 1 to 20 characters of GS1 character set 82, every one of which
    /// counts, upper and lower case and zeros in front among them. One field, `serial`.
    ///
    /// The order is the shortest first, then by byte, as of serials that fit no family; what the
    /// family adds is that what cannot be a serial of GS1 is invalid. All of them together make
    /// fewer than 2^128 codes. A maker that counts declares the counter instead, such as
    /// [`counter`](SerialFamily::counter), whose ranges hold numbers only. This family takes almost
    /// every serial, so it does not stand beside others.
    ///
    /// # Errors
    ///
    /// `invalid_argument` for a name that is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::SerialFamily;
    ///
    /// let family = SerialFamily::gs1("label")?;
    /// assert_ne!(family.encode("a1"), family.encode("A1"));
    /// assert_ne!(family.encode("01"), family.encode("1"));
    /// assert_eq!(family.encode("A 1"), None);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn gs1(name: &str) -> Result<Self> {
        SerialFamily::new(name, &format!("{{serial:{CHARACTERS}1..20}}"))
    }
}
