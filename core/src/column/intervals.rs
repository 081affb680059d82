//! Sets of ordinals.

/// A set of ordinals, as intervals with both ends included: ascending, disjoint, not adjacent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intervals(Vec<(u64, u64)>);

impl Intervals {
    /// The union of intervals in any order; those that end before they start are empty.
    pub(crate) fn new(mut pairs: Vec<(u64, u64)>) -> Self {
        pairs.retain(|(first, last)| first <= last);
        pairs.sort_unstable();
        pairs.dedup_by(|next, kept| {
            // Adjacent to or inside what is kept: one interval.
            let joined = next.0 <= kept.1.saturating_add(1);
            if joined {
                kept.1 = kept.1.max(next.1);
            }
            joined
        });
        Intervals(pairs)
    }

    /// The ordinals from `first` to `last`, both included; none where `last` comes before.
    pub(crate) fn between(first: u64, last: u64) -> Self {
        Intervals::new(vec![(first, last)])
    }

    /// The intervals, ascending.
    pub(crate) fn as_slice(&self) -> &[(u64, u64)] {
        &self.0
    }

    /// Whether no ordinal is in.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `ordinal` is in.
    pub(crate) fn contains(&self, ordinal: u64) -> bool {
        self.overlaps((ordinal, ordinal))
    }

    /// What is in either.
    #[must_use]
    pub(crate) fn union(&self, other: &Intervals) -> Intervals {
        Intervals::new(self.0.iter().chain(&other.0).copied().collect())
    }

    /// What is in both.
    #[must_use]
    pub(crate) fn intersection(&self, other: &Intervals) -> Intervals {
        let mut both = Vec::new();
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(left), Some(right)) = (a.peek(), b.peek()) {
            let pair = (left.0.max(right.0), left.1.min(right.1));
            both.extend((pair.0 <= pair.1).then_some(pair));
            if left.1 <= right.1 {
                a.next();
            } else {
                b.next();
            }
        }
        // Between two of either there is a gap, so that there is one between two of both.
        Intervals(both)
    }

    /// What is not in.
    #[must_use]
    pub(crate) fn complement(&self) -> Intervals {
        let mut out = Vec::with_capacity(self.0.len() + 1);
        let mut start = Some(0);
        for (first, last) in &self.0 {
            if let Some((start, end)) = start.zip(first.checked_sub(1)) {
                out.extend((start <= end).then_some((start, end)));
            }
            start = last.checked_add(1);
        }
        out.extend(start.map(|start| (start, u64::MAX)));
        Intervals(out)
    }

    /// Whether any ordinal of `zone` (both ends included) is in.
    pub(crate) fn overlaps(&self, zone: (u64, u64)) -> bool {
        !self.within(zone).is_empty()
    }

    /// Whether every ordinal of `zone` (both ends included) is in.
    pub(crate) fn covers(&self, zone: (u64, u64)) -> bool {
        matches!(self.within(zone), [(first, last)] if *first <= zone.0 && zone.1 <= *last)
    }

    /// The intervals that have an ordinal of `zone`.
    pub(super) fn within(&self, zone: (u64, u64)) -> &[(u64, u64)] {
        let start = self.0.partition_point(|(_, last)| *last < zone.0);
        let end = self.0.partition_point(|(first, _)| *first <= zone.1);
        self.0.get(start..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn neighbours_are_joined() {
        let joined = Intervals::new(vec![(5, 6), (1, 2), (3, 3), (9, 8), (u64::MAX, u64::MAX)]);
        assert_eq!(joined.as_slice(), [(1, 3), (5, 6), (u64::MAX, u64::MAX)]);
        assert!(Intervals::between(2, 1).is_empty());
        assert_eq!(joined.complement().as_slice(), [(0, 0), (4, 4), (7, u64::MAX - 1)]);
    }

    proptest! {
        #[test]
        fn they_are_the_set_of_their_ordinals(
            a in prop::collection::vec((0_u64..40, 0_u64..40), 0..6),
            b in prop::collection::vec((0_u64..40, 0_u64..40), 0..6),
            zone in (0_u64..40, 0_u64..40),
        ) {
            let has = |pairs: &[(u64, u64)], it: u64| pairs.iter().any(|p| p.0 <= it && it <= p.1);
            let (left, right) = (Intervals::new(a.clone()), Intervals::new(b.clone()));
            let (both, shared, rest) =
                (left.union(&right), left.intersection(&right), left.complement());
            for it in (0..42).chain([u64::MAX]) {
                prop_assert_eq!(both.contains(it), has(&a, it) || has(&b, it));
                prop_assert_eq!(shared.contains(it), has(&a, it) && has(&b, it));
                prop_assert_eq!(rest.contains(it), !has(&a, it));
            }
            prop_assert_eq!(rest.complement(), left);
            prop_assert_eq!(Intervals::new(shared.as_slice().to_vec()), shared);
            let zone = (zone.0.min(zone.1), zone.0.max(zone.1));
            prop_assert_eq!(both.overlaps(zone), (zone.0..=zone.1).any(|it| both.contains(it)));
            prop_assert_eq!(both.covers(zone), (zone.0..=zone.1).all(|it| both.contains(it)));
            prop_assert!(both.as_slice().windows(2).all(|it| it[0].1 + 1 < it[1].0));
        }
    }
}
