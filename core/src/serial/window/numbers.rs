//! Sets of numbers.

/// A set of numbers, as intervals with both ends included: ascending, disjoint, not adjacent.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Numbers(Vec<(u128, u128)>);

impl Numbers {
    /// The union of intervals in any order; those that end before they start are empty.
    pub(crate) fn new(mut pairs: Vec<(u128, u128)>) -> Self {
        pairs.retain(|(first, last)| first <= last);
        pairs.sort_unstable();
        pairs.dedup_by(|next, kept| {
            let joined = next.0 <= kept.1.saturating_add(1);
            if joined {
                kept.1 = kept.1.max(next.1);
            }
            joined
        });
        Numbers(pairs)
    }

    /// The numbers from `first` to `last`, both included; none where `last` comes before.
    pub(crate) fn between(first: u128, last: u128) -> Self {
        Numbers::new(vec![(first, last)])
    }

    /// The numbers from `least` to `most` that pass.
    pub(super) fn passing(least: u128, most: u128, mut passes: impl FnMut(u128) -> bool) -> Self {
        let mut pairs: Vec<(u128, u128)> = Vec::new();
        for number in least..=most {
            if passes(number) {
                match pairs.last_mut() {
                    Some(pair) if pair.1 + 1 == number => pair.1 = number,
                    _ => pairs.push((number, number)),
                }
            }
        }
        Numbers(pairs)
    }

    /// The intervals, ascending.
    pub(crate) fn as_slice(&self) -> &[(u128, u128)] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `number` is in.
    pub(crate) fn contains(&self, number: u128) -> bool {
        let at = self.0.partition_point(|(_, last)| *last < number);
        self.0.get(at).is_some_and(|(first, _)| *first <= number)
    }

    /// Whether all numbers from `first` to `last` are in.
    pub(crate) fn covers(&self, first: u128, last: u128) -> bool {
        let at = self.0.partition_point(|it| it.1 < first);
        self.0.get(at).is_some_and(|it| it.0 <= first && last <= it.1)
    }

    /// What is in both.
    pub(crate) fn intersection(&self, other: &Numbers) -> Numbers {
        let mut out = Vec::new();
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(a), Some(b)) = (ours.peek(), theirs.peek()) {
            out.push((a.0.max(b.0), a.1.min(b.1)));
            if a.1 <= b.1 {
                ours.next();
            } else {
                theirs.next();
            }
        }
        Numbers::new(out)
    }
}
