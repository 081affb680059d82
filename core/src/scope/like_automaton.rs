//! `LIKE` patterns, character by character.

/// A pattern that reads a text from left to right: how far it has come is a number, which is all
/// that what follows depends on.
#[derive(Clone, Debug)]
pub(crate) struct LikeAutomaton {
    /// What each place of the pattern asks for.
    places: Vec<Place>,
    /// A bit for each place that any one character passes.
    ones: u128,
    /// A bit for each place at which any number of characters may be read.
    runs: u128,
}

/// A place of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Char(char),
    One,
    Run,
}

impl LikeAutomaton {
    /// None of more than 127 places.
    pub(super) fn new(places: Vec<Place>) -> Option<Self> {
        if places.len() >= 128 {
            return None;
        }
        let bits = |wanted: Place| {
            let bits = places.iter().enumerate().filter(|(_, place)| **place == wanted);
            bits.fold(0, |all, (at, _)| all | 1 << at)
        };
        let (ones, runs) = (bits(Place::One), bits(Place::Run));
        Some(LikeAutomaton { places, ones, runs })
    }

    /// Before the first character.
    pub(crate) fn start(&self) -> u128 {
        self.past_runs(1)
    }

    /// After more characters.
    pub(crate) fn read(&self, state: u128, text: &str) -> u128 {
        text.chars().fold(state, |state, it| {
            let chars = self.places.iter().enumerate();
            let same = chars.filter(|(_, place)| **place == Place::Char(it));
            let same = same.fold(0, |all, (at, _)| all | 1 << at);
            self.past_runs((state & (same | self.ones)) << 1 | state & self.runs)
        })
    }

    /// Whether a text that ends here fits.
    #[cfg(test)]
    pub(crate) fn fits(&self, state: u128) -> bool {
        state >> self.places.len() & 1 == 1
    }

    /// A run may be of no character; no two runs follow one another.
    fn past_runs(&self, state: u128) -> u128 {
        state | (state & self.runs) << 1
    }
}
