//! What a registration permits.

use std::fmt;

use super::channel::Channel;
use super::consent::{Consent, Purpose};

/// What the owner of a registration may be sent, and by what: the usable channels and the consents.
///
/// A channel is usable when the registration has the contact it needs. Consent is held for each
/// purpose and, where somebody asked, for each channel:
///
/// - an explicit no, to the purpose or to the channel, blocks; a no to one purpose says nothing of
///   the others, so a no to marketing never blocks safety;
/// - an explicit yes to the purpose permits; so does a yes to the channel, but not for marketing;
/// - where nothing is known, safety alone is permitted.
///
/// # Examples
///
/// ```
/// use seriatim::{Channel, Consent, Permissions, Permit, Purpose};
///
/// let permissions = Permissions::default()
///     .with_channel(Channel::Email)
///     .with_consent(Purpose::Marketing, Consent::Refused);
/// assert_eq!(permissions.decide(Purpose::Safety, Channel::Email), Permit::UnlessRefused);
/// assert_eq!(permissions.decide(Purpose::Marketing, Channel::Email), Permit::Refused);
/// assert_eq!(permissions.decide(Purpose::Safety, Channel::Sms), Permit::NoContact);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Permissions {
    /// A bit a usable channel, two bits a consent: for each purpose, then for each channel.
    bits: u32,
}

/// Whether a message of one purpose may go through one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permit {
    /// The channel is not usable.
    NoContact,
    /// There is an explicit no.
    Refused,
    /// There is no explicit no, but the purpose needs an explicit yes.
    Unknown,
    /// Permitted because nothing is known and the purpose is safety.
    UnlessRefused,
    /// Permitted by an explicit yes.
    Given,
}

impl Permit {
    /// Whether the message may go.
    pub fn is_permitted(self) -> bool {
        matches!(self, Permit::UnlessRefused | Permit::Given)
    }
}

impl Permissions {
    /// Bits that a registration's permissions take in a file.
    const BITS: u32 = 5 + 2 * (3 + 5);
    /// The lower bits of all consents.
    const CONSENTS: u32 = 0x5555 << 5;

    /// Makes a channel usable.
    #[must_use]
    pub fn with_channel(mut self, channel: Channel) -> Self {
        self.bits |= 1 << channel.place();
        self
    }

    /// Makes a channel usable, or not.
    pub(crate) fn with_channel_usable(mut self, channel: Channel, usable: bool) -> Self {
        let bit = 1 << channel.place();
        self.bits = if usable { self.bits | bit } else { self.bits & !bit };
        self
    }

    /// Says what the owner answered for a purpose.
    #[must_use]
    pub fn with_consent(self, purpose: Purpose, consent: Consent) -> Self {
        self.with_consent_at(of_purpose(purpose), consent)
    }

    /// Says what the owner answered for a channel.
    #[must_use]
    pub fn with_channel_consent(self, channel: Channel, consent: Consent) -> Self {
        self.with_consent_at(of_channel(channel), consent)
    }

    fn with_consent_at(mut self, place: usize, consent: Consent) -> Self {
        let number = match consent {
            Consent::Unknown => 0,
            Consent::Given => 1,
            Consent::Refused => 2,
        };
        self.bits = self.bits & !(3 << place) | number << place;
        self
    }

    fn consent_at(self, place: usize) -> Consent {
        match self.bits >> place & 3 {
            0 => Consent::Unknown,
            1 => Consent::Given,
            _ => Consent::Refused,
        }
    }

    /// Whether the registration has the contact that a channel needs.
    pub fn has_channel(&self, channel: Channel) -> bool {
        self.bits >> channel.place() & 1 == 1
    }

    /// What the owner answered for a purpose.
    pub fn consent(&self, purpose: Purpose) -> Consent {
        self.consent_at(of_purpose(purpose))
    }

    /// What the owner answered for a channel.
    pub fn channel_consent(&self, channel: Channel) -> Consent {
        self.consent_at(of_channel(channel))
    }

    /// Whether a message of this purpose may go through this channel.
    pub fn decide(&self, purpose: Purpose, channel: Channel) -> Permit {
        if !self.has_channel(channel) {
            return Permit::NoContact;
        }
        let (of_purpose, of_channel) = (self.consent(purpose), self.channel_consent(channel));
        if of_purpose == Consent::Refused || of_channel == Consent::Refused {
            return Permit::Refused;
        }
        let by_channel = of_channel == Consent::Given && purpose != Purpose::Marketing;
        match purpose {
            _ if of_purpose == Consent::Given || by_channel => Permit::Given,
            Purpose::Safety => Permit::UnlessRefused,
            Purpose::Service | Purpose::Marketing => Permit::Unknown,
        }
    }

    /// As a number of [`Permissions::BITS`] bits: channels, then two bits a consent.
    pub(crate) fn to_bits(self) -> i64 {
        i64::from(self.bits)
    }

    /// The permissions of a number; none where it is no such number.
    #[inline]
    pub(crate) fn from_bits(bits: i64) -> Option<Self> {
        let bits = u32::try_from(bits).ok().filter(|bits| bits >> Self::BITS == 0)?;
        // No consent has both of its bits.
        (bits & bits >> 1 & Self::CONSENTS == 0).then_some(Permissions { bits })
    }
}

/// Where the consent for a purpose is.
fn of_purpose(purpose: Purpose) -> usize {
    5 + 2 * purpose.place()
}

/// Where the consent for a channel is.
fn of_channel(channel: Channel) -> usize {
    5 + 2 * (3 + channel.place())
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channels = Channel::ALL.into_iter().filter(|it| self.has_channel(*it));
        f.debug_struct("Permissions")
            .field("channels", &channels.collect::<Vec<_>>())
            .field("purposes", &Purpose::ALL.map(|it| self.consent(it)))
            .field("by_channel", &Channel::ALL.map(|it| self.channel_consent(it)))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(purpose: Consent, channel: Consent, expected: [Permit; 3]) {
        for (asked, expected) in Purpose::ALL.into_iter().zip(expected) {
            let permissions = Permissions::default()
                .with_channel(Channel::Email)
                .with_consent(asked, purpose)
                .with_channel_consent(Channel::Email, channel);
            assert_eq!(
                permissions.decide(asked, Channel::Email),
                expected,
                "{asked}: {purpose:?}, {channel:?}"
            );
        }
    }

    #[test]
    fn consent_decides_by_purpose_and_channel() {
        use Consent::{Given, Refused, Unknown};
        check(Unknown, Unknown, [Permit::UnlessRefused, Permit::Unknown, Permit::Unknown]);
        check(Given, Unknown, [Permit::Given; 3]);
        check(Unknown, Given, [Permit::Given, Permit::Given, Permit::Unknown]);
        check(Refused, Given, [Permit::Refused; 3]);
        check(Given, Refused, [Permit::Refused; 3]);
    }

    #[test]
    fn a_no_to_marketing_never_blocks_safety() {
        let permissions = Permissions::default()
            .with_channel(Channel::Post)
            .with_consent(Purpose::Marketing, Consent::Refused);
        assert!(permissions.decide(Purpose::Safety, Channel::Post).is_permitted());
    }

    #[test]
    fn bits_are_read_as_they_were_written() {
        for bits in 0..1i64 << Permissions::BITS {
            if let Some(permissions) = Permissions::from_bits(bits) {
                assert_eq!(permissions.to_bits(), bits);
            }
        }
        assert_eq!(Permissions::from_bits(1 << Permissions::BITS), None);
        assert_eq!(Permissions::from_bits(-1), None);
        assert_eq!(Permissions::from_bits(3 << 5), None, "no consent is 3");
    }
}
