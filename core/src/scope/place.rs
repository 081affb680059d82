//! Where an error arose, as a person sees it.

use super::ast::{Down, Origin, Spot, Step};
use crate::error::{Error, Place};

/// Characters of a long line that a picture shows on either side of the caret.
const AROUND: usize = 60;

impl Origin {
    /// The place of a spot; what was built has none.
    pub(super) fn place(&self, spot: Spot) -> Option<Place> {
        self.places().place(spot)
    }

    /// Tells the places of spots; those that ascend take together one walk over the text.
    pub(super) fn places(&self) -> Places<'_> {
        match self {
            Origin::Built => Places::Built,
            Origin::Text(text) => Places::Text(Cursor::new(text)),
            Origin::Json(steps) => Places::Json(steps),
        }
    }

    /// Says where an error arose.
    pub(super) fn locate(&self, error: Error, spot: Spot) -> Error {
        match self.place(spot) {
            Some(place) => error.at(place),
            None => error,
        }
    }
}

/// Tells the places of spots of one scope.
pub(super) enum Places<'a> {
    Built,
    Text(Cursor<'a>),
    Json(&'a [Step]),
}

impl Places<'_> {
    /// The place of a spot; what was built has none.
    pub(super) fn place(&mut self, spot: Spot) -> Option<Place> {
        match self {
            Places::Built => None,
            Places::Text(cursor) => Some(cursor.place(spot.0 as usize)),
            Places::Json(steps) => Some(in_json(steps, spot.0)),
        }
    }
}

/// A place of a text that moves on.
pub(super) struct Cursor<'a> {
    text: &'a str,
    /// The byte it stands at, and the first of its line.
    at: usize,
    start: usize,
    /// Lines before it, and characters of its own.
    lines: usize,
    left: usize,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Self {
        Cursor { text, at: 0, start: 0, lines: 0, left: 0 }
    }

    /// The place of a byte; one past the end is the end.
    fn place(&mut self, at: usize) -> Place {
        let at = if self.text.is_char_boundary(at) { at } else { self.text.len() };
        if at < self.at {
            *self = Cursor::new(self.text);
        }
        let passed = self.text.get(self.at..at).unwrap_or("");
        match passed.rfind('\n') {
            None => self.left += passed.chars().count(),
            Some(newline) => {
                self.start = self.at + newline + 1;
                self.lines += passed.matches('\n').count();
                self.left = passed.get(newline + 1..).unwrap_or("").chars().count();
            }
        }
        self.at = at;
        let before = self.text.get(self.start..at).unwrap_or("");
        let after = self.text.get(at..).unwrap_or("");
        Place::Text { line: self.lines + 1, column: self.left + 1, caret: picture(before, after) }
    }
}

/// The place of a byte of a text; a byte past the end is the end.
pub(super) fn in_text(text: &str, at: usize) -> Place {
    Cursor::new(text).place(at)
}

/// A row of text and a caret under the character between what stands before and what after.
fn picture(before: &str, after: &str) -> String {
    let first = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let shown = before.get(first..).unwrap_or("");
    let mut out = String::new();
    if first > 0 {
        out.push_str("...");
    }
    let around = shown.chars().count();
    let indent = out.len() + around;
    let mut rest = after.chars().take_while(|it| *it != '\n');
    let shown = shown.chars().chain(rest.by_ref().take(2 * AROUND - around));
    // A tab would move the caret away from its character.
    out.extend(shown.map(|it| if it.is_control() { ' ' } else { it }));
    if rest.next().is_some() {
        out.push_str("...");
    }
    format!("{}\n{}^", out.trim_end(), " ".repeat(indent))
}

/// The path of a step, such as `$.and[1].eq[0]`.
pub(super) fn in_json(steps: &[Step], at: u32) -> Place {
    let mut way = Vec::new();
    let mut next = at;
    while let Some(step) = steps.get(next as usize) {
        match step.to {
            Down::Root => break,
            Down::Key(key) => way.push(format!(".{key}")),
            Down::Element(element) => way.push(format!("[{element}]")),
        }
        next = step.parent;
    }
    way.push("$".into());
    way.reverse();
    Place::Json { path: way.concat() }
}

/// The candidate that a misspelt name most likely means: at most a third of it is wrong.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let name: Vec<char> = name.chars().take(201).flat_map(char::to_lowercase).collect();
    if name.len() > 200 {
        return None;
    }
    candidates
        .into_iter()
        .map(|candidate| {
            let letters: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
            (distance(&name, &letters), candidate)
        })
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= (name.len() / 3).max(1))
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance: insertions, deletions and replacements of one character.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, left) in a.iter().enumerate() {
        let mut current = vec![row + 1];
        let pairs = above.iter().zip(above.iter().skip(1));
        let mut before = row + 1;
        for (right, (diagonal, up)) in b.iter().zip(pairs) {
            let replaced = diagonal + usize::from(left != right);
            before = replaced.min(up + 1).min(before + 1);
            current.push(before);
        }
        above = current;
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_its_character() {
        let Place::Text { line, column, caret } = in_text("a = 1\nAND\té = %", 15) else {
            panic!("a place in a text");
        };
        assert_eq!((line, column), (2, 9));
        assert_eq!(caret, "AND é = %\n        ^");
    }

    /// Wherever it was before, and however the text is cut into lines.
    #[test]
    fn a_cursor_tells_what_each_place_alone_is() {
        let text = format!("\u{e9}\n\n{}\nx", "ab\u{e9}".repeat(60));
        let mut cursor = Cursor::new(&text);
        let places = (0..text.len() + 3).chain([7, 1, 90, 0, 130, 150]);
        for at in places {
            let before = text.get(..at).unwrap_or(&text);
            let row = before.rsplit('\n').next().unwrap().chars().count();
            let Place::Text { line, column, caret } = cursor.place(at) else {
                panic!("a place in a text");
            };
            assert_eq!((line, column), (before.matches('\n').count() + 1, row + 1), "{at}");
            let (shown, under) = caret.split_once('\n').unwrap();
            let character = shown.chars().nth(under.chars().count() - 1);
            let expected = text.get(at..).and_then(|it| it.chars().next()).filter(|it| *it != '\n');
            assert_eq!(character, expected, "{at}: {caret}");
        }
    }

    #[test]
    fn a_long_row_is_shown_around_the_caret() {
        let text = format!("{}!{}", "a".repeat(1_000), "b".repeat(1_000));
        let Place::Text { caret, .. } = in_text(&text, 1_000) else {
            panic!("a place in a text");
        };
        let (row, under) = caret.split_once('\n').unwrap();
        assert_eq!(row.find('!'), under.find('^'));
        assert!(row.len() < 130 && row.starts_with("...a") && row.ends_with("b..."));
    }

    #[test]
    fn near_misses_are_found_and_far_ones_are_not() {
        let names = ["facility", "firmware", "lot"];
        let rows = [
            ("facilty", Some("facility")),
            ("FACILITY_", Some("facility")),
            ("frimware", Some("firmware")),
            ("lots", Some("lot")),
            ("colour", None),
        ];
        for (name, expected) in rows {
            assert_eq!(nearest(name, names), expected, "{name}");
        }
    }

    #[test]
    fn distances_are_levenshteins() {
        let chars = |it: &str| it.chars().collect::<Vec<_>>();
        for (a, b, expected) in [("", "ab", 2), ("kitten", "sitting", 3), ("abc", "abc", 0)] {
            assert_eq!(distance(&chars(a), &chars(b)), expected, "{a} {b}");
        }
    }
}
