//! From what a cell says to the spans of serials that it covers.

use super::Assumption;
use super::ends::{End, Ends};
use super::reason::{Finding, RowReason};
use super::span::{Extent, Point, Span, SpanTest, Within, Written, shape};
use super::words::Said;
use crate::error::Error;

/// What may stand between two serials of one cell, and inside one.
const DASHES: [char; 8] =
    ['-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}'];

impl Ends<'_> {
    /// The span that one part of a cell says.
    pub(super) fn span(&mut self, said: &Said) -> Result<Span, Finding> {
        match said {
            Said::Whole => Ok(Span { test: SpanTest::Whole, extent: None }),
            Said::One(text) => self.one(text),
            Said::LoneFirst(text) => self.lone_first(text),
            Said::LoneLast(text) => self.lone_last(text),
            Said::Range(first, last) => self.range(first, last),
            Said::From(text) => self.open(text, SpanTest::AtLeast),
            Said::After(text) => self.open(text, SpanTest::After),
            Said::UpTo(text) => self.open(text, SpanTest::AtMost),
            Said::Before(text) => self.open(text, SpanTest::Before),
            Said::Onwards => Err(Finding::refuse(
                RowReason::Prose,
                "there is no serial from which it goes on; write the first serial",
            )),
            Said::Nothing => Err(Finding::refuse(
                RowReason::Prose,
                "the cell says that no serials are known here; write `all` if every serial of the \
                 model is meant",
            )),
            Said::Thousands(text) => self.thousands(text),
        }
    }

    /// One serial, or two with a dash between them.
    fn one(&mut self, text: &str) -> Result<Span, Finding> {
        if self.speller.fits(text).is_none()
            && let Some((first, last)) = self.at_a_dash(text)?
        {
            let span = self.range(&first, &last)?;
            self.flag(
                RowReason::DashRange,
                format!("`{text}` is read as a range from `{first}` to `{last}`"),
            );
            return Ok(span);
        }
        let end = self.read(text)?;
        let at = point(&end);
        let extent = Extent { within: within(&end), first: at.clone(), last: at };
        Ok(Span { test: SpanTest::One(end.written()), extent: Some(extent) })
    }

    fn lone_first(&mut self, text: &str) -> Result<Span, Finding> {
        if self.options.assumes(Assumption::EmptyEndsAreOpen) {
            return self.open(text, SpanTest::AtLeast);
        }
        let span = self.one(text)?;
        if matches!(span.test, SpanTest::Between(..)) {
            return Ok(span);
        }
        if !self.options.assumes(Assumption::EmptyEndsAreOneSerial) {
            return Err(Finding::refuse(
                RowReason::EmptyEnd,
                format!(
                    "there is no last serial; repeat `{text}` if it is the only one, write `and \
                     subsequent` if there is no end, or assume either"
                ),
            ));
        }
        self.flag(RowReason::EmptyEnd, format!("`{text}` is read as the only serial"));
        Ok(span)
    }

    fn lone_last(&mut self, text: &str) -> Result<Span, Finding> {
        if self.options.assumes(Assumption::EmptyEndsAreOpen) {
            return self.open(text, SpanTest::AtMost);
        }
        let span = self.one(text)?;
        if matches!(span.test, SpanTest::Between(..)) {
            return Ok(span);
        }
        Err(Finding::refuse(
            RowReason::EmptyEnd,
            format!(
                "there is no first serial; write `up to {text}` if there is no beginning, or \
                 assume it"
            ),
        ))
    }

    /// Where a text is two serials with a dash between them, the two.
    fn at_a_dash(&self, text: &str) -> Result<Option<(String, String)>, Finding> {
        let splits = || {
            text.match_indices(DASHES).filter_map(|(at, dash)| {
                let (left, right) = (text.get(..at)?.trim(), text.get(at + dash.len()..)?.trim());
                (!left.is_empty() && !right.is_empty()).then_some((left, right))
            })
        };
        let family = |text: &str| self.speller.fits(text).map(|it| it.family);
        let coded = splits().filter(|(left, right)| {
            family(left).is_some_and(|one| family(right).is_some_and(|other| one == other))
        });
        let of_family = only(text, &coded.collect::<Vec<_>>())?;
        if of_family.is_some() || self.speller.reads(text) {
            return Ok(of_family);
        }
        let serial = |it: &str| it.contains(|it: char| it.is_ascii_digit()) && !it.contains(' ');
        let alike = splits()
            .filter(|(left, right)| shape(left) == shape(right) && serial(left) && serial(right));
        only(text, &alike.collect::<Vec<_>>())
    }

    fn open(&mut self, text: &str, test: fn(Written) -> SpanTest) -> Result<Span, Finding> {
        let end = self.read(text)?;
        let at = point(&end);
        let test = test(end.written());
        self.check_not_last(&end, &test)?;
        let (first, last) = match (&test, at) {
            (SpanTest::After(_), Point::Code(code)) => {
                (Point::Code(code.saturating_add(1)), Point::End)
            }
            (SpanTest::Before(_), Point::Code(code)) => {
                (Point::Start, Point::Code(code.saturating_sub(1)))
            }
            (SpanTest::AtLeast(_) | SpanTest::After(_), point) => (point, Point::End),
            (_, point) => (Point::Start, point),
        };
        self.bind(&test)?;
        self.flag(
            RowReason::OpenEnd,
            match first {
                Point::Start => {
                    format!("it covers what comes before `{}`, without a first serial", end.text())
                }
                _ => format!("it covers what comes after `{}`, without a last serial", end.text()),
            },
        );
        Ok(Span { test, extent: Some(Extent { within: within(&end), first, last }) })
    }

    /// What comes after the last serial of a family, or before the first, is nothing.
    fn check_not_last(&self, end: &End, test: &SpanTest) -> Result<(), Finding> {
        let End::Coded(coded) = end else { return Ok(()) };
        let family = self.speller.families().family(coded.family);
        let side = match test {
            SpanTest::After(_) if family.is_some_and(|it| it.last_code() == coded.code) => "after",
            SpanTest::Before(_) if coded.code == 0 => "before",
            _ => return Ok(()),
        };
        Err(Finding::refuse(
            RowReason::NoRange,
            format!("no serial of its family comes {side} `{}`; correct it", coded.text),
        ))
    }

    fn range(&mut self, first: &str, last: &str) -> Result<Span, Finding> {
        let start = self.read(first)?;
        let stop = self.last(&start, first, last)?;
        let (start, stop) = self.in_order(start, stop, last)?;
        let (first, last) = (point(&start), point(&stop));
        let extent = Extent { within: within(&start), first, last };
        let test = between(&start, &stop);
        Ok(Span { test, extent: Some(extent) })
    }

    /// The last end of a range, which may be written short.
    fn last(&mut self, start: &End, first: &str, last: &str) -> Result<End, Finding> {
        let fits = self.speller.fits(last);
        if let (End::Coded(start), Some(coded)) = (start, &fits)
            && start.family == coded.family
        {
            return Ok(End::Coded(coded.clone()));
        }
        if fits.is_none()
            && last.chars().count() < first.chars().count()
            && let Some(whole) = self.expanded(start, last)
        {
            return self.abbreviated(whole, last);
        }
        self.read(last)
    }

    fn abbreviated(&mut self, whole: End, last: &str) -> Result<End, Finding> {
        if !self.options.assumes(Assumption::AbbreviatedEndsAreExpanded) {
            return Err(Finding::refuse(
                RowReason::AbbreviatedEnd,
                format!(
                    "the last serial `{last}` seems to be short for `{}`; write it out, or assume \
                     that such ends are expanded",
                    whole.text()
                ),
            ));
        }
        self.flag(
            RowReason::AbbreviatedEnd,
            format!("the last serial `{last}` is read as `{}`", whole.text()),
        );
        Ok(whole)
    }

    /// The ends as a range has them, or what keeps them from being one.
    fn in_order(&mut self, start: End, stop: End, last: &str) -> Result<(End, End), Finding> {
        let Err(refusal) = self.bind(&between(&start, &stop)) else {
            return Ok((start, stop));
        };
        let backwards = self.bind(&between(&stop, &start)).is_ok();
        if backwards {
            if last.chars().count() < start.text().chars().count()
                && let Some(whole) = self.expanded(&start, last)
                && self.bind(&between(&start, &whole)).is_ok()
            {
                return Ok((start, self.abbreviated(whole, last)?));
            }
            if self.options.assumes(Assumption::ReversedEndsAreSwapped) {
                self.flag(
                    RowReason::Reversed,
                    format!(
                        "the range starts at `{}`, which comes after its end `{}`; the two are \
                         swapped",
                        start.text(),
                        stop.text()
                    ),
                );
                return Ok((stop, start));
            }
        }
        let reason = match (&start, &stop) {
            _ if backwards => RowReason::Reversed,
            (End::Masked { .. }, _) | (_, End::Masked { .. }) => RowReason::BadMask,
            (End::Opaque(a), End::Opaque(b)) if a.chars().count() != b.chars().count() => {
                RowReason::DifferentLengths
            }
            (End::Opaque(a), End::Opaque(b)) if shape(a) == shape(b) => RowReason::MixedRange,
            _ => RowReason::TwoFormats,
        };
        Err(Finding { reason, ..refusal })
    }

    /// Binds a test as the scope will be bound, and refuses what it would refuse.
    fn bind(&self, test: &SpanTest) -> Result<(), Finding> {
        let refused = |error: Error| Finding::refuse(RowReason::MixedRange, error.message());
        let families = self.speller.families();
        let plain = |end: &Written| match end {
            Written::Plain(text) => Some(text.clone()),
            Written::Masked { .. } => None,
        };
        let bound = match test {
            // Most are these, and need no schema.
            SpanTest::Between(Written::Plain(first), Written::Plain(last)) => {
                Some(families.bind_range(Some(first), Some(last)))
            }
            SpanTest::AtLeast(end) | SpanTest::After(end) => {
                plain(end).map(|it| families.bind_range(Some(&it), None))
            }
            SpanTest::AtMost(end) | SpanTest::Before(end) => {
                plain(end).map(|it| families.bind_range(None, Some(&it)))
            }
            _ => None,
        };
        match (bound, test.scope()) {
            (Some(bound), _) => bound.map(|_| ()).map_err(refused),
            (None, Some(scope)) => self.speller.check(&scope).map_err(refused),
            (None, None) => Ok(()),
        }
    }

    /// Digits with commas between groups of three: one number, or several.
    fn thousands(&mut self, text: &str) -> Result<Span, Finding> {
        let joined = text.replace(',', "");
        if let Some(coded) = self.speller.fits(&joined)
            && !text.split(',').all(|it| self.speller.fits(it).is_some())
        {
            self.flag(RowReason::Respelled, format!("`{text}` is read as `{}`", coded.text));
            return self.one(&coded.text);
        }
        Err(Finding::refuse(
            RowReason::Ambiguous,
            format!(
                "`{text}` may be one number or several; write it without commas, or put `;` \
                 between the serials"
            ),
        ))
    }
}

fn between(first: &End, last: &End) -> SpanTest {
    SpanTest::Between(first.written(), last.written())
}

/// The only one of these; two of them are a doubt.
fn only(text: &str, found: &[(&str, &str)]) -> Result<Option<(String, String)>, Finding> {
    match found {
        [] => Ok(None),
        [(first, last)] => Ok(Some(((*first).to_owned(), (*last).to_owned()))),
        _ => Err(Finding::refuse(
            RowReason::Ambiguous,
            format!("`{text}` can be split at several dashes; write `to` between the serials"),
        )),
    }
}

fn within(end: &End) -> Within {
    match end {
        End::Coded(coded) => Within::Family(coded.family),
        End::Opaque(text) => Within::Shape(shape(text)),
        End::Masked { text, free } => {
            let kind = |it: char| if free.contains(it) { '*' } else { it };
            Within::Mask(shape(&text.chars().map(kind).collect::<String>()))
        }
    }
}

fn point(end: &End) -> Point {
    match end {
        End::Coded(coded) => Point::Code(coded.code),
        End::Opaque(text) => Point::Text(text.clone()),
        End::Masked { text, free } => {
            Point::Text(text.chars().filter(|it| !free.contains(*it)).collect())
        }
    }
}
