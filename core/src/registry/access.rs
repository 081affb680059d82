//! What may be sent to the owners of a unit, for every purpose and channel at once.

use super::channel::Channel;
use super::consent::{Purpose, UnreachableReason};
use super::permissions::{Permissions, Permit};

/// What one or several registrations permit. For each purpose eight bits: the channels that are
/// permitted, then whether one is by an explicit yes, whether one waits for a yes, whether one is
/// refused. The access of several registrations is the union of theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Access(u32);

/// Where a registered unit stands for one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Standing {
    /// By an explicit yes.
    Reachable,
    /// Only because consent is not known.
    ReachableUnlessRefused,
    Unreachable(UnreachableReason),
}

const GIVEN: u32 = 1 << 5;
const UNKNOWN: u32 = 1 << 6;
const REFUSED: u32 = 1 << 7;

impl Access {
    pub(crate) fn of(permissions: Permissions) -> Self {
        let mut bits = 0;
        for purpose in Purpose::ALL {
            for channel in Channel::ALL {
                let found = match permissions.decide(purpose, channel) {
                    Permit::NoContact => 0,
                    Permit::Refused => REFUSED,
                    Permit::Unknown => UNKNOWN,
                    Permit::UnlessRefused => 1 << channel.place(),
                    Permit::Given => GIVEN | 1 << channel.place(),
                };
                bits |= found << (8 * purpose.place());
            }
        }
        Access(bits)
    }

    pub(crate) fn union(self, other: Access) -> Access {
        Access(self.0 | other.0)
    }

    /// Whether a channel is permitted.
    pub(crate) fn reaches(self, purpose: Purpose, channel: Channel) -> bool {
        self.part(purpose) >> channel.place() & 1 == 1
    }

    pub(crate) fn is_reachable(self, purpose: Purpose) -> bool {
        self.part(purpose) & 31 != 0
    }

    pub(crate) fn standing(self, purpose: Purpose) -> Standing {
        let part = self.part(purpose);
        let has = |bit: u32| part & bit != 0;
        match part & 31 {
            0 if has(UNKNOWN) => Standing::Unreachable(UnreachableReason::ConsentUnknown),
            0 if has(REFUSED) => Standing::Unreachable(UnreachableReason::ConsentRefused),
            0 => Standing::Unreachable(UnreachableReason::NoContact),
            _ if has(GIVEN) => Standing::Reachable,
            _ => Standing::ReachableUnlessRefused,
        }
    }

    fn part(self, purpose: Purpose) -> u32 {
        self.0 >> (8 * purpose.place()) & 255
    }

    /// As a number that is never zero, so that zero can stand for no registration.
    pub(crate) fn to_bits(self) -> i64 {
        i64::from(self.0 | 1 << 24)
    }

    /// The access of a number; none where it is no such number.
    pub(crate) fn from_bits(bits: i64) -> Option<Self> {
        let bits = u32::try_from(bits).ok().filter(|bits| bits >> 24 == 1)?;
        Some(Access(bits & 0xFF_FFFF))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Consent;

    #[test]
    fn the_access_of_two_registrations_is_what_either_permits() {
        let refused = Permissions::default()
            .with_channel(Channel::Email)
            .with_consent(Purpose::Safety, Consent::Refused);
        let silent = Permissions::default().with_channel(Channel::Sms);
        let (refused, silent) = (Access::of(refused), Access::of(silent));
        assert_eq!(
            refused.standing(Purpose::Safety),
            Standing::Unreachable(UnreachableReason::ConsentRefused)
        );
        let both = refused.union(silent);
        assert_eq!(both.standing(Purpose::Safety), Standing::ReachableUnlessRefused);
        assert!(both.reaches(Purpose::Safety, Channel::Sms));
        assert!(!both.reaches(Purpose::Safety, Channel::Email));
        assert_eq!(
            both.standing(Purpose::Service),
            Standing::Unreachable(UnreachableReason::ConsentUnknown)
        );
        assert_eq!(Access::from_bits(both.to_bits()), Some(both));
        assert_eq!(Access::from_bits(0), None);
    }
}
