//! Running numbers.

use crate::error::{Error, Result};
use crate::serial::SerialFamily;

impl SerialFamily {
    /// A running number of 1 to `digits_max` digits without zeros in front: after 9 comes 10, and
    /// after 9466976 comes 10040916. One field, `n`.
    ///
    /// # Errors
    ///
    /// `invalid_argument` for a name that is none, and for no digits or more than 38.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::SerialFamily;
    ///
    /// let saw = SerialFamily::counter("saw", 8)?;
    /// assert!(saw.encode("9466976") < saw.encode("10040916"));
    /// assert_eq!(saw.encode("09466976"), None);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn counter(name: &str, digits_max: usize) -> Result<Self> {
        SerialFamily::new(name, &counter_field(digits_max)?)
    }

    /// A running number of 1 to `digits_max` digits behind a prefix, with a dash, a space or
    /// nothing between, whatever is written on the label. The family writes the separator that the
    /// prefix ends with: of `LJ-` the serial is `LJ-1440`, and `LJ1440`, `LJ 1440` and `LJ- 1440`
    /// are read as it. One field, `n`.
    ///
    /// # Errors
    ///
    /// `invalid_argument` for a name that is none, for no digits or more than 38, and for a prefix
    /// that is empty but for its separator.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::SerialFamily;
    ///
    /// let laptop = SerialFamily::prefixed_counter("laptop", "LJ-", 6)?;
    /// let code = laptop.encode("LJ1440").unwrap();
    /// assert_eq!(laptop.decode(code)?, "LJ-1440");
    /// assert_eq!(laptop.encode("LJ 1440"), Some(code));
    /// assert!(laptop.encode("LJ-9862") < laptop.encode("LJ-10403"));
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn prefixed_counter(name: &str, prefix: &str, digits_max: usize) -> Result<Self> {
        let (stem, separators) = match prefix.strip_suffix(['-', ' ']) {
            Some(stem) if prefix.ends_with('-') => (stem, "-? ??"),
            Some(stem) => (stem, "-?? ?"),
            None => (prefix, "-?? ??"),
        };
        if stem.is_empty() {
            return Err(Error::invalid(
                "the prefix of a counter is empty; declare a plain counter, or write the prefix",
            ));
        }
        let field = counter_field(digits_max)?;
        SerialFamily::new(name, &format!("{}{separators}{field}", escaped(stem)))
    }
}

fn counter_field(digits_max: usize) -> Result<String> {
    match digits_max {
        1 => Ok("{n:D1}".into()),
        2..=38 => Ok(format!("{{n:D1..{digits_max}}}")),
        _ => Err(Error::invalid(format!(
            "a counter has 1 to 38 digits, not {digits_max}; give the most that a serial may have"
        ))),
    }
}

/// A text as a layout has it, every sign taken as it is.
fn escaped(text: &str) -> String {
    let escape = |it: char| if it.is_ascii_punctuation() { Some('\\') } else { None };
    text.chars().flat_map(|it| escape(it).into_iter().chain([it])).collect()
}
