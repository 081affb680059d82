//! What a registration has.

use super::channel::Channel;
use super::consent::Purpose;

/// A field of a registration: what a column of an input can fill, and a column of an output show.
///
/// # Examples
///
/// ```
/// use seriatim::{Channel, RegistrationField};
///
/// assert_eq!(RegistrationField::Owner.names(), ["owner", "owner_id"]);
/// assert_eq!(RegistrationField::ChannelConsent(Channel::Sms).name(), "sms_consent");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegistrationField {
    /// The unit's serial.
    Serial,
    /// What the serial is unique within.
    Namespace,
    /// What names the registration itself.
    Key,
    /// The token of the owner.
    Owner,
    /// The part the owner plays, as [`Role::code`](super::Role::code) writes it; missing is `owner`.
    Role,
    /// From when on it holds; missing is since ever.
    ValidFrom,
    /// Until when it holds, that instant not included; missing is open.
    ValidTo,
    /// The owner's name.
    Name,
    /// The address for [`Channel::Email`].
    Email,
    /// The number for [`Channel::Phone`] and [`Channel::Sms`].
    Phone,
    /// Street and number, for [`Channel::Post`].
    Street,
    /// The postal code.
    PostalCode,
    /// The city.
    City,
    /// The owner's language.
    Language,
    /// The owner's country.
    Country,
    /// When the registration was recorded.
    RecordedAt,
    /// The usable channels, as a list of their codes.
    Channels,
    /// Whether one channel is usable.
    HasChannel(Channel),
    /// Consent for a purpose; missing is unknown.
    Consent(Purpose),
    /// Consent for a channel; missing is unknown.
    ChannelConsent(Channel),
}

impl RegistrationField {
    /// Every field.
    pub const ALL: [RegistrationField; 30] = {
        use RegistrationField as F;
        [
            F::Serial,
            F::Namespace,
            F::Key,
            F::Owner,
            F::Role,
            F::ValidFrom,
            F::ValidTo,
            F::Name,
            F::Email,
            F::Phone,
            F::Street,
            F::PostalCode,
            F::City,
            F::Language,
            F::Country,
            F::RecordedAt,
            F::Channels,
            F::HasChannel(Channel::Email),
            F::HasChannel(Channel::Sms),
            F::HasChannel(Channel::Phone),
            F::HasChannel(Channel::Post),
            F::HasChannel(Channel::Push),
            F::Consent(Purpose::Safety),
            F::Consent(Purpose::Service),
            F::Consent(Purpose::Marketing),
            F::ChannelConsent(Channel::Email),
            F::ChannelConsent(Channel::Sms),
            F::ChannelConsent(Channel::Phone),
            F::ChannelConsent(Channel::Post),
            F::ChannelConsent(Channel::Push),
        ]
    };

    /// The fields that are contact text and lie in files of their own.
    pub(crate) const CONTACT_TEXT: [RegistrationField; 6] = [
        RegistrationField::Name,
        RegistrationField::Email,
        RegistrationField::Phone,
        RegistrationField::Street,
        RegistrationField::PostalCode,
        RegistrationField::City,
    ];

    /// The fields that count towards completeness.
    pub(crate) const COUNTED: [RegistrationField; 8] = [
        RegistrationField::Name,
        RegistrationField::Email,
        RegistrationField::Phone,
        RegistrationField::Street,
        RegistrationField::PostalCode,
        RegistrationField::City,
        RegistrationField::Language,
        RegistrationField::Country,
    ];

    /// The name of its column in an output.
    pub fn name(self) -> &'static str {
        self.names().first().copied().unwrap_or_default()
    }

    /// The names by which a column of an input fills it without being mapped.
    pub fn names(self) -> &'static [&'static str] {
        use RegistrationField as F;
        match self {
            F::Serial => &["serial"],
            F::Namespace => &["namespace"],
            F::Key => &["key", "registration_id"],
            F::Owner => &["owner", "owner_id"],
            F::Role => &["role"],
            F::ValidFrom => &["valid_from"],
            F::ValidTo => &["valid_to"],
            F::Name => &["name"],
            F::Email => &["email"],
            F::Phone => &["phone"],
            F::Street => &["street"],
            F::PostalCode => &["postal_code"],
            F::City => &["city"],
            F::Language => &["language"],
            F::Country => &["country"],
            F::RecordedAt => &["recorded_at", "registered_at"],
            F::Channels => &["channels"],
            F::HasChannel(Channel::Email) => &["has_email"],
            F::HasChannel(Channel::Sms) => &["has_sms"],
            F::HasChannel(Channel::Phone) => &["has_phone"],
            F::HasChannel(Channel::Post) => &["has_post"],
            F::HasChannel(Channel::Push) => &["has_push"],
            F::Consent(Purpose::Safety) => &["consent_safety"],
            F::Consent(Purpose::Service) => &["consent_service"],
            F::Consent(Purpose::Marketing) => &["consent_marketing"],
            F::ChannelConsent(Channel::Email) => &["email_consent"],
            F::ChannelConsent(Channel::Sms) => &["sms_consent"],
            F::ChannelConsent(Channel::Phone) => &["phone_consent"],
            F::ChannelConsent(Channel::Post) => &["post_consent"],
            F::ChannelConsent(Channel::Push) => &["push_consent"],
        }
    }

    /// The contact text that a channel needs; none where no text is kept for it.
    pub(crate) fn contact_of(channel: Channel) -> Option<Self> {
        match channel {
            Channel::Email => Some(RegistrationField::Email),
            Channel::Sms | Channel::Phone => Some(RegistrationField::Phone),
            Channel::Post => Some(RegistrationField::Street),
            Channel::Push => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_one_field() {
        let mut names: Vec<&str> =
            RegistrationField::ALL.iter().flat_map(|it| it.names()).copied().collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
