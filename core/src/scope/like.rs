//! `LIKE` patterns.

use super::like_automaton::{LikeAutomaton, Place};
use crate::error::{Error, ErrorKind, Result};

/// What escapes a wildcard where a scope does not say otherwise.
const ESCAPE: char = '\\';

/// A `LIKE` pattern: `%` stands for any run of characters, `_` for exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LikePattern {
    /// No two runs and no two texts stand side by side.
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    One,
    Run,
}

/// Characters that must stand at places that follow one another, or none where any will do.
pub(crate) type Places = Vec<Option<char>>;

impl LikePattern {
    /// Reads a pattern in which `\` escapes `%`, `_` and itself.
    pub(super) fn new(text: &str) -> Result<Self> {
        LikePattern::with_escape(text, Some(ESCAPE))
    }

    /// Reads a pattern with an escape character of its own, or with none.
    pub(super) fn with_escape(text: &str, escape: Option<char>) -> Result<Self> {
        let mut pattern = LikePattern { parts: Vec::new() };
        let mut rest = text.chars();
        while let Some(it) = rest.next() {
            if Some(it) == escape {
                match rest.next() {
                    Some(next) if next == '%' || next == '_' || next == it => pattern.add(next),
                    _ => {
                        return Err(Error::new(
                            ErrorKind::ScopeSyntax,
                            format!(
                                "`{it}` in a LIKE pattern escapes `%`, `_` and itself; write \
                                 `{it}{it}` for the character `{it}`"
                            ),
                        ));
                    }
                }
                continue;
            }
            match it {
                '_' => pattern.parts.push(Part::One),
                '%' if pattern.parts.last() == Some(&Part::Run) => {}
                '%' => pattern.parts.push(Part::Run),
                _ => pattern.add(it),
            }
        }
        Ok(pattern)
    }

    fn add(&mut self, it: char) {
        if let Some(Part::Text(text)) = self.parts.last_mut() {
            text.push(it);
        } else {
            self.parts.push(Part::Text(it.into()));
        }
    }

    /// The pattern with `\` as its escape; equal patterns give equal texts.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::One => out.push('_'),
                Part::Run => out.push('%'),
                Part::Text(text) => {
                    for it in text.chars() {
                        if it == '%' || it == '_' || it == ESCAPE {
                            out.push(ESCAPE);
                        }
                        out.push(it);
                    }
                }
            }
        }
        out
    }

    /// Whether a character stands in it for itself.
    pub(crate) fn has_text(&self, character: char) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains(character)))
    }

    /// Whether a text fits. Steps back to the last run only, so at worst the length of the text
    /// times that of the pattern.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let (mut at, mut rest) = (0, text);
        // Where to go on, one character later, when what follows the last run does not fit.
        let mut retry: Option<(usize, &str)> = None;
        loop {
            let next = match self.parts.get(at) {
                None if rest.is_empty() => return true,
                None => None,
                Some(Part::Run) => {
                    retry = Some((at + 1, rest));
                    Some(rest)
                }
                Some(Part::One) => without_first(rest),
                Some(Part::Text(text)) => rest.strip_prefix(text.as_str()),
            };
            if let Some(next) = next {
                (at, rest) = (at + 1, next);
                continue;
            }
            let Some((after, from)) = retry else { return false };
            let Some(from) = without_first(from) else { return false };
            retry = Some((after, from));
            (at, rest) = (after, from);
        }
    }

    /// The pattern as what reads a text from left to right; none where it is too long.
    pub(crate) fn automaton(&self) -> Option<LikeAutomaton> {
        let mut places = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => places.extend(text.chars().map(Place::Char)),
                Part::One => places.push(Place::One),
                Part::Run => places.push(Place::Run),
            }
        }
        LikeAutomaton::new(places)
    }

    /// What every text that fits begins with.
    pub(crate) fn literal_prefix(&self) -> &str {
        match self.parts.first() {
            Some(Part::Text(text)) => text,
            _ => "",
        }
    }

    /// The one text that fits, where the pattern holds no wildcard.
    pub(super) fn exact(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// What must stand at the start of a text, and, where a run follows, at its end: for each place
    /// a character, or none where any will do. None where there are several runs.
    pub(crate) fn ends(&self) -> Option<(Places, Option<Places>)> {
        let mut parts = self.parts.split(|part| *part == Part::Run).map(|parts| {
            let mut places = Vec::new();
            for part in parts {
                match part {
                    Part::Text(text) => places.extend(text.chars().map(Some)),
                    Part::One | Part::Run => places.push(None),
                }
            }
            places
        });
        let ends = (parts.next().unwrap_or_default(), parts.next());
        parts.next().is_none().then_some(ends)
    }

    /// The prefix, where the pattern asks for nothing else.
    pub(crate) fn prefix(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Run] => Some(""),
            [Part::Text(text), Part::Run] => Some(text),
            _ => None,
        }
    }
}

fn without_first(text: &str) -> Option<&str> {
    let mut rest = text.chars();
    rest.next().map(|_| rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wildcards_match_as_sql_has_it() {
        let rows = [
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("_", "", false),
            ("_", "é", true),
            ("a%", "abc", true),
            ("a%", "Abc", false),
            ("%bc", "abbc", true),
            ("%b%c_", "abcbcd", true),
            ("%b%c_", "abcbc", false),
            ("a__", "abc", true),
            (r"50\%", "50%", true),
            (r"50\%", "500", false),
            (r"a\\b", r"a\b", true),
        ];
        for (pattern, text, expected) in rows {
            let pattern = LikePattern::new(pattern).unwrap();
            assert_eq!(pattern.matches(text), expected, "{pattern:?} {text}");
        }
    }

    #[test]
    fn an_escape_of_its_own_becomes_the_usual_one() {
        let pattern = LikePattern::with_escape(r"5!%\_", Some('!')).unwrap();
        assert_eq!(pattern.text(), r"5\%\\_");
        assert_eq!(LikePattern::with_escape(r"\", None).unwrap().text(), r"\\");
    }

    #[test]
    fn an_escape_that_escapes_nothing_is_refused() {
        for text in [r"a\b", r"a\"] {
            assert!(LikePattern::new(text).is_err(), "{text}");
        }
    }

    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern.first(), text.first()) {
            (None, _) => text.is_empty(),
            (Some('%'), None) => naive(&pattern[1..], text),
            (Some('%'), Some(_)) => naive(&pattern[1..], text) || naive(pattern, &text[1..]),
            (Some(p), Some(t)) => (*p == '_' || p == t) && naive(&pattern[1..], &text[1..]),
            (Some(_), None) => false,
        }
    }

    proptest! {
        #[test]
        fn matching_agrees_with_a_naive_one(pattern in "[ab%_]{0,7}", text in "[ab]{0,8}") {
            let chars = |it: &str| it.chars().collect::<Vec<_>>();
            let like = LikePattern::new(&pattern).unwrap();
            prop_assert_eq!(like.matches(&text), naive(&chars(&pattern), &chars(&text)));
            prop_assert_eq!(&LikePattern::new(&like.text()).unwrap(), &like);
            let automaton = like.automaton().unwrap();
            let (front, end) = text.split_at(text.len() / 2);
            let state = automaton.read(automaton.read(automaton.start(), front), end);
            prop_assert_eq!(automaton.fits(state), like.matches(&text));
            if like.matches(&text) {
                prop_assert!(text.starts_with(like.literal_prefix()));
            }
            if let Some((head, tail)) = like.ends() {
                let (own, rest) = (chars(&text), tail.as_ref().map_or(0, Vec::len));
                let fits = |places: &[Option<char>], own: &[char]| {
                    places.iter().zip(own).all(|(place, it)| place.is_none_or(|place| place == *it))
                };
                let long = match tail {
                    None => own.len() == head.len(),
                    Some(_) => own.len() >= head.len() + rest,
                };
                let from = own.len().saturating_sub(rest);
                let ends = fits(&head, &own) && fits(tail.as_deref().unwrap_or_default(), &own[from..]);
                prop_assert_eq!(like.matches(&text), long && ends);
            }
            if let Some(prefix) = like.prefix() {
                prop_assert_eq!(like.matches(&text), text.starts_with(prefix));
            }
        }
    }
}
