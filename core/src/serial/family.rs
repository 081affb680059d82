//! How a maker writes and orders serials.

use serde::{Deserialize, Serialize};

use super::Normaliser;
use crate::error::Result;

/// How a maker writes and orders serials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SerialFamily {
    name: String,
    layout: String,
    order: Vec<String>,
    normaliser: Normaliser,
}

impl SerialFamily {
    /// A family of a name and a layout such as `{plant:A2}{yy:D2}{seq:D9}`.
    pub fn new(name: &str, layout: &str) -> Result<Self> {
        Ok(SerialFamily {
            name: name.to_owned(),
            layout: layout.to_owned(),
            order: Vec::new(),
            normaliser: Normaliser::new(),
        })
    }

    /// Declares the fields in order of significance.
    pub fn order_by(mut self, fields: &[&str]) -> Result<Self> {
        self.order = fields.iter().map(|it| (*it).to_owned()).collect();
        Ok(self)
    }

    /// Declares what is overlooked in a serial.
    pub fn with_normaliser(mut self, normaliser: Normaliser) -> Result<Self> {
        self.normaliser = normaliser;
        Ok(self)
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The layout as text.
    pub fn layout(&self) -> String {
        self.layout.clone()
    }

    /// How many codes there are; none stands for 2^128.
    pub fn codes(&self) -> Option<u128> {
        self.last_code().checked_add(1)
    }

    /// The greatest code.
    pub fn last_code(&self) -> u128 {
        0
    }

    /// The code of a serial, none where it does not fit.
    pub fn encode(&self, _serial: &str) -> Option<u128> {
        None
    }

    /// Appends the canonical text of a code.
    pub fn decode_into(&self, _code: u128, _out: &mut String) -> Result<()> {
        Ok(())
    }

    /// Whether a text that does not fit has a length and the literals that do.
    pub fn resembles(&self, _text: &str) -> bool {
        false
    }

    /// The code intervals, first and last, of the serials that start with a prefix.
    pub fn prefix_codes(&self, _prefix: &str) -> Option<Vec<(u128, u128)>> {
        None
    }
}
