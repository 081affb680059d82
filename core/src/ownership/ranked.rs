//! Registrations that reach their owners, put in the order of the owners.

use std::cmp::Reverse;
use std::ops::Range;

use rayon::prelude::*;

use super::gather::{Gather, Joined};
use super::join::{permissions_of, role_of};
use super::owned::Ownership;
use super::registrations::Batches;
use crate::error::Result;
use crate::pool;
use crate::query::{Placed, Stretch};
use crate::registry::{Access, Purpose, RegistrationField as Field};
use crate::segment::TextBuffer;

/// The owners who can be reached, and by which registrations.
pub(super) struct Ranked {
    pub(super) units: Vec<Placed>,
    /// One for each registration: those of an owner next to each other, in serial order.
    pub(super) rows: Vec<Reached>,
    /// The places of each owner's rows, in priority order.
    pub(super) owners: Vec<Range<usize>>,
    tokens: Tokens,
}

/// A registration that reaches its owner.
#[derive(Clone, Copy)]
pub(super) struct Reached {
    pub(super) access: Access,
    pub(super) completeness: u8,
    pub(super) joined: Joined,
    /// The place of its owner among the tokens.
    token: usize,
}

/// Units of which registrations are read at a time.
const STRIDE: usize = 1 << 14;
/// Strides read in parallel, a thread.
const STRIDES_A_THREAD: usize = 4;

impl Ranked {
    /// The owners of the registered units who can be reached for a purpose.
    pub(super) fn of(ownership: &Ownership, purpose: Purpose) -> Result<Self> {
        let registered = ownership.registered_units();
        let mut batches = Batches::new(registered, ownership.as_of.micros())?;
        let mut all = Stride::default();
        if registered.len() <= STRIDE as u64 {
            while let Some(units) = batches.next_units(STRIDE)? {
                all.append(Stride::read(&batches, units, purpose)?);
            }
            return Ranked::rank(all);
        }
        let pool = pool::shared()?;
        loop {
            let mut strides = Vec::new();
            while strides.len() < pool.current_num_threads() * STRIDES_A_THREAD {
                let Some(units) = batches.next_units(STRIDE)? else { break };
                strides.push(units);
            }
            if strides.is_empty() {
                break;
            }
            let read = |units: Stretch| Stride::read(&batches, units, purpose);
            let read: Vec<Result<Stride>> =
                pool.install(|| strides.into_par_iter().map(read).collect());
            for stride in read {
                all.append(stride?);
            }
        }
        pool.install(|| Ranked::rank(all))
    }

    fn rank(all: Stride) -> Result<Self> {
        let Stride { units, rows: found, owners } = all;
        let tokens = Tokens::of(owners)?;
        let order = tokens.in_order();
        let (mut rows, mut owners) = (Vec::with_capacity(found.len()), Vec::new());
        for same in order.chunk_by(|a, b| a.0 == b.0 && tokens.text(a.1) == tokens.text(b.1)) {
            let start = rows.len();
            rows.extend(same.iter().filter_map(|(_, place)| found.get(*place)).copied());
            owners.push(start..rows.len());
        }
        let fullest = |owner: &Range<usize>| {
            let rows: &[Reached] = rows.get(owner.clone()).unwrap_or_default();
            Reverse(rows.iter().map(|it| it.completeness).max())
        };
        owners.sort_by_cached_key(fullest);
        Ok(Ranked { units, rows, owners, tokens })
    }

    /// The registrations of an owner.
    pub(super) fn rows_of(&self, owner: &Range<usize>) -> &[Reached] {
        self.rows.get(owner.clone()).unwrap_or_default()
    }

    /// The token of the owner of a registration.
    pub(super) fn token(&self, row: &Reached) -> &str {
        self.tokens.text(row.token)
    }
}

/// What is found of some units: one row a registration that reaches its owner, and its token.
#[derive(Default)]
struct Stride {
    units: Vec<Placed>,
    rows: Vec<Reached>,
    owners: TextBuffer,
}

impl Stride {
    fn read(batches: &Batches, units: Stretch, purpose: Purpose) -> Result<Self> {
        let mut batch = batches.join(units)?;
        let gather = batch.gather(batches.snapshot())?;
        let roles = gather.numbers("role")?;
        let permissions = gather.each_source(permissions_of)?;
        let mut access = Vec::new();
        let mut reaching: Vec<Joined> = Vec::new();
        for ((role, permissions), joined) in roles.into_iter().zip(permissions).zip(&batch.rows) {
            let permits = Access::of(permissions);
            if role_of(role)?.is_owning() && permits.is_reachable(purpose) {
                access.push(permits);
                reaching.push(*joined);
            }
        }
        batch.rows = reaching;
        let gather = Gather::new(batches.snapshot(), &batch.units, &batch.rows)?;
        let completeness = gather.completeness()?;
        let owners = gather.text_buffer(Field::Owner)?;
        let rows = access.into_iter().zip(completeness).zip(&batch.rows).enumerate();
        let rows = rows.map(|(token, ((access, completeness), joined))| Reached {
            access,
            completeness,
            joined: *joined,
            token,
        });
        Ok(Stride { rows: rows.collect(), units: batch.units, owners })
    }

    fn append(&mut self, mut other: Stride) {
        let (units, tokens) = (self.units.len(), self.rows.len());
        self.rows.extend(other.rows.into_iter().map(|it| Reached {
            joined: Joined { unit: units + it.joined.unit, ..it.joined },
            token: tokens + it.token,
            ..it
        }));
        self.units.append(&mut other.units);
        self.owners.append(&other.owners);
    }
}

/// Texts one behind the other; one that is missing is empty.
struct Tokens {
    text: String,
    ends: Vec<usize>,
}

/// Bytes that are compared at once.
const WORD: usize = 8;

impl Tokens {
    fn of(texts: TextBuffer) -> Result<Self> {
        let (text, ends, _) = texts.into_parts()?;
        Ok(Tokens { text, ends })
    }

    fn text(&self, place: usize) -> &str {
        let start = place.checked_sub(1).and_then(|at| self.ends.get(at)).copied().unwrap_or(0);
        let end = self.ends.get(place).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The places of the texts in their order, equal ones in the order of their places, each beside
    /// a number that ascends with them.
    fn in_order(&self) -> Vec<(u64, usize)> {
        let shared = self.shared_bytes();
        let rest = |place: usize| self.text(place).as_bytes().get(shared..).unwrap_or_default();
        let word = |place: usize| {
            let mut word = [0; WORD];
            for (slot, byte) in word.iter_mut().zip(rest(place)) {
                *slot = *byte;
            }
            // The first byte weighs most.
            (u64::from_le_bytes(word).swap_bytes(), place)
        };
        let mut order: Vec<(u64, usize)> = (0..self.ends.len()).map(word).collect();
        order.par_sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| rest(a.1).cmp(rest(b.1))).then(a.1.cmp(&b.1))
        });
        order
    }

    /// How many bytes all texts begin with in common.
    fn shared_bytes(&self) -> usize {
        let first = self.text(0).as_bytes();
        let mut shared = first.len();
        for place in 1..self.ends.len() {
            let text = self.text(place).as_bytes();
            let common = first.iter().zip(text).take(shared).take_while(|(a, b)| a == b);
            shared = common.count();
        }
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tokens_are_ordered_as_texts_and_equal_ones_stay_as_they_came(
            shared in "[a-c]{0,3}",
            rests in prop::collection::vec("[ab\u{0}\u{e9}]{0,12}", 0..40),
        ) {
            let texts: Vec<String> = rests.iter().map(|rest| format!("{shared}{rest}")).collect();
            let mut buffer = TextBuffer::default();
            for text in &texts {
                buffer.push(Some(text.as_bytes()));
            }
            let found = Tokens::of(buffer).unwrap().in_order();
            let mut expected: Vec<usize> = (0..texts.len()).collect();
            expected.sort_by_key(|at| &texts[*at]);
            prop_assert_eq!(found.iter().map(|it| it.1).collect::<Vec<_>>(), expected);
            prop_assert!(found.is_sorted_by_key(|it| it.0));
        }
    }
}
