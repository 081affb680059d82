//! Tests of serials as cases of their codes.
//!
//! A test that asks of the text of a serial asks of some of its characters. Functions are applied to
//! a text in which every character of a field is a mark of its place, so that what comes out says
//! which characters are asked of, with the very meaning of the functions.

use std::ops::Bound;
use std::sync::Arc;

use super::text_leaf::SerialText;
use crate::scope::{
    LikePattern, MaskedTest, Places, SerialTest, TextExpr, TextStep, TextTest, Truth, within,
};
use crate::serial::{
    Case, CheckReader, CheckSums, Class, FamilyId, KeyRange, Letters, MadeIn, Reading,
    SerialFamily, Shape, Slot,
};

/// Which codes of a family pass a test: those that fit one of the cases.
#[derive(Debug)]
pub(super) struct CodeCases {
    /// TRUE.
    pub(super) sure: Vec<Case>,
    /// TRUE or UNKNOWN, where that is not the same.
    pub(super) possible: Option<Vec<Case>>,
    /// What more passes, by the check characters that follow from a code.
    pub(super) checked: Vec<CheckedCases>,
}

/// Which codes of some check characters pass a test.
#[derive(Debug)]
pub(super) struct CheckedCases {
    pub(super) check: CheckIs,
    pub(super) cases: CodeCases,
}

/// That the check character of a code has one of some values.
#[derive(Clone, Debug)]
pub(super) struct CheckIs {
    sums: Arc<CheckSums>,
    /// A bit for each value.
    values: u64,
}

impl CheckIs {
    /// Whether codes that come one after the other have one of them.
    pub(super) fn reader(&self) -> CheckReader<'_> {
        self.sums.reader(self.values)
    }
}

/// Ranges of a test that are compared one by one, rather than each text with all of them.
const RANGES_MAX: usize = 16;

/// The codes of a family that pass a test; none where it takes their texts.
pub(super) fn code_cases(
    (id, family): (FamilyId, &SerialFamily),
    test: &SerialTest,
) -> Option<CodeCases> {
    match test {
        SerialTest::Field(test) => {
            let Some(asked) = test.family(id) else { return Some(CodeCases::all(Truth::Unknown)) };
            let sure = family.field_case(asked.place, &asked.numbers)?;
            Some(CodeCases::new(sure, None))
        }
        SerialTest::FieldMissing(test) => {
            Some(CodeCases::all(Truth::from(test.family(id).is_none())))
        }
        SerialTest::Made(_) if !family.has_made() => Some(CodeCases::all(Truth::Unknown)),
        SerialTest::Made(days) => {
            let sure = family.made_cases(MadeIn { days, wholly: true })?;
            let possible = family.made_cases(MadeIn { days, wholly: false })?;
            let possible = Some(possible).filter(|possible| *possible != sure);
            Some(CodeCases::new(sure, possible))
        }
        SerialTest::MadeMissing => Some(CodeCases::all(Truth::from(!family.has_made()))),
        _ => text_cases(family, test),
    }
}

impl CodeCases {
    fn new(sure: Vec<Case>, possible: Option<Vec<Case>>) -> Self {
        CodeCases { sure, possible, checked: Vec::new() }
    }

    /// Whether the same codes pass, where none is checked.
    fn is_same_as(&self, other: &CodeCases) -> bool {
        self.sure == other.sure && self.possible == other.possible
    }

    /// The same for all codes.
    pub(super) fn all(truth: Truth) -> Self {
        let all = || vec![Case::default()];
        match truth {
            Truth::True => CodeCases::new(all(), None),
            Truth::False => CodeCases::new(Vec::new(), None),
            Truth::Unknown => CodeCases::new(Vec::new(), Some(all())),
        }
    }
}

/// What a test says of all serials that fit no family; none where it takes their texts.
pub(super) fn opaque_cases(test: &SerialTest) -> Option<CodeCases> {
    match test {
        SerialTest::Field(_) | SerialTest::Made(_) => Some(CodeCases::all(Truth::Unknown)),
        SerialTest::FieldMissing(_) | SerialTest::MadeMissing => Some(CodeCases::all(Truth::True)),
        _ => None,
    }
}

/// The codes of a family whose texts pass a test; none where texts must be looked at.
fn text_cases(family: &SerialFamily, test: &SerialTest) -> Option<CodeCases> {
    let shapes = family.shapes()?;
    shape_cases(&shapes, test).or_else(|| checked_cases(family, &shapes, test))
}

/// The codes whose texts pass a test that asks of a check character too, by what it is. Where
/// serials end in a number, what may follow a front is rather read once.
fn checked_cases(family: &SerialFamily, shapes: &[Shape], test: &SerialTest) -> Option<CodeCases> {
    let [shape] = shapes else { return None };
    if family.tail().is_some() {
        return None;
    }
    let sums = Arc::new(family.check_sums()?);
    let mut all = CodeCases::new(Vec::new(), None);
    for (value, character) in sums.characters() {
        let cases = shape_cases(&[shape.given(character)], test)?;
        if let Some(same) = all.checked.iter_mut().find(|it| it.cases.is_same_as(&cases)) {
            same.check.values |= 1 << value;
        } else {
            let check = CheckIs { sums: Arc::clone(&sums), values: 1 << value };
            all.checked.push(CheckedCases { check, cases });
        }
    }
    Some(all)
}

/// The codes of shapes whose texts pass a test; none where windows do not tell what it asks of.
fn shape_cases(shapes: &[Shape], test: &SerialTest) -> Option<CodeCases> {
    let (mut sure, mut possible) = (Vec::new(), Vec::new());
    let mut doubtful = false;
    for shape in shapes {
        let (certain, others) = match test {
            SerialTest::Like(pattern) => (liked(shape, &Asked::all(shape), pattern)?, None),
            SerialTest::Text { of, test } => (passing(shape, &Asked::of(shape, of)?, test)?, None),
            SerialTest::Length { of, test } => {
                let length = i64::try_from(Asked::of(shape, of)?.slots.len()).ok()?;
                (Vec::from_iter(within(test, length).then(Case::default)), None)
            }
            SerialTest::Masked(masked) => {
                let asked = Asked::all(shape);
                let between = masked_cases(shape, &asked, masked)?;
                let alike = alike(shape, &asked, masked)?;
                let pairs =
                    between.iter().flat_map(|it| alike.iter().map(move |own| it.and_all(own)));
                let certain = pairs.flatten().collect();
                (certain, Some(between))
            }
            SerialTest::Range(KeyRange::Opaque { first, last }) => {
                let ends = (first.as_deref(), last.as_deref());
                (Vec::new(), Some(beginning_between(shape, ends)?))
            }
            SerialTest::Range(KeyRange::Coded { .. })
            | SerialTest::In(_)
            | SerialTest::InSet(_)
            | SerialTest::Field(_)
            | SerialTest::FieldMissing(_)
            | SerialTest::Made(_)
            | SerialTest::MadeMissing => return None,
        };
        let own = |cases: Vec<Case>| -> Vec<Case> {
            cases.iter().filter_map(|it| it.and_all(shape.own())).collect()
        };
        doubtful |= others.as_ref().is_some_and(|others| *others != certain);
        possible.extend(own(others.unwrap_or_else(|| certain.clone())));
        sure.extend(own(certain));
    }
    Some(CodeCases::new(sure, doubtful.then_some(possible)))
}

/// The codes of a family outside of which a test of whole texts is FALSE: required check characters
/// are not looked at. None where nothing is ruled out so.
pub(super) fn candidates(family: &SerialFamily, test: SerialText<'_>) -> Option<Vec<Case>> {
    let mut cases = Vec::new();
    for shape in family.shapes()? {
        let length = shape.slots().len();
        let place: Box<dyn Fn(usize) -> Option<char>> = match test {
            SerialText::Like(pattern) => {
                let ends = pattern.ends()?;
                let asked = ends.0.len() + ends.1.as_ref().map_or(0, Vec::len);
                if length < asked || ends.1.is_none() && length > asked {
                    continue;
                }
                Box::new(move |at| char_at(&ends, length, at))
            }
            SerialText::Of(SerialTest::Masked(masked)) => {
                // Between two masks a place counts only where those before it are as the ends have.
                let same = masked.first().filter(|first| masked.last() == Some(first))?;
                if same.len() != length {
                    continue;
                }
                let counts = |at: usize| masked.free().get(at) == Some(&false);
                Box::new(move |at| same.get(at).copied().filter(|_| counts(at)))
            }
            SerialText::In(_) | SerialText::Of(_) => return None,
        };
        let told = |at: usize| {
            shape.slots().get(at).filter(|slot| !shape.follows(**slot))?;
            place(at)
        };
        let text: String = (0..length).filter_map(told).collect();
        let reading = Asked::all(&shape).kept(|at| told(at).is_some()).read(&shape)?;
        let some = reading.between(Bound::Included(&text), Bound::Included(&text))?;
        cases.extend(some.iter().filter_map(|it| it.and_all(shape.own())));
    }
    Some(cases)
}

/// Whether a test of texts asks of a character of the serials of a family, from the first on; none
/// where places differ from serial to serial.
pub(super) fn places_asked(family: &SerialFamily, test: SerialText<'_>) -> Option<Vec<bool>> {
    let shapes = family.shapes()?;
    let [shape] = shapes.as_slice() else { return None };
    let all = shape.slots();
    let asked = match test {
        SerialText::Of(SerialTest::Text { of, .. } | SerialTest::Length { of, .. }) => {
            let asked = Asked::of(shape, of)?;
            all.iter().map(|slot| asked.slots.contains(slot)).collect()
        }
        SerialText::Of(SerialTest::Masked(masked)) if masked.free().len() == all.len() => {
            masked.free().iter().map(|free| !free).collect()
        }
        SerialText::Like(pattern) => match pattern.ends() {
            Some(ends) => {
                (0..all.len()).map(|at| char_at(&ends, all.len(), at).is_some()).collect()
            }
            None => vec![true; all.len()],
        },
        SerialText::In(_) | SerialText::Of(_) => vec![true; all.len()],
    };
    Some(asked)
}

/// The character that a pattern, which asks of the ends of a text only, has at a place of one of so
/// many characters.
fn char_at((head, tail): &(Places, Option<Places>), length: usize, at: usize) -> Option<char> {
    if let Some(asked) = head.get(at) {
        return *asked;
    }
    let tail = tail.as_ref()?;
    tail.get(at.checked_sub(length.checked_sub(tail.len())?)?).copied().flatten()
}

/// The characters of the serials of a shape that a test asks of.
struct Asked {
    slots: Vec<Slot>,
    letters: Letters,
}

/// The first of the characters that mark places: of a plane that no text uses.
const MARKS: u32 = 0xF_0000;

impl Asked {
    fn all(shape: &Shape) -> Self {
        Asked { slots: shape.slots().to_vec(), letters: Letters::AsWritten }
    }

    /// What functions leave of the serials; none where that differs from serial to serial.
    fn of(shape: &Shape, of: &TextExpr) -> Option<Self> {
        let mut letters = Letters::AsWritten;
        for step in of.steps() {
            let held = |it: char| shape.slots().iter().any(|slot| may_hold(shape, *slot, it));
            match step {
                TextStep::Upper => letters = Letters::Upper,
                TextStep::Lower => letters = Letters::Lower,
                TextStep::Trim if held(' ') => return None,
                TextStep::SplitPart { separator, .. } if separator.chars().any(held) => {
                    return None;
                }
                _ => {}
            }
        }
        let mut marked = String::new();
        for (slot, mark) in shape.slots().iter().zip(MARKS..) {
            marked.push(match slot {
                Slot::Char(it) if u32::from(*it) >= MARKS => return None,
                Slot::Char(it) => *it,
                Slot::Place { .. } => char::from_u32(mark)?,
            });
        }
        let left = of.apply(&marked);
        let slot = |it: char| match u32::from(it).checked_sub(MARKS) {
            None => Some(Slot::Char(it)),
            Some(at) => shape.slots().get(usize::try_from(at).ok()?).copied(),
        };
        Some(Asked { slots: left.chars().map(slot).collect::<Option<_>>()?, letters })
    }

    /// Some of the characters.
    fn kept(&self, mut keep: impl FnMut(usize) -> bool) -> Asked {
        let slots = self.slots.iter().enumerate().filter(|(at, _)| keep(*at));
        Asked { slots: slots.map(|(_, slot)| *slot).collect(), letters: self.letters }
    }

    fn read(&self, shape: &Shape) -> Option<Reading> {
        shape.read(&self.slots, self.letters)
    }
}

/// Whether a field may have a character at a place, in either case.
fn may_hold(shape: &Shape, slot: Slot, it: char) -> bool {
    shape.symbols(slot).iter().any(|own| char::from(*own).eq_ignore_ascii_case(&it))
}

/// The codes of which what is asked passes.
fn passing(shape: &Shape, asked: &Asked, test: &TextTest) -> Option<Vec<Case>> {
    match test {
        TextTest::Like(pattern) => liked(shape, asked, pattern),
        TextTest::Masked(masked) => masked_cases(shape, asked, masked),
        TextTest::Any(tests) => {
            let cases = tests.iter().map(|test| passing(shape, asked, test));
            Case::any(cases.collect::<Option<Vec<_>>>()?.concat())
        }
        TextTest::Ranges(ranges) => {
            let reading = asked.read(shape)?;
            if ranges.len() > RANGES_MAX
                && let Some(cases) = reading.passing(|text| test.holds(text, str::cmp))
            {
                return Some(cases);
            }
            let mut cases = Vec::new();
            for (low, high) in ranges {
                let (low, high) =
                    (low.as_ref().map(String::as_str), high.as_ref().map(String::as_str));
                cases.extend(reading.between(low, high)?);
            }
            Case::any(cases)
        }
    }
}

/// The codes of which as many characters at the beginning as two ends have lie between them.
fn beginning_between(
    shape: &Shape,
    (first, last): (Option<&str>, Option<&str>),
) -> Option<Vec<Case>> {
    let length = first.or(last).map_or(0, |it| it.chars().count());
    if shape.slots().len() < length {
        return Some(Vec::new());
    }
    let low = first.map_or(Bound::Unbounded, Bound::Included);
    let high = last.map_or(Bound::Unbounded, Bound::Included);
    Asked::all(shape).kept(|at| at < length).read(shape)?.between(low, high)
}

/// The codes of which what is asked fits a pattern.
fn liked(shape: &Shape, asked: &Asked, pattern: &LikePattern) -> Option<Vec<Case>> {
    let Some(ends) = pattern.ends() else {
        return asked.read(shape)?.passing(|text| pattern.matches(text));
    };
    let length = asked.slots.len();
    let fits = match &ends {
        (head, None) => length == head.len(),
        (head, Some(tail)) => length >= head.len() + tail.len(),
    };
    if !fits {
        return Some(Vec::new());
    }
    let place = |at: usize| char_at(&ends, length, at);
    let text: String = (0..length).filter_map(place).collect();
    let reading = asked.kept(|at| place(at).is_some()).read(shape)?;
    reading.between(Bound::Included(&text), Bound::Included(&text))
}

/// The codes of which what is asked lies between two masks.
fn masked_cases(shape: &Shape, asked: &Asked, masked: &MaskedTest) -> Option<Vec<Case>> {
    if asked.slots.len() != masked.free().len() {
        return Some(Vec::new());
    }
    let counts = |at: usize| masked.free().get(at) == Some(&false);
    let end = |end: Option<&[char]>| -> Option<String> {
        let kept = end?.iter().enumerate().filter(|(at, _)| counts(*at));
        Some(kept.map(|(_, it)| *it).collect())
    };
    let (first, last) = (end(masked.first()), end(masked.last()));
    let reading = asked.kept(counts).read(shape)?;
    let low = first.as_deref().map_or(Bound::Unbounded, Bound::Included);
    reading.between(low, last.as_deref().map_or(Bound::Unbounded, Bound::Included))
}

/// The codes of which each character that counts is of the kind that the ends have there: one case
/// or none. None where no windows tell.
fn alike(shape: &Shape, asked: &Asked, masked: &MaskedTest) -> Option<Vec<Case>> {
    let ends = masked.first().or(masked.last()).unwrap_or_default();
    let mut all = Case::default();
    let places = asked.slots.iter().zip(ends).zip(masked.free());
    for (at, ((slot, end), free)) in places.enumerate() {
        let same = |it: char| Class::of(it) == Class::of(*end);
        let fits = match slot {
            _ if *free => continue,
            Slot::Char(it) => same(*it),
            Slot::Place { .. } => shape.symbols(*slot).iter().all(|it| same(char::from(*it))),
        };
        if fits {
            continue;
        }
        let reading = asked.kept(|other| other == at).read(shape)?;
        let cases = reading.passing(|text| text.chars().all(same))?;
        let Some(both) = cases.first().and_then(|case| all.and_all(case)) else {
            return Some(Vec::new());
        };
        all = both;
    }
    Some(vec![all])
}
