//! Functions from a text to a text.

use std::borrow::Cow;

/// What is taken of a text: functions, applied one after another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TextExpr {
    steps: Vec<TextStep>,
}

/// A function from a text to a text, with the meaning that `PostgreSQL` gives it. Characters are
/// counted from 1, and are those of Unicode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TextStep {
    /// The characters from `start` on, `length` of them or all the rest. Places before the first
    /// count, although nothing stands there.
    Substring {
        start: i32,
        length: Option<i32>,
    },
    /// So many characters from the start; negative: all but so many at the end.
    Left(i32),
    /// So many characters from the end; negative: all but so many at the start.
    Right(i32),
    /// The part of this number between separators, from the end where negative; empty where there
    /// are fewer.
    SplitPart {
        separator: Box<str>,
        part: i32,
    },
    Upper,
    Lower,
    /// Without spaces at both ends.
    Trim,
}

impl TextExpr {
    pub(super) fn new(steps: Vec<TextStep>) -> Self {
        TextExpr { steps }
    }

    /// The functions, the innermost first.
    pub(crate) fn steps(&self) -> &[TextStep] {
        &self.steps
    }

    /// What the functions make of a text.
    pub(crate) fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.steps.iter().fold(Cow::Borrowed(text), |text, step| match text {
            Cow::Borrowed(text) => step.apply(text),
            Cow::Owned(text) => Cow::Owned(step.apply(&text).into_owned()),
        })
    }

    /// Characters that a result can have at most, where there is such a bound.
    pub(super) fn length_max(&self) -> Option<usize> {
        self.steps.iter().fold(None, |before, step| {
            let own = match step {
                TextStep::Substring { start, length: Some(length) } => {
                    // Places before the first hold nothing.
                    let end = i64::from(*start) + i64::from(*length);
                    usize::try_from((end - i64::from((*start).max(1))).max(0)).ok()
                }
                TextStep::Left(count) | TextStep::Right(count) => usize::try_from(*count).ok(),
                // One letter may have several for its other case.
                TextStep::Upper | TextStep::Lower => return before.map(|it: usize| it * 3),
                _ => None,
            };
            match (before, own) {
                (Some(before), Some(own)) => Some(before.min(own)),
                (before, own) => before.or(own),
            }
        })
    }
}

impl TextStep {
    fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        Cow::Borrowed(match self {
            TextStep::Substring { start, length } => {
                let first = i64::from((*start).max(1));
                let end = length.map(|length| i64::from(*start) + i64::from(length));
                let count = end.map(|end| size(end - first));
                characters(text, size(first - 1), count)
            }
            TextStep::Left(count) if *count >= 0 => characters(text, 0, Some(distance(*count))),
            TextStep::Left(count) => characters(text, 0, Some(from_end(text, distance(*count)))),
            TextStep::Right(count) if *count >= 0 => {
                characters(text, from_end(text, distance(*count)), None)
            }
            TextStep::Right(count) => characters(text, distance(*count), None),
            TextStep::SplitPart { separator, part } => split_part(text, separator, *part),
            TextStep::Upper => return Cow::Owned(text.to_uppercase()),
            TextStep::Lower => return Cow::Owned(text.to_lowercase()),
            TextStep::Trim => text.trim_matches(' '),
        })
    }
}

fn size(number: i64) -> usize {
    usize::try_from(number.max(0)).unwrap_or(usize::MAX)
}

fn distance(number: i32) -> usize {
    size(i64::from(number).abs())
}

/// How many characters stand before the last so many.
fn from_end(text: &str, count: usize) -> usize {
    text.chars().count().saturating_sub(count)
}

fn characters(text: &str, skip: usize, take: Option<usize>) -> &str {
    let start = byte_of(text, skip);
    let rest = text.get(start..).unwrap_or("");
    let end = take.map_or(rest.len(), |take| byte_of(rest, take));
    rest.get(..end).unwrap_or("")
}

/// The byte at which a character begins, or the end.
fn byte_of(text: &str, character: usize) -> usize {
    if text.is_ascii() {
        return character.min(text.len());
    }
    text.char_indices().nth(character).map_or(text.len(), |(at, _)| at)
}

fn split_part<'t>(text: &'t str, separator: &str, part: i32) -> &'t str {
    let at = distance(part).saturating_sub(1);
    if separator.is_empty() {
        return if at == 0 { text } else { "" };
    }
    let found = if part > 0 {
        text.split(separator).nth(at)
    } else {
        let count = text.split(separator).count();
        count.checked_sub(at + 1).and_then(|at| text.split(separator).nth(at))
    };
    found.unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn substring(start: i32, length: Option<i32>) -> TextStep {
        TextStep::Substring { start, length }
    }

    fn split(separator: &str, part: i32) -> TextStep {
        TextStep::SplitPart { separator: separator.into(), part }
    }

    #[test]
    fn functions_mean_what_they_mean_in_postgresql() {
        let rows = [
            ("HVDYNAWY2301", substring(7, Some(2)), "WY"),
            ("abcdef", substring(3, None), "cdef"),
            ("abcdef", substring(0, Some(3)), "ab"),
            ("abcdef", substring(-2, Some(3)), ""),
            ("abcdef", substring(-2, None), "abcdef"),
            ("abcdef", substring(9, Some(2)), ""),
            ("abcdef", substring(2, Some(0)), ""),
            ("abcdef", substring(i32::MIN, Some(i32::MAX)), ""),
            ("abcdef", substring(5, Some(i32::MAX)), "ef"),
            ("\u{e9}t\u{e9}s", substring(2, Some(2)), "t\u{e9}"),
            ("abcdef", TextStep::Left(2), "ab"),
            ("abcdef", TextStep::Left(-2), "abcd"),
            ("abcdef", TextStep::Left(9), "abcdef"),
            ("abcdef", TextStep::Left(-9), ""),
            ("abcdef", TextStep::Right(2), "ef"),
            ("abcdef", TextStep::Right(-2), "cdef"),
            ("abcdef", TextStep::Right(9), "abcdef"),
            ("abcdef", TextStep::Right(-9), ""),
            ("\u{e9}t\u{e9}", TextStep::Right(1), "\u{e9}"),
            ("abcdef", TextStep::Left(i32::MIN), ""),
            ("GL-HLX-BLK-2210-15914-000001", split("-", 5), "15914"),
            ("a-b-c", split("-", 4), ""),
            ("a-b-c", split("-", -1), "c"),
            ("a-b-c", split("-", -3), "a"),
            ("a-b-c", split("-", -4), ""),
            ("a-b-c", split("", 1), "a-b-c"),
            ("a-b-c", split("", 2), ""),
            ("a--b", split("-", 2), ""),
            ("abc", TextStep::Upper, "ABC"),
            ("ABC", TextStep::Lower, "abc"),
            ("  a b ", TextStep::Trim, "a b"),
        ];
        for (text, step, expected) in rows {
            assert_eq!(step.apply(text), expected, "{step:?} of {text}");
        }
    }

    #[test]
    fn functions_follow_one_another_from_within() {
        let expr = TextExpr::new(vec![TextStep::Trim, TextStep::Left(3), TextStep::Upper]);
        assert_eq!(expr.apply("  abcdef "), "ABC");
    }

    fn steps() -> impl Strategy<Value = Vec<TextStep>> {
        let step = prop_oneof![
            (-4..9i32, prop::option::of(0..6i32))
                .prop_map(|(start, length)| substring(start, length)),
            (-4..6i32).prop_map(TextStep::Left),
            (-4..6i32).prop_map(TextStep::Right),
            ("[-a]{0,2}", prop_oneof![-3..0i32, 1..4i32]).prop_map(|(it, part)| split(&it, part)),
            Just(TextStep::Upper),
            Just(TextStep::Lower),
            Just(TextStep::Trim),
        ];
        prop::collection::vec(step, 0..4)
    }

    proptest! {
        #[test]
        fn slices_are_those_of_characters(
            text in "[ab\u{e9}-]{0,8}", start in -4..9i32, length in prop::option::of(0..6i32),
        ) {
            let inside = |place: i64| {
                place >= i64::from(start)
                    && length.is_none_or(|length| place < i64::from(start) + i64::from(length))
            };
            let expected: String =
                (1..).zip(text.chars()).filter(|(at, _)| inside(*at)).map(|(_, it)| it).collect();
            prop_assert_eq!(substring(start, length).apply(&text), expected);
        }

        #[test]
        fn what_is_left_and_what_is_right_make_the_whole(text in "[a\u{e9}]{0,6}", count in 1..8i32) {
            let joined = TextStep::Left(count).apply(&text).into_owned();
            prop_assert_eq!(joined + &TextStep::Right(-count).apply(&text), text.as_str());
            let joined = TextStep::Left(-count).apply(&text).into_owned();
            prop_assert_eq!(joined + &TextStep::Right(count).apply(&text), text);
        }

        #[test]
        fn no_result_is_longer_than_its_bound(text in "[ab\u{df}\u{149}-]{0,9}", steps in steps()) {
            let expr = TextExpr::new(steps);
            if let Some(bound) = expr.length_max() {
                prop_assert!(expr.apply(&text).chars().count() <= bound);
            }
        }
    }
}
