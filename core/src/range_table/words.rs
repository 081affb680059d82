//! The words around serials: what a cell says before any serial in it is read.

/// What one part of a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// All serials.
    Whole,
    /// One serial, or two with a dash between them: only the families can tell.
    One(String),
    /// One serial, in the first of two cells, of which the other is empty.
    LoneFirst(String),
    /// The same, in the last of two cells.
    LoneLast(String),
    Range(String, String),
    /// This serial and what comes after it.
    From(String),
    After(String),
    /// This serial and what comes before it.
    UpTo(String),
    Before(String),
    /// "and subsequent", with no serial of its own.
    Onwards,
    /// Words that say that nothing is known, or where it is said.
    Nothing,
    /// Digits in groups of three, which are one number or several.
    Thousands(String),
}

/// What a cell says: parts, and the parts that it takes out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CellSaid {
    pub(super) parts: Vec<Said>,
    pub(super) except: Vec<Said>,
}

const WHOLE: [&str; 14] = [
    "all",
    "all serials",
    "all serial numbers",
    "all serial nos",
    "all serial nos.",
    "all sn",
    "all s/n",
    "all units",
    "all vins",
    "all numbers",
    "any",
    "any serial number",
    "every",
    "every serial",
];

const NOTHING: [&str; 14] = [
    "-",
    "--",
    "n/a",
    "na",
    "n.a.",
    "none",
    "unknown",
    "various",
    "tbd",
    "?",
    "nil",
    "null",
    "not known",
    "not applicable",
];

const EXCEPT: [&str; 9] = [
    "with the exception of",
    "except for",
    "excepting",
    "except",
    "excluding",
    "excludes",
    "not including",
    "but not",
    "other than",
];

const ONWARDS: [&str; 24] = [
    "and all subsequent",
    "and subsequent",
    "and onwards",
    "and onward",
    "and following",
    "and greater",
    "and higher",
    "and beyond",
    "and above",
    "and later",
    "and after",
    "and newer",
    "and over",
    "and up",
    "or higher",
    "or greater",
    "or above",
    "or later",
    "or newer",
    "subsequent",
    "onwards",
    "onward",
    "and on",
    "+",
];

/// What stands alone in the cell of a last end that is not known yet.
const OPEN: [&str; 7] =
    ["up", "present", "current", "to date", "open", "to present", "current production"];

const BACKWARDS: [&str; 15] = [
    "and all previous",
    "and previous",
    "and earlier",
    "and before",
    "and prior",
    "and lower",
    "and below",
    "and under",
    "and older",
    "or earlier",
    "or previous",
    "or lower",
    "or below",
    "or older",
    "or under",
];

/// What words make of the serial after them.
type Open = fn(String) -> Said;

/// Words before a serial. The longest of those that begin alike goes first.
const LEADING: [(&str, Open); 28] = [
    ("up to ", Said::UpTo),
    ("through ", Said::UpTo),
    ("thru ", Said::UpTo),
    ("until ", Said::UpTo),
    ("to ", Said::UpTo),
    ("bis ", Said::UpTo),
    ("less than or equal to ", Said::UpTo),
    ("at most ", Said::UpTo),
    ("<=", Said::UpTo),
    ("\u{2264}", Said::UpTo),
    ("starting from ", Said::From),
    ("starting at ", Said::From),
    ("beginning at ", Said::From),
    ("from ", Said::From),
    ("at least ", Said::From),
    (">=", Said::From),
    ("\u{2265}", Said::From),
    ("greater than ", Said::After),
    ("higher than ", Said::After),
    ("above ", Said::After),
    ("after ", Said::After),
    (">", Said::After),
    ("less than ", Said::Before),
    ("lower than ", Said::Before),
    ("prior to ", Said::Before),
    ("before ", Said::Before),
    ("below ", Said::Before),
    ("<", Said::Before),
];

/// What stands between two serials, or ranges, of a list.
const JOINTS: [&str; 3] = [" and ", " & ", " or "];

/// What stands between the two ends of a range.
const BETWEEN: [&str; 10] =
    [" through ", " thru ", " up to ", " until ", " to ", " bis ", "...", "..", "\u{2026}", " ~ "];

/// What a cell says.
pub(super) fn cell_said(cell: &str) -> CellSaid {
    let cell = unwrapped(cell);
    let lower = cell.to_ascii_lowercase();
    let found = EXCEPT.iter().filter_map(|words| whole_words(&lower, words).map(|at| (at, *words)));
    let Some((at, words)) = found.min_by_key(|(at, words)| (*at, usize::MAX - words.len())) else {
        return CellSaid { parts: parts(&cell), except: Vec::new() };
    };
    let (kept, rest) = cell.split_at(at);
    let rest = rest.get(words.len()..).unwrap_or_default();
    let brackets = |it: char| it.is_whitespace() || ",;:()[]".contains(it);
    CellSaid {
        parts: parts(kept.trim_end_matches(brackets)),
        except: parts(rest.trim_matches(brackets)),
    }
}

/// One space for each run of spaces within a line; none around it; and without what spreadsheets
/// wrap around a text so that it stays one.
fn unwrapped(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    for line in cell.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&words.join(" "));
    }
    let inner = out.strip_prefix("=\"").and_then(|it| it.strip_suffix('"'));
    match inner.or_else(|| out.strip_prefix('\'')) {
        Some(inner) => inner.trim().to_owned(),
        None => out,
    }
}

/// Where `words` stand in `text`, not as a part of longer words.
fn whole_words(text: &str, words: &str) -> Option<usize> {
    let word = |it: Option<char>| it.is_some_and(char::is_alphanumeric);
    text.match_indices(words).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|it| it.chars().next_back());
        let after = text.get(at + words.len()..).and_then(|it| it.chars().next());
        !word(before) && !word(after)
    })
}

fn parts(text: &str) -> Vec<Said> {
    let mut said = Vec::new();
    for piece in text.split(['\n', ';']) {
        let piece = piece.trim();
        if is_thousands(piece) {
            said.push(Said::Thousands(piece.to_owned()));
            continue;
        }
        for piece in piece.split([',', '\u{ff0c}']) {
            add(piece.trim(), &mut said);
        }
    }
    said
}

/// Whether all of a text is digits in groups of three with commas.
fn is_thousands(text: &str) -> bool {
    let mut groups = text.split(',');
    let digits = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().is_some_and(|it| (1..=3).contains(&it.len()) && digits(it));
    let rest: Vec<&str> = groups.collect();
    first && !rest.is_empty() && rest.iter().all(|it| it.len() == 3 && digits(it))
}

/// Adds what a piece without commas says.
fn add(piece: &str, said: &mut Vec<Said>) {
    let piece = without(piece, " and including").map_or(piece.to_owned(), |it| it);
    let piece =
        ["(inclusive)", "inclusive"].iter().find_map(|it| strip_end(&piece, it)).unwrap_or(&piece);
    add_plain(piece.trim(), said);
}

fn add_plain(piece: &str, said: &mut Vec<Said>) {
    if piece.is_empty() {
        return;
    }
    if is_onwards(piece) {
        // "A1, and subsequent": of the serial before the comma.
        match said.pop() {
            Some(Said::One(first)) => said.push(Said::From(first)),
            other => {
                said.extend(other);
                said.push(Said::Onwards);
            }
        }
        return;
    }
    if let Some(rest) = strip(piece, "and ") {
        return add_plain(rest.trim(), said);
    }
    if let Some(words) = words_alone(piece) {
        said.push(words);
        return;
    }
    if let Some((first, rest)) = strip(piece, "between ").and_then(|both| split(both, &JOINTS)) {
        let (last, more) = split(&rest, &JOINTS).unwrap_or((rest, String::new()));
        said.push(Said::Range(first, last));
        return add_plain(&more, said);
    }
    if let Some(end) = open_end(piece) {
        said.push(end);
        return;
    }
    if let Some((left, right)) = split(piece, &JOINTS) {
        add_plain(&left, said);
        return add_plain(&right, said);
    }
    said.push(one_phrase(piece));
}

fn is_onwards(piece: &str) -> bool {
    ONWARDS.iter().chain(&OPEN).any(|it| piece.eq_ignore_ascii_case(it))
}

/// What words with no serial say.
fn words_alone(piece: &str) -> Option<Said> {
    let lower = piece.to_ascii_lowercase();
    let lower = lower.trim_end_matches('.');
    if WHOLE.contains(&lower) {
        return Some(Said::Whole);
    }
    let elsewhere = ["see ", "refer "].iter().any(|it| lower.starts_with(it));
    (elsewhere || NOTHING.contains(&lower)).then_some(Said::Nothing)
}

/// A serial with "and subsequent" or "and earlier" after it.
fn open_end(piece: &str) -> Option<Said> {
    let ending = |words: &[&str]| {
        words.iter().find_map(|words| {
            let kept = strip_end(piece, words)?.trim_end_matches([' ', ',']);
            let kept = strip(kept, "from ").unwrap_or(kept);
            (!kept.is_empty() && split(kept, &JOINTS).is_none()).then(|| kept.to_owned())
        })
    };
    ending(&ONWARDS).map(Said::From).or_else(|| ending(&BACKWARDS).map(Said::UpTo))
}

/// What a piece says that is no list.
fn one_phrase(piece: &str) -> Said {
    let led = LEADING.iter().find_map(|(words, said)| {
        let end = strip(piece, words)?.trim();
        (!end.is_empty()).then(|| said(end.to_owned()))
    });
    // "from A1" may go on: "to A9".
    let rest = match &led {
        Some(Said::From(rest)) => rest.as_str(),
        Some(_) => "",
        None => piece,
    };
    match split(rest, &BETWEEN) {
        Some((first, last)) => Said::Range(first, last),
        None => led.unwrap_or_else(|| Said::One(piece.to_owned())),
    }
}

/// A text without the first of these words; none where it has none.
fn without(text: &str, words: &str) -> Option<String> {
    let at = text.to_ascii_lowercase().find(words)?;
    let (before, after) = text.split_at(at);
    Some(format!("{before}{}", after.get(words.len()..)?))
}

/// The two sides of the first of these words that has something on either side.
fn split(text: &str, words: &[&str]) -> Option<(String, String)> {
    let lower = text.to_ascii_lowercase();
    words.iter().find_map(|words| {
        let at = lower.find(words)?;
        let (left, right) = text.split_at(at);
        let (left, right) = (left.trim(), right.get(words.len()..)?.trim());
        (!left.is_empty() && !right.is_empty()).then(|| (left.to_owned(), right.to_owned()))
    })
}

fn strip<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let start = text.get(..words.len())?;
    start.eq_ignore_ascii_case(words).then(|| text.get(words.len()..))?
}

/// A text without these words at its end; words are words only after a space or a comma.
fn strip_end<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let at = text.len().checked_sub(words.len())?;
    let (kept, end) = (text.get(..at)?, text.get(at..)?);
    let apart = !words.starts_with(char::is_alphabetic) || kept.ends_with([' ', ',']);
    (apart && end.eq_ignore_ascii_case(words)).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::Said::{After, Before, From, Nothing, One, Onwards, Range, Thousands, UpTo, Whole};
    use super::*;

    fn check(cell: &str, expected: Vec<Said>) {
        assert_eq!(cell_said(cell), CellSaid { parts: expected, except: vec![] }, "{cell:?}");
    }

    fn one(text: &str) -> Said {
        One(text.to_owned())
    }

    fn range(first: &str, last: &str) -> Said {
        Range(first.to_owned(), last.to_owned())
    }

    #[test]
    fn ranges_are_said_in_many_ways() {
        for cell in [
            "A1 through A9",
            "A1 THRU A9",
            "from A1 to A9",
            "Between A1 and A9",
            "A1 up to A9",
            "A1..A9",
            "A1 \u{2026} A9",
            "  A1\u{a0}bis  A9 ",
        ] {
            check(cell, vec![range("A1", "A9")]);
        }
        check("A1 up to and including A9", vec![range("A1", "A9")]);
        check("A1 to A9 (inclusive)", vec![range("A1", "A9")]);
        check("560-0001 through -0538", vec![range("560-0001", "-0538")]);
        check("A2001-A2308", vec![one("A2001-A2308")]);
    }

    #[test]
    fn a_cell_may_hold_many() {
        check("A1; A2\nA3, A4 and A5", ["A1", "A2", "A3", "A4", "A5"].map(one).into());
        check("A1-A2, B1 to B4", vec![one("A1-A2"), range("B1", "B4")]);
        check("from A1 to A3 and from A5 to A7", vec![range("A1", "A3"), range("A5", "A7")]);
        let two = vec![range("A1", "A3"), range("A5", "A7")];
        check("between A1 and A3 and between A5 and A7", two);
        check("10,001", vec![Thousands("10,001".into())]);
        check("10,0012", vec![one("10"), one("0012")]);
        check("", vec![]);
        check(" \n ; ", vec![]);
    }

    #[test]
    fn one_end_is_said_in_many_ways() {
        for cell in ["A1 and subsequent", "A1, and up", "A1+", "from A1", ">= A1", "A1 onwards"] {
            check(cell, vec![From("A1".into())]);
        }
        for cell in ["up to A1", "A1 and below", "\u{2264}A1", "through A1", "A1 or earlier"] {
            check(cell, vec![UpTo("A1".into())]);
        }
        check("below 0062239", vec![Before("0062239".into())]);
        check("after A1", vec![After("A1".into())]);
        check("and subsequent", vec![Onwards]);
        check("present", vec![Onwards]);
    }

    #[test]
    fn words_are_told_from_serials() {
        check("All", vec![Whole]);
        check("all serial numbers.", vec![Whole]);
        check("see note 5", vec![Nothing]);
        check("N/A", vec![Nothing]);
        check("ALL77", vec![one("ALL77")]);
        check("TO-7", vec![one("TO-7")]);
        check("Canopy", vec![one("Canopy")]);
    }

    #[test]
    fn exceptions_are_told_apart() {
        let said = cell_said("MB-1 through MB-816, except MB-814");
        assert_eq!(said.parts, [range("MB-1", "MB-816")]);
        assert_eq!(said.except, [one("MB-814")]);
        let said = cell_said("all (excluding A1 to A3 and A7)");
        assert_eq!((said.parts, said.except), (vec![Whole], vec![range("A1", "A3"), one("A7")]));
        let said = cell_said("all except for A1");
        assert_eq!((said.parts, said.except), (vec![Whole], vec![one("A1")]));
    }

    #[test]
    fn the_marks_of_spreadsheets_are_taken_off() {
        check("=\"00042500\"", vec![one("00042500")]);
        check("'00042500", vec![one("00042500")]);
    }
}
