//! Numbers read off codes, and what is asked of them.

use super::Numbers;
use crate::serial::codec::divide;

/// A number that is read off a code: what stands at some places of a serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Window {
    /// What is taken from the code first; codes that are less are of another shape.
    pub(super) minus: u128,
    /// What is added to the code first.
    pub(super) plus: u128,
    /// By how much the code grows when the number grows by one; never zero.
    pub(super) low: u128,
    /// How many numbers there are before they begin anew, at least one; none where they do not.
    pub(super) span: Option<u128>,
}

impl Window {
    /// The number in a code, none in codes of another shape; and how many codes from this one on
    /// have it.
    #[inline]
    pub(super) fn number(&self, code: u128) -> (Option<u128>, u128) {
        let sum = code.saturating_add(self.plus);
        let Some(place) = sum.checked_sub(self.minus) else { return (None, self.minus - sum) };
        let (number, over) = divide(place, self.low);
        let number = self.span.map_or(number, |span| divide(number, span).1);
        (Some(number), self.low - over)
    }

    /// The code of a place, in the codes there are; none before the first.
    fn code(&self, place: u128) -> u128 {
        place.saturating_add(self.minus).saturating_sub(self.plus)
    }

    /// How many intervals [`codes`](Self::codes) gives, at most.
    fn pieces(&self, (first, last): (u128, u128), numbers: &Numbers) -> u128 {
        let many = numbers.as_slice().len() as u128;
        let Some(period) = self.span.map(|span| self.low.checked_mul(span)) else { return many };
        let Some(period) = period else { return many.saturating_mul(2) };
        let (from, to) = self.places(first, last);
        (to / period - from / period).saturating_add(1).saturating_mul(many)
    }

    /// The places of an interval of codes; those of another shape are left out.
    fn places(&self, first: u128, last: u128) -> (u128, u128) {
        let place = |code: u128| code.saturating_add(self.plus).saturating_sub(self.minus);
        (place(first), place(last))
    }

    /// The codes from `first` to `last` whose number is one of `numbers`, as intervals in ascending
    /// order. Codes of another shape may be among them.
    fn codes(&self, (first, last): (u128, u128), numbers: &Numbers) -> Vec<(u128, u128)> {
        let mut out = Vec::new();
        let (from, to) = self.places(first, last);
        let period = self.span.and_then(|span| self.low.checked_mul(span));
        let mut start = period.map_or(0, |period| from / period * period);
        loop {
            for (least, most) in numbers.as_slice() {
                let begin = least.checked_mul(self.low).and_then(|it| it.checked_add(start));
                let Some(begin) = begin.filter(|begin| *begin <= to) else { break };
                let end = most.saturating_mul(self.low).saturating_add(self.low - 1);
                let end = end.saturating_add(start).min(to);
                let (begin, end) =
                    (self.code(begin.max(from)).max(first), self.code(end).min(last));
                if begin <= end {
                    out.push((begin, end));
                }
            }
            let next = period.and_then(|period| start.checked_add(period));
            match next.filter(|next| *next <= to) {
                Some(next) => start = next,
                None => return out,
            }
        }
    }
}

/// What is read off a code is one of these numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Condition {
    pub(super) window: Window,
    /// Windows whose numbers are the lower places of what is read, and how many each has.
    pub(super) lower: Vec<(Window, u128)>,
    pub(super) numbers: Numbers,
}

/// Whether a condition holds for a code, and the last code up to which it stays so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) holds: bool,
    pub(crate) last: u128,
}

impl Condition {
    pub(crate) fn new(window: Window, numbers: Numbers) -> Self {
        Condition { window, lower: Vec::new(), numbers }
    }

    /// Whether a code fulfils it.
    #[cfg(test)]
    pub(crate) fn holds(&self, code: u128) -> bool {
        self.stretch(code).holds
    }

    /// Whether a code fulfils it, and how far that stays so.
    #[inline]
    pub(crate) fn stretch(&self, code: u128) -> Stretch {
        let (finest, span, above, mut codes) = match self.lower.split_last() {
            None => (&self.window, self.window.span, Some(0), u128::MAX),
            Some(((finest, count), others)) => {
                // What stands above the finest window stays so for some codes.
                let (mut above, mut codes) = self.window.number(code);
                for (window, count) in others {
                    let (number, same) = window.number(code);
                    codes = codes.min(same);
                    above = above.zip(number).map(|(above, number)| above * count + number);
                }
                (finest, Some(*count), above.map(|above| above * count), codes)
            }
        };
        let (number, same) = finest.number(code);
        let Some((number, above)) = number.zip(above) else {
            return Stretch { holds: false, last: code.saturating_add(codes.min(same) - 1) };
        };
        let read = above + number;
        let pairs = self.numbers.as_slice();
        let next = pairs.get(pairs.partition_point(|(_, last)| *last < read));
        let holds = next.is_some_and(|(first, _)| *first <= read);
        // How many numbers of the finest window from this one on are in, or are not.
        let left = span.map_or(u128::MAX, |span| span - number);
        let steps = match next {
            Some((_, last)) if holds => left.min((last - read).saturating_add(1)),
            Some((first, _)) => left.min(first - read),
            None if self.lower.is_empty() => {
                left.saturating_add(pairs.first().map_or(0, |(first, _)| *first))
            }
            None => left,
        };
        let more = (steps - 1).checked_mul(finest.low).and_then(|it| it.checked_add(same));
        codes = codes.min(more.unwrap_or(u128::MAX));
        Stretch { holds, last: code.saturating_add(codes - 1) }
    }

    /// After how many codes it begins anew; none where it does not, or several windows are read.
    pub(crate) fn period(&self) -> Option<u128> {
        let span = self.window.span.filter(|_| self.lower.is_empty())?;
        span.checked_mul(self.window.low)
    }

    /// The place of a code where periods begin at zero; none in codes of another shape.
    #[inline]
    pub(crate) fn place(&self, code: u128) -> Option<u128> {
        code.checked_add(self.window.plus)?.checked_sub(self.window.minus)
    }

    /// Whether it holds at a place of the first period.
    pub(crate) fn holds_at(&self, place: u64) -> bool {
        self.numbers.contains(u128::from(place) / self.window.low)
    }

    /// In how many intervals of a period it holds.
    pub(crate) fn intervals(&self) -> usize {
        self.numbers.as_slice().len()
    }

    /// How many intervals [`codes`](Self::codes) gives, at most.
    pub(crate) fn pieces(&self, codes: (u128, u128)) -> u128 {
        if self.lower.is_empty() { self.window.pieces(codes, &self.numbers) } else { u128::MAX }
    }

    /// The codes from a first to a last one that fulfil it, as intervals in ascending order; none
    /// where it is read off several windows. Codes of another shape may be among them.
    pub(crate) fn codes(&self, codes: (u128, u128)) -> Vec<(u128, u128)> {
        if self.lower.is_empty() { self.window.codes(codes, &self.numbers) } else { Vec::new() }
    }

    /// By how much codes grow at least when what is read changes.
    fn low(&self) -> u128 {
        let lower = self.lower.iter().map(|(window, _)| window.low);
        lower.fold(self.window.low, u128::min)
    }

    fn reads_as(&self, other: &Condition) -> bool {
        self.window == other.window && self.lower == other.lower
    }
}

/// Conditions that a code must all fulfil, no two of which read the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Case(Vec<Condition>);

impl Case {
    /// The conditions, the one that makes the longest intervals of codes first.
    pub(crate) fn conditions(&self) -> &[Condition] {
        &self.0
    }

    /// With one more condition; none where no code fulfils all.
    pub(crate) fn and(&self, more: &Condition) -> Option<Case> {
        let mut both = self.0.clone();
        if let Some(same) = both.iter_mut().find(|it| it.reads_as(more)) {
            same.numbers = same.numbers.intersection(&more.numbers);
        } else {
            let at = both.partition_point(|it| it.low() >= more.low());
            both.insert(at, more.clone());
        }
        both.iter().all(|it| !it.numbers.is_empty()).then_some(Case(both))
    }

    /// With all conditions of another; none where no code fulfils all.
    pub(crate) fn and_all(&self, more: &Case) -> Option<Case> {
        more.0.iter().try_fold(self.clone(), |all, it| all.and(it))
    }

    /// Whether a code fulfils them all.
    #[cfg(test)]
    pub(crate) fn holds(&self, code: u128) -> bool {
        self.0.iter().all(|it| it.holds(code))
    }

    /// All conditions but the last, and the last; none of no conditions.
    pub(super) fn split_last(&self) -> Option<(Case, &Condition)> {
        let (last, rest) = self.0.split_last()?;
        Some((Case(rest.to_vec()), last))
    }
}
