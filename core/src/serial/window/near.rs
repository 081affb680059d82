//! Conditions for codes that lie near one another, in 64 bits.
//!
//! Codes of families such as vehicles take more than 64 bits, and to divide those takes many times
//! longer. Behind a base, what is left of a code fits, and so does what is read off it.

use super::code_window::{Condition, Window};
use super::divisor::Divisor;
use crate::serial::codec::divide;

/// How far behind its base anything is near.
const REACH_MAX: u64 = 1 << 62;

/// A condition for the codes from a base on.
#[derive(Clone, Debug)]
pub(crate) struct NearCondition {
    /// The windows that are read, and how many numbers each has below those before it.
    windows: Vec<(NearWindow, u64)>,
    /// Intervals of numbers, ascending.
    numbers: Vec<(u64, u64)>,
    /// It is right for codes less than so far behind the base.
    reach: u64,
}

/// A window for the codes from a base on.
#[derive(Clone, Copy, Debug)]
enum NearWindow {
    /// All of them have the same number.
    Same(u64),
    Moving {
        /// How far the base is in its number.
        over: u64,
        low: Divisor,
        /// The number of the base.
        number: u64,
        /// How many numbers there are before they begin anew.
        span: Divisor,
    },
}

impl Condition {
    /// The condition for codes from `base` on; none where 64 bits do not do.
    pub(crate) fn near(&self, base: u128) -> Option<NearCondition> {
        let mut reach = REACH_MAX;
        let mut above = 1_u64;
        let mut windows = Vec::with_capacity(1 + self.lower.len());
        let lower = self.lower.iter().map(|(window, count)| (window, Some(*count)));
        for (window, count) in std::iter::once((&self.window, None)).chain(lower) {
            let (near, far) = window.near(base)?;
            reach = reach.min(far);
            let count = count.map_or(Some(1), |count| u64::try_from(count).ok())?;
            above = above.checked_mul(count)?;
            windows.push((near, count));
        }
        // What is read is below the span of the first window times the counts of the others.
        self.window.span.map_or(Some(0), |span| u64::try_from(span).ok()?.checked_mul(above))?;
        let clip = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
        let numbers = self.numbers.as_slice().iter();
        let numbers = numbers.filter(|pair| u64::try_from(pair.0).is_ok());
        let numbers = numbers.map(|(first, last)| (clip(*first), clip(*last))).collect();
        let is_open = self.window.span.is_none() && !self.lower.is_empty();
        (!is_open).then_some(NearCondition { windows, numbers, reach })
    }
}

impl NearCondition {
    /// It is right for codes less than so far behind the base.
    pub(crate) fn reach(&self) -> u64 {
        self.reach
    }

    /// Whether a code fulfils it that is so far behind the base, within reach.
    #[inline]
    pub(crate) fn holds(&self, behind: u64) -> bool {
        let read = self.windows.iter().fold(0, |above: u64, (window, count)| {
            above.wrapping_mul(*count).wrapping_add(window.number(behind))
        });
        match self.numbers.as_slice() {
            [(first, last)] => (*first..=*last).contains(&read),
            pairs => {
                let next = pairs.get(pairs.partition_point(|(_, last)| *last < read));
                next.is_some_and(|(first, _)| *first <= read)
            }
        }
    }
}

impl Window {
    /// The window for codes from `base` on, and how far it is right.
    fn near(&self, base: u128) -> Option<(NearWindow, u64)> {
        let place = base.checked_add(self.plus)?.checked_sub(self.minus)?;
        let (number, over) = divide(place, self.low);
        let number = self.span.map_or(number, |span| divide(number, span).1);
        let number = u64::try_from(number).ok().filter(|it| *it < REACH_MAX)?;
        // Numbers within reach do not begin anew where there are more than fit.
        let span = self.span.and_then(|span| u64::try_from(span).ok()).unwrap_or(u64::MAX);
        match (u64::try_from(self.low), u64::try_from(over)) {
            (Ok(low), Ok(over)) if low < REACH_MAX => {
                let (low, span) = (Divisor::new(low)?, Divisor::new(span)?);
                Some((NearWindow::Moving { over, low, number, span }, REACH_MAX))
            }
            _ => {
                let left = u64::try_from(self.low - over).unwrap_or(u64::MAX);
                Some((NearWindow::Same(number), left))
            }
        }
    }
}

impl NearWindow {
    #[inline]
    fn number(self, behind: u64) -> u64 {
        match self {
            NearWindow::Same(number) => number,
            NearWindow::Moving { over, low, number, span } => {
                let (more, _) = low.divide(over + behind);
                span.divide(number + more).1
            }
        }
    }
}
