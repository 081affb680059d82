//! Mobile devices: 3GPP TS 23.003, section 6.

use crate::error::Result;
use crate::serial::{Normaliser, SerialFamily};

impl SerialFamily {
    /// IMEIs, 15 digits: fields `tac` (the type, 8 digits), `snr` (the running number, 6) and
    /// `check` (by Luhn's scheme), in this order. Dashes and spaces between the digits are passed
    /// over.
    ///
    /// A wrong check digit is reported by [`check`](SerialFamily::check); to have it refused,
    /// declare [`CheckPolicy::Require`](crate::CheckPolicy::Require).
    ///
    /// # Errors
    ///
    /// `invalid_argument` for a name that is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{CheckPolicy, SerialFamily};
    ///
    /// let imei = SerialFamily::imei("imei")?;
    /// let code = imei.encode("49-015420-323751-8").unwrap();
    /// assert_eq!(imei.decode(code)?, "490154203237518");
    /// assert_eq!(imei.check("490154203237517"), Some(false));
    /// let strict = imei.with_check_policy(CheckPolicy::Require)?;
    /// assert_eq!(strict.encode("490154203237517"), None);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn imei(name: &str) -> Result<Self> {
        SerialFamily::new(name, "{tac:D8}{snr:D6}{check:luhn}")?.with_normaliser(grouped())
    }

    /// IMEIs with the version of their software, 16 digits: fields `tac` (the type, 8 digits),
    /// `snr` (the running number, 6) and `svn` (the version, 2), in this order. They have no check
    /// digit. Dashes and spaces between the digits are passed over.
    ///
    /// # Errors
    ///
    /// `invalid_argument` for a name that is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{FieldValue, SerialFamily};
    ///
    /// let imeisv = SerialFamily::imeisv("imeisv")?;
    /// let code = imeisv.encode("49-015420-323751-07").unwrap();
    /// assert_eq!(imeisv.values(code)?[2], ("svn", FieldValue::Number(7)));
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn imeisv(name: &str) -> Result<Self> {
        SerialFamily::new(name, "{tac:D8}{snr:D6}{svn:D2}")?.with_normaliser(grouped())
    }
}

fn grouped() -> Normaliser {
    Normaliser::new().without_dashes().without_spaces()
}
