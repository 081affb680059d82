//! How a family reads the ways in which people write one serial.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a family overlooks when it reads a serial: nothing, unless declared.
///
/// A serial is kept, compared and answered as its family would write it, so that two ways of
/// writing one serial never become two units.
///
/// # Examples
///
/// ```
/// use seriatim::{Normaliser, SerialFamily};
///
/// let careful = SerialFamily::new("laptop", "LJ-{n:D4}")?;
/// assert_eq!(careful.encode("lj 144O"), None);
///
/// let lenient = Normaliser::new().upper_case().without_spaces().without_dashes().zero_for_o();
/// let family = careful.with_normaliser(lenient)?;
/// assert_eq!(family.encode("lj 144O"), Some(1440));
/// assert_eq!(family.decode(1440)?, "LJ1440");
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Rule>", into = "Vec<Rule>")]
pub struct Normaliser(u8);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Rule {
    UpperCase,
    WithoutSpaces,
    WithoutDashes,
    ZeroForO,
    OneForI,
}

const RULES: [Rule; 5] =
    [Rule::UpperCase, Rule::WithoutSpaces, Rule::WithoutDashes, Rule::ZeroForO, Rule::OneForI];

impl Normaliser {
    /// One that overlooks nothing.
    pub fn new() -> Self {
        Normaliser::default()
    }

    /// Reads the letters a to z as A to Z.
    #[must_use]
    pub fn upper_case(self) -> Self {
        self.with(Rule::UpperCase)
    }

    /// Leaves out spaces of every width, in serials and in the literals of the layout.
    #[must_use]
    pub fn without_spaces(self) -> Self {
        self.with(Rule::WithoutSpaces)
    }

    /// Leaves out hyphens, dashes and minus signs, in serials and in the literals of the layout.
    #[must_use]
    pub fn without_dashes(self) -> Self {
        self.with(Rule::WithoutDashes)
    }

    /// Reads the letter O as a zero wherever a digit may stand; in a literal the two are the same.
    /// A field of digits and letters then has no letter O.
    #[must_use]
    pub fn zero_for_o(self) -> Self {
        self.with(Rule::ZeroForO)
    }

    /// Reads the letter I as a one wherever a digit may stand; in a literal the two are the same.
    /// A field of digits and letters then has no letter I.
    #[must_use]
    pub fn one_for_i(self) -> Self {
        self.with(Rule::OneForI)
    }

    fn with(self, rule: Rule) -> Self {
        Normaliser(self.0 | 1 << (rule as u8))
    }

    fn has(self, rule: Rule) -> bool {
        self.0 & 1 << (rule as u8) != 0
    }

    pub(super) fn is_off(self) -> bool {
        self.0 == 0
    }

    /// Whether some characters are left out.
    #[inline]
    pub(super) fn leaves_out(self) -> bool {
        self.has(Rule::WithoutSpaces) || self.has(Rule::WithoutDashes)
    }

    /// Whether a character is not left out.
    pub(super) fn keeps(self, it: char) -> bool {
        let space = it.is_whitespace() && !it.is_control();
        let dash = matches!(it, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
        !(space && self.has(Rule::WithoutSpaces) || dash && self.has(Rule::WithoutDashes))
    }

    /// The byte a letter is read as.
    pub(super) fn upper(self, byte: u8) -> u8 {
        if self.has(Rule::UpperCase) { byte.to_ascii_uppercase() } else { byte }
    }

    /// The byte that a byte is read as where a digit may stand.
    pub(super) fn fold(self, byte: u8) -> u8 {
        match self.upper(byte) {
            b'O' if self.has(Rule::ZeroForO) => b'0',
            b'I' if self.has(Rule::OneForI) => b'1',
            other => other,
        }
    }

    /// A literal as the family writes it.
    pub(super) fn canonical(self, literal: &str) -> String {
        let kept = literal.chars().filter(|it| self.keeps(*it));
        if self.has(Rule::UpperCase) {
            kept.map(|it| it.to_ascii_uppercase()).collect()
        } else {
            kept.collect()
        }
    }

    /// Copies the characters that are not left out; none where the text is longer than the buffer.
    pub(super) fn strip<'b>(self, text: &str, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
        let mut end = 0;
        for it in text.chars().filter(|it| self.keeps(*it)) {
            let slot = buffer.get_mut(end..end + it.len_utf8())?;
            it.encode_utf8(slot);
            end += it.len_utf8();
        }
        buffer.get(..end)
    }
}

impl fmt::Debug for Normaliser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(RULES.iter().filter(|it| self.has(**it))).finish()
    }
}

impl From<Vec<Rule>> for Normaliser {
    fn from(rules: Vec<Rule>) -> Self {
        rules.into_iter().fold(Normaliser::default(), Normaliser::with)
    }
}

impl From<Normaliser> for Vec<Rule> {
    fn from(normaliser: Normaliser) -> Self {
        RULES.into_iter().filter(|it| normaliser.has(*it)).collect()
    }
}
