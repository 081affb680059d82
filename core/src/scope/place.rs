//! Where an error arose, as a person sees it.

use super::ast::{Down, Origin, Spot, Step};
use crate::error::{Error, Place};

/// Characters of a long line that a picture shows on either side of the caret.
const AROUND: usize = 60;

impl Origin {
    /// The place of a spot; what was built has none.
    pub(super) fn place(&self, spot: Spot) -> Option<Place> {
        match self {
            Origin::Built => None,
            Origin::Text(text) => Some(in_text(text, spot.0 as usize)),
            Origin::Json(steps) => Some(in_json(steps, spot.0)),
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

/// The place of a byte of a text; a byte past the end is the end.
pub(super) fn in_text(text: &str, at: usize) -> Place {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let rest = text.get(start..).unwrap_or("");
    let row: Vec<char> = rest.chars().take_while(|it| *it != '\n').collect();
    let left = before.get(start..).unwrap_or("").chars().count();
    Place::Text {
        line: before.matches('\n').count() + 1,
        column: left + 1,
        caret: picture(&row, left),
    }
}

/// A row of text and a caret under its character `at`.
fn picture(row: &[char], at: usize) -> String {
    let first = at.saturating_sub(AROUND);
    let cut_off = row.len().saturating_sub(first) > 2 * AROUND;
    let mut out = String::new();
    if first > 0 {
        out.push_str("...");
    }
    let indent = out.len() + at - first;
    let shown = row.iter().skip(first).take(2 * AROUND);
    // A tab would move the caret away from its character.
    out.extend(shown.map(|it| if it.is_control() { ' ' } else { *it }));
    if cut_off {
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
