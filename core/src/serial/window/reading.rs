//! What is read off the serials of a shape.

use super::atom::Atom;
use super::{Shape, Slot};

/// What becomes of letters before they are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Letters {
    /// Nothing.
    #[default]
    AsWritten,
    /// a to z become A to Z.
    Upper,
    /// A to Z become a to z.
    Lower,
}

impl Letters {
    pub(super) fn of(self, it: char) -> char {
        match self {
            Letters::AsWritten => it,
            Letters::Upper => it.to_ascii_uppercase(),
            Letters::Lower => it.to_ascii_lowercase(),
        }
    }
}

/// Some characters of the serials of a shape, from left to right.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(super) pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// The same in all serials.
    Char(char),
    /// What a window tells.
    Atom(Box<Atom>),
}

impl Shape {
    /// Reads some characters; none where no windows of the code tell them. Characters of fields
    /// become what `letters` makes of them; others stay.
    pub(crate) fn read(&self, slots: &[Slot], letters: Letters) -> Option<Reading> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = slots;
        while let Some((slot, after)) = rest.split_first() {
            rest = after;
            let Slot::Place { field, at } = *slot else {
                if let Slot::Char(it) = slot {
                    pieces.push(Piece::Char(*it));
                }
                continue;
            };
            let mut to = at + 1;
            while let Some((Slot::Place { field: other, at: next }, after)) = rest.split_first()
                && (*other, *next) == (field, to)
            {
                (to, rest) = (to + 1, after);
            }
            let from = self.fields.get(field)?;
            let atom = Atom::new(from, (at, to), letters)?;
            let before = pieces.iter().rposition(|it| matches!(it, Piece::Atom(_)));
            let chars: Vec<char> = pieces
                .iter()
                .skip(before.map_or(0, |at| at + 1))
                .filter_map(|it| match it {
                    Piece::Char(it) => Some(*it),
                    Piece::Atom(_) => None,
                })
                .collect();
            let joined = before.and_then(|at| match pieces.get(at) {
                Some(Piece::Atom(left)) => left.joined(&chars, from, &atom),
                _ => None,
            });
            match joined.zip(before) {
                Some((joined, at)) => {
                    pieces.truncate(at);
                    pieces.push(Piece::Atom(Box::new(joined)));
                }
                None => pieces.push(Piece::Atom(Box::new(atom))),
            }
        }
        Some(Reading { pieces })
    }
}
