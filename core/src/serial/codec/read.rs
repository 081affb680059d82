//! From a serial to its code.

use super::build::{Codec, Rules, Step};
use crate::limits::SERIAL_BYTES_MAX;
use crate::serial::CheckPolicy;
use crate::serial::layout::FIELDS_MAX;

/// Where the fields of a serial begin and end, in bytes, from left to right.
pub(super) type Places = [(usize, usize); FIELDS_MAX];

impl Codec {
    /// The code of a serial, none where it does not fit.
    #[inline]
    pub(in crate::serial) fn encode(&self, serial: &str) -> Option<u128> {
        if !self.normaliser.leaves_out() {
            return self.encode_bytes(serial.as_bytes());
        }
        let mut buffer = [0; SERIAL_BYTES_MAX];
        self.encode_bytes(self.stripped(serial, &mut buffer)?)
    }

    #[inline]
    fn encode_bytes(&self, serial: &[u8]) -> Option<u128> {
        let code = self.read_code(serial)?;
        match &self.rules {
            Some(rules) if !self.keeps_to(rules, code, serial) => None,
            _ => Some(code),
        }
    }

    /// The code of what the fields read, whatever the rules.
    pub(super) fn read_code(&self, serial: &[u8]) -> Option<u128> {
        let mut code = 0;
        let mut rest = serial;
        for step in &self.steps {
            match step {
                Step::Literal(text) => rest = self.skip(text, rest)?,
                Step::Field { field, weight } => {
                    let (number, after) = field.read(rest)?;
                    code += number * weight;
                    rest = after;
                }
                Step::Optional { text, .. } => rest = self.skip(text, rest).unwrap_or(rest),
                Step::Check(field) => rest = field.read(rest)?.1,
            }
        }
        rest.is_empty().then_some(code)
    }

    /// The serial that a text would be with the right check characters.
    pub(in crate::serial) fn mended(&self, text: &str) -> Option<String> {
        let mut buffer = [0; SERIAL_BYTES_MAX];
        let code = self.read_code(self.stripped(text, &mut buffer)?)?;
        let mut serial = String::new();
        self.decode_into(code, &mut serial).then_some(serial)
    }

    fn keeps_to(&self, rules: &Rules, code: u128, serial: &[u8]) -> bool {
        rules.dates.as_ref().is_none_or(|it| it.is_date(code))
            && (rules.policy == CheckPolicy::Report || self.passes(rules, serial) != Some(false))
    }

    /// The text without the characters that are left out; none where it is too long for a serial.
    fn stripped<'b>(
        &self,
        serial: &str,
        buffer: &'b mut [u8; SERIAL_BYTES_MAX],
    ) -> Option<&'b [u8]> {
        if serial.len() > SERIAL_BYTES_MAX {
            return None;
        }
        self.normaliser.strip(serial, buffer)
    }

    /// Whether all check characters of a serial are right; none where it does not fit or has none.
    pub(in crate::serial) fn check(&self, serial: &str) -> Option<bool> {
        self.encode(serial)?;
        let mut buffer = [0; SERIAL_BYTES_MAX];
        self.passes(self.rules.as_ref()?, self.stripped(serial, &mut buffer)?)
    }

    /// Whether all check characters of a text of its serials are right; none where it has none.
    fn passes(&self, rules: &Rules, serial: &[u8]) -> Option<bool> {
        let mut checks = rules.checks.iter().peekable();
        checks.peek()?;
        let places = self.places(serial)?;
        Some(checks.all(|it| it.passes(&self.steps, serial, &places)))
    }

    /// Where the fields of a text stand; none where it cannot be read.
    pub(super) fn places(&self, serial: &[u8]) -> Option<Places> {
        let mut places = [(0, 0); FIELDS_MAX];
        let mut slots = places.iter_mut();
        let mut rest = serial;
        for step in &self.steps {
            match step {
                Step::Literal(text) => rest = self.skip(text, rest)?,
                Step::Optional { text, .. } => rest = self.skip(text, rest).unwrap_or(rest),
                Step::Field { field, .. } | Step::Check(field) => {
                    let start = serial.len() - rest.len();
                    rest = field.read(rest)?.1;
                    *slots.next()? = (start, serial.len() - rest.len());
                }
            }
        }
        Some(places)
    }

    /// What follows a literal at the beginning of a text.
    #[inline]
    pub(super) fn skip<'t>(&self, literal: &str, text: &'t [u8]) -> Option<&'t [u8]> {
        let (head, rest) = text.split_at_checked(literal.len())?;
        let same = head == literal.as_bytes()
            || !self.normaliser.is_off() && {
                let fold = |it: &u8| self.normaliser.fold(*it);
                head.iter().map(fold).eq(literal.as_bytes().iter().map(fold))
            };
        same.then_some(rest)
    }
}
