//! How a family reads the ways in which people write one serial.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a family overlooks in a serial before it compares: nothing, unless declared.
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

    /// Leaves spaces of every width out.
    #[must_use]
    pub fn without_spaces(self) -> Self {
        self.with(Rule::WithoutSpaces)
    }

    /// Leaves hyphens, dashes and minus signs out.
    #[must_use]
    pub fn without_dashes(self) -> Self {
        self.with(Rule::WithoutDashes)
    }

    /// Reads the letter O as a zero wherever a digit may stand.
    #[must_use]
    pub fn zero_for_o(self) -> Self {
        self.with(Rule::ZeroForO)
    }

    /// Reads the letter I as a one wherever a digit may stand.
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
