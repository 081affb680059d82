//! How many units can be reached, and why the others cannot.

use std::collections::BTreeMap;

use crate::registry::{Access, Channel, Purpose, Standing, UnreachableReason};

/// How many units can be reached for one purpose.
///
/// Every affected unit is exactly one of reachable, unreachable for one reason, and unregistered, so
/// that these counts add up to [`affected`](Reach::affected). Channels overlap.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, Purpose, Schema, UnreachableReason};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let nobody = index.snapshot().all().ownership("2025-06-01T00:00:00Z".parse()?)?;
/// let reach = nobody.reach(Purpose::Service)?;
/// let unreachable: u64 = UnreachableReason::ALL.map(|it| reach.unreachable(it)).iter().sum();
/// assert_eq!(reach.reachable() + unreachable + reach.unregistered(), reach.affected());
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    purpose: Purpose,
    affected: u64,
    registered: u64,
    given: u64,
    unless_refused: u64,
    by_channel: BTreeMap<Channel, u64>,
    unreachable: BTreeMap<UnreachableReason, u64>,
}

impl Reach {
    pub(super) fn of(
        purpose: Purpose,
        (affected, registered): (u64, u64),
        tally: &BTreeMap<Access, u64>,
    ) -> Self {
        let mut reach = Reach {
            purpose,
            affected,
            registered,
            given: 0,
            unless_refused: 0,
            by_channel: BTreeMap::new(),
            unreachable: BTreeMap::new(),
        };
        for (access, count) in tally {
            match access.standing(purpose) {
                Standing::Reachable => reach.given += count,
                Standing::ReachableUnlessRefused => reach.unless_refused += count,
                Standing::Unreachable(reason) => {
                    *reach.unreachable.entry(reason).or_default() += count;
                }
            }
            for channel in Channel::ALL {
                if access.reaches(purpose, channel) {
                    *reach.by_channel.entry(channel).or_default() += count;
                }
            }
        }
        reach
    }

    /// What the message is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// How many units were asked about.
    pub fn affected(&self) -> u64 {
        self.affected
    }

    /// Units with an owner who can be reached.
    pub fn reachable(&self) -> u64 {
        self.given + self.unless_refused
    }

    /// Of the reachable units, those whose owners never said yes: permitted because consent is not
    /// known and the purpose is safety.
    pub fn by_unknown_consent(&self) -> u64 {
        self.unless_refused
    }

    /// Units that can be reached through one channel.
    pub fn by_channel(&self, channel: Channel) -> u64 {
        self.by_channel.get(&channel).copied().unwrap_or(0)
    }

    /// Registered units that cannot be reached, for one reason.
    pub fn unreachable(&self, reason: UnreachableReason) -> u64 {
        self.unreachable.get(&reason).copied().unwrap_or(0)
    }

    /// Units without a registration.
    pub fn unregistered(&self) -> u64 {
        self.affected - self.registered
    }
}
