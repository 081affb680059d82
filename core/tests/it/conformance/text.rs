//! Texts and serials of cases, of which there may be many.

use serde::Deserialize;

/// A text, or the pieces of one.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Text {
    Whole(String),
    Pieces(Vec<Piece>),
}

/// A piece of a long text.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Piece {
    Once(String),
    Repeated(Repeated),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repeated {
    repeat: String,
    times: usize,
}

impl Text {
    pub(super) fn whole(&self) -> String {
        match self {
            Text::Whole(text) => text.clone(),
            Text::Pieces(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Once(text) => text.clone(),
                    Piece::Repeated(it) => it.repeat.repeat(it.times),
                })
                .collect(),
        }
    }
}

/// A serial, or a run of numbered ones.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Serials {
    One(String),
    Run(NumberedRun),
}

/// Serials with the numbers from `first` to `last` in them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberedRun {
    #[serde(default)]
    before: String,
    first: u64,
    last: u64,
    /// Digits to which zeros are put in front.
    #[serde(default)]
    digits: usize,
    #[serde(default)]
    after: String,
}

impl Serials {
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            Serials::One(serial) => vec![serial.clone()],
            Serials::Run(run) => run.texts(),
        }
    }
}

impl NumberedRun {
    pub(super) fn texts(&self) -> Vec<String> {
        let NumberedRun { before, first, last, digits, after } = self;
        let width = *digits;
        (*first..=*last).map(|number| format!("{before}{number:0width$}{after}")).collect()
    }
}
