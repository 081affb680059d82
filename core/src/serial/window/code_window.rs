//! Numbers read off codes, and what is asked of them.

use super::Numbers;

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
    #[cfg(test)]
    pub(crate) fn new((plus, minus): (u128, u128), low: u128, span: Option<u128>) -> Self {
        Window { minus, plus, low, span }
    }

    /// The number in a code; none in codes of another shape.
    #[inline]
    pub(crate) fn number(&self, code: u128) -> Option<u128> {
        let number = code.checked_add(self.plus)?.checked_sub(self.minus)? / self.low;
        Some(self.span.map_or(number, |span| number % span))
    }

    /// What is added to a code, and taken from it, before it is divided.
    pub(crate) fn shift(&self) -> (u128, u128) {
        (self.plus, self.minus)
    }

    /// By how much the code grows when the number grows by one.
    pub(crate) fn low(&self) -> u128 {
        self.low
    }

    /// How many numbers there are before they begin anew; none where they do not.
    pub(crate) fn span(&self) -> Option<u128> {
        self.span
    }

    /// The code of a place, in the codes there are; none before the first.
    fn code(&self, place: u128) -> u128 {
        place.saturating_add(self.minus).saturating_sub(self.plus)
    }

    /// How many intervals [`codes`](Self::codes) gives, at most.
    pub(crate) fn pieces(&self, (first, last): (u128, u128), numbers: &Numbers) -> u128 {
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
    pub(crate) fn codes(
        &self,
        (first, last): (u128, u128),
        numbers: &Numbers,
    ) -> Vec<(u128, u128)> {
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

/// The number of a window is one of these.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Condition {
    pub(crate) window: Window,
    pub(crate) numbers: Numbers,
}

impl Condition {
    /// Whether a code fulfils it.
    #[inline]
    pub(crate) fn holds(&self, code: u128) -> bool {
        self.window.number(code).is_some_and(|number| self.numbers.contains(number))
    }
}

/// Conditions that a code must all fulfil, at most one a window.
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
        if let Some(same) = both.iter_mut().find(|it| it.window == more.window) {
            same.numbers = same.numbers.intersection(&more.numbers);
        } else {
            let at = both.partition_point(|it| it.window.low >= more.window.low);
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
