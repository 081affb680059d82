//! What a registration permits.

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Permissions {
    channels: u8,
    purposes: [Consent; 3],
    by_channel: [Consent; 5],
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

    /// Makes a channel usable.
    #[must_use]
    pub fn with_channel(mut self, channel: Channel) -> Self {
        self.channels |= 1 << channel.place();
        self
    }

    /// Makes a channel usable, or not.
    pub(crate) fn with_channel_usable(mut self, channel: Channel, usable: bool) -> Self {
        let bit = 1 << channel.place();
        self.channels = if usable { self.channels | bit } else { self.channels & !bit };
        self
    }

    /// Says what the owner answered for a purpose.
    #[must_use]
    pub fn with_consent(mut self, purpose: Purpose, consent: Consent) -> Self {
        if let Some(slot) = self.purposes.get_mut(purpose.place()) {
            *slot = consent;
        }
        self
    }

    /// Says what the owner answered for a channel.
    #[must_use]
    pub fn with_channel_consent(mut self, channel: Channel, consent: Consent) -> Self {
        if let Some(slot) = self.by_channel.get_mut(channel.place()) {
            *slot = consent;
        }
        self
    }

    /// Whether the registration has the contact that a channel needs.
    pub fn has_channel(&self, channel: Channel) -> bool {
        self.channels >> channel.place() & 1 == 1
    }

    /// What the owner answered for a purpose.
    pub fn consent(&self, purpose: Purpose) -> Consent {
        self.purposes.get(purpose.place()).copied().unwrap_or_default()
    }

    /// What the owner answered for a channel.
    pub fn channel_consent(&self, channel: Channel) -> Consent {
        self.by_channel.get(channel.place()).copied().unwrap_or_default()
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
        let consents = self.purposes.iter().chain(&self.by_channel);
        let (bits, _) = consents.fold((i64::from(self.channels), 5), |(bits, at), consent| {
            let number = match consent {
                Consent::Unknown => 0,
                Consent::Given => 1,
                Consent::Refused => 2,
            };
            (bits | number << at, at + 2)
        });
        bits
    }

    /// The permissions of a number; none where it is no such number.
    pub(crate) fn from_bits(bits: i64) -> Option<Self> {
        if bits >> Self::BITS != 0 {
            return None;
        }
        let mut found =
            Permissions { channels: u8::try_from(bits & 31).ok()?, ..Permissions::default() };
        let mut rest = bits >> 5;
        for slot in found.purposes.iter_mut().chain(&mut found.by_channel) {
            *slot = match rest & 3 {
                0 => Consent::Unknown,
                1 => Consent::Given,
                2 => Consent::Refused,
                _ => return None,
            };
            rest >>= 2;
        }
        Some(found)
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
