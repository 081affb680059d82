//! Tests of texts over serials that end in a number: what may follow a front is read once for all
//! fronts that are alike to the test, and not for every serial.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::answer::At;
use super::bit_pattern::{BitPattern, set_bits};
use super::code_cases::places_asked;
use super::text_leaf::SerialText;
use crate::bitmap::Mask;
use crate::error::Result;
use crate::keys::CodeRun;
use crate::scope::{LikeAutomaton, Truth};
use crate::serial::{SerialFamily, Tail};

/// What is known of the ends after the fronts of a family, for all who ask.
#[derive(Debug, Default)]
pub(super) struct Memo(Mutex<BTreeMap<Front, Known>>);

/// What fronts have in common that are alike to a test.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Front {
    asked: Asked,
    /// An end that some serial has after the front, and the characters that follow from both.
    probe: (u64, String),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    /// How far a pattern has come.
    Pattern(u128),
    /// The characters that the test asks of.
    Places(String),
}

/// What is known of a front.
#[derive(Clone, Debug)]
enum Known {
    /// Its serials were read by themselves so far, so many.
    Rows(u64),
    Ends(Arc<Ends>),
}

/// The ends for which a test is TRUE, and those for which it is not FALSE.
#[derive(Debug)]
struct Ends {
    sure: BitPattern,
    possible: BitPattern,
}

/// Fronts that are kept apart.
const FRONTS_MAX: usize = 1024;
/// Ends that are tried for one that some serial has.
const PROBES: u64 = 4;

/// How the fronts of a family are told apart.
enum Reader {
    Pattern(LikeAutomaton),
    /// Whether the test asks of a character, from the first on.
    Places(Vec<bool>),
}

/// A test made ready for many serials of a family.
pub(super) struct TailScan<'a> {
    memo: &'a Memo,
    family: &'a SerialFamily,
    tail: Tail,
    reader: Reader,
    /// The front that was read last, and what is known of it.
    last: Option<(u128, Option<Arc<Ends>>)>,
    text: String,
}

impl<'a> TailScan<'a> {
    /// None where serials of the family do not end in a number, or the test cannot tell what it
    /// asks of.
    pub(super) fn new(
        memo: &'a Memo,
        family: &'a SerialFamily,
        test: SerialText<'_>,
    ) -> Option<Self> {
        let tail = family.tail()?;
        let pattern = match test {
            SerialText::Like(pattern) if pattern.ends().is_none() => pattern.automaton(),
            _ => None,
        };
        let reader = match pattern {
            Some(pattern) => Reader::Pattern(pattern),
            None => Reader::Places(places_asked(family, test)?),
        };
        Some(TailScan { memo, family, tail, reader, last: None, text: String::new() })
    }

    /// Marks the rows of a run for which a test is TRUE, and those for which it is not FALSE.
    pub(super) fn mark(
        &mut self,
        run: CodeRun,
        at: At,
        out: [&mut Mask; 2],
        truth: &mut impl FnMut(u128, &str) -> Result<Truth>,
    ) -> Result<()> {
        let [sure, possible] = out;
        let (mut code, last) = (run.first, run.last());
        loop {
            let (front, end) = self.tail.split(code);
            let left = u128::from(self.tail.ends() - end) - 1;
            let stop = code.saturating_add(left).min(last);
            let rows = at.cut(&(run.row_of(code)..run.row_of(stop) + 1));
            let length = rows.end - rows.start;
            if let Some(ends) = self.ends((front, code), u64::from(length), truth)? {
                if !ends.sure.is_empty() {
                    set_bits(&mut [(&ends.sure, end)], (rows.start, length), sure);
                }
                set_bits(&mut [(&ends.possible, end)], (rows.start, length), possible);
            } else {
                for (row, code) in rows.zip(code..=stop) {
                    let truth = self.read(code, truth)?;
                    if truth != Truth::False {
                        possible.set_range(row..row + 1);
                    }
                    if truth == Truth::True {
                        sure.set_range(row..row + 1);
                    }
                }
            }
            match stop.checked_add(1) {
                Some(next) if next <= last => code = next,
                _ => return Ok(()),
            }
        }
    }

    fn read(
        &mut self,
        code: u128,
        truth: &mut impl FnMut(u128, &str) -> Result<Truth>,
    ) -> Result<Truth> {
        self.text.clear();
        self.family.decode_into(code, &mut self.text)?;
        truth(code, &self.text)
    }

    /// What is known of the ends after a front, of which so many serials are asked for from a code
    /// on; none where they are to be read by themselves.
    fn ends(
        &mut self,
        (front, code): (u128, u128),
        rows: u64,
        truth: &mut impl FnMut(u128, &str) -> Result<Truth>,
    ) -> Result<Option<Arc<Ends>>> {
        if let Some((other, known)) = &self.last
            && *other == front
            && known.is_some()
        {
            return Ok(known.clone());
        }
        let Some(like) = self.front(front, code)? else { return Ok(None) };
        {
            let mut memo = self.memo.0.lock().unwrap_or_else(PoisonError::into_inner);
            let full = memo.len() >= FRONTS_MAX;
            match memo.get_mut(&like) {
                Some(Known::Ends(ends)) => {
                    self.last = Some((front, Some(Arc::clone(ends))));
                    return Ok(Some(Arc::clone(ends)));
                }
                // Reading all ends is worth it once as many serials were read.
                Some(Known::Rows(read)) if *read < self.tail.ends() => {
                    *read += rows;
                    return Ok(None);
                }
                None if full => return Ok(None),
                None if rows < self.tail.ends() / 2 => {
                    memo.insert(like, Known::Rows(rows));
                    return Ok(None);
                }
                Some(Known::Rows(_)) | None => {}
            }
        }
        let ends = Arc::new(self.read_ends(front, truth)?);
        let mut memo = self.memo.0.lock().unwrap_or_else(PoisonError::into_inner);
        memo.insert(like, Known::Ends(Arc::clone(&ends)));
        self.last = Some((front, Some(Arc::clone(&ends))));
        Ok(Some(ends))
    }

    /// What a front is to the test; none where no serial with it was found.
    fn front(&mut self, front: u128, code: u128) -> Result<Option<Front>> {
        let mut probe = None;
        for end in 0..self.tail.ends().min(PROBES) {
            self.text.clear();
            let there = self.tail.code(front, end).filter(|it| *it <= self.family.last_code());
            if there.is_some_and(|it| self.family.decode_into(it, &mut self.text).is_ok()) {
                probe = Some(end);
                break;
            }
        }
        let Some(probe) = probe else {
            // A code of the index has a serial, or is corrupt.
            self.text.clear();
            self.family.decode_into(code, &mut self.text)?;
            return Ok(None);
        };
        let (head, end) = self.tail.cut(&self.text);
        let asked = match &self.reader {
            Reader::Pattern(pattern) => Asked::Pattern(pattern.read(pattern.start(), head)),
            Reader::Places(places) => {
                let asked = head.chars().zip(places).filter(|(_, asked)| **asked);
                Asked::Places(asked.map(|(it, _)| it).collect())
            }
        };
        Ok(Some(Front { asked, probe: (probe, end.to_owned()) }))
    }

    fn read_ends(
        &mut self,
        front: u128,
        truth: &mut impl FnMut(u128, &str) -> Result<Truth>,
    ) -> Result<Ends> {
        let mut truths = Vec::new();
        for end in 0..self.tail.ends() {
            self.text.clear();
            let code = self.tail.code(front, end).filter(|it| *it <= self.family.last_code());
            truths.push(match code {
                Some(code) if self.family.decode_into(code, &mut self.text).is_ok() => {
                    truth(code, &self.text)?
                }
                // No serial.
                _ => Truth::False,
            });
        }
        let truth = |end: u64| usize::try_from(end).ok().and_then(|end| truths.get(end));
        let ends = self.tail.ends();
        let sure = BitPattern::new(ends, |end| truth(end) == Some(&Truth::True));
        let possible =
            BitPattern::new(ends, |end| truth(end).is_some_and(|it| *it != Truth::False));
        Ok(Ends { sure, possible })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;
    use crate::scope::{BoundNode, SerialTest};
    use crate::serial::{CheckPolicy, Families, FamilyId, SerialKey};
    use proptest::prelude::*;

    /// Every scheme, before and after other characters.
    const LAYOUTS: [&str; 14] = [
        "{p:A1}{n:D5}{c:luhn(n)}",
        "{n:D4}-{c:verhoeff}",
        "{n:D5}{c:damm(n)}X",
        "{n:D5}{c:gs1_mod10}",
        "{n:D4}{c:mod11}",
        "{p:A1}-{n:D4}{c:iso7064_mod11_10(n)}",
        "{n:D5}{c:iso7064_mod11_2}",
        "{p:A1}{n:D4}{c:iso7064_mod37_2}",
        "{p:A1}{n:D4}{c:iso7064_mod37_36}",
        "{n:D6}{c:iso7064_mod97_10}",
        "{n:D4}{c:luhn}{d:verhoeff}",
        "{n:D3}{m:D2}/{c:luhn(n)}{d:iso7064_mod11_10(m,c)}",
        "{yy:year2}{mm:month}{dd:day}{n:D2}{c:luhn}",
        "{p:A1..2}{n:D4}{c:luhn(n)}",
    ];

    const TESTS: [&str; 9] = [
        "serial LIKE '%12%'",
        "serial LIKE '%1%2_'",
        "serial LIKE '_1%7'",
        "RIGHT(serial, 1) IN ('1', '7', 'X')",
        "RIGHT(serial, 3) BETWEEN '010' AND '499'",
        "SUBSTRING(serial FROM 2 FOR 1) = '3' OR RIGHT(serial, 2) > '5'",
        "serial BETWEEN MASK('*1****') AND MASK('*4****')",
        "SPLIT_PART(serial, '-', 2) > '3'",
        "CHAR_LENGTH(serial) = 6",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        #[test]
        fn rows_are_marked_as_their_texts_say(
            layout in prop::sample::select(LAYOUTS.to_vec()),
            text in prop::sample::select(TESTS.to_vec()),
            start in any::<prop::sample::Index>(),
            runs in prop::collection::vec((0_u128..900, 1_u32..1200), 1..20),
        ) {
            let family = SerialFamily::new("it", layout).unwrap();
            let family = family.with_check_policy(CheckPolicy::Require).unwrap();
            prop_assert!(family.tail().is_some());
            let families = Families::new(vec![family]).unwrap();
            let family = families.family(FamilyId(0)).unwrap();
            let schema = Schema::default().with_families(families.clone());
            let bound = schema.bind(&text.parse().unwrap()).unwrap();
            let first = start.index(usize::try_from(family.last_code()).unwrap());
            // Codes that have a serial.
            let (mut next, mut row) = (first as u128, 0);
            let mut codes = Vec::new();
            for (gap, length) in runs {
                next += gap;
                let run = next..(next + u128::from(length)).min(family.last_code() + 1);
                codes.extend(run.filter(|code| family.decode(*code).is_ok()));
                next += u128::from(length);
            }
            for (_, node) in bound.nodes() {
                let BoundNode::Serial(test) = node else { continue };
                let asked = match test {
                    SerialTest::Like(pattern) => SerialText::Like(pattern),
                    test => SerialText::Of(test),
                };
                let memo = Memo::default();
                let Some(mut scan) = TailScan::new(&memo, family, asked) else {
                    prop_assert_eq!(layout, LAYOUTS[13]);
                    continue;
                };
                let truth = |code: u128| {
                    test.truth(&families, &SerialKey::Coded { family: FamilyId(0), code })
                };
                let at = At::of(0, 65_536);
                let (mut sure, mut possible) = (Mask::new(), Mask::new());
                for run in codes.chunk_by(|a, b| a + 1 == *b) {
                    let length = u32::try_from(run.len()).unwrap();
                    let codes = CodeRun { row, first: run[0], length };
                    let out = [&mut sure, &mut possible];
                    scan.mark(codes, at, out, &mut |code, _: &str| truth(code)).unwrap();
                    row += u64::from(length);
                }
                for (row, code) in (0..).zip(&codes) {
                    let (sure, possible) = (sure.contains(row), possible.contains(row));
                    let expected = truth(*code).unwrap();
                    let found = match (sure, possible) {
                        (true, _) => Truth::True,
                        (false, true) => Truth::Unknown,
                        (false, false) => Truth::False,
                    };
                    prop_assert_eq!(found, expected, "{} {}", family.decode(*code).unwrap(), text);
                }
                row = 0;
            }
        }
    }
}
