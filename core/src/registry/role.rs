//! The parts that the holder of a unit can play.

use std::fmt;

/// The part that the holder of a unit plays.
///
/// # Examples
///
/// ```
/// use seriatim::Role;
///
/// assert!(Role::GiftRecipient.is_owning());
/// assert!(!Role::Reseller.is_owning());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Owns the unit.
    #[default]
    Owner,
    /// Was given the unit, and owns it.
    GiftRecipient,
    /// Holds the unit to sell it.
    Reseller,
    /// Holds the unit for another reason, as a workshop does.
    Other,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 4] = [Role::Owner, Role::GiftRecipient, Role::Reseller, Role::Other];

    /// Whether a unit is registered by a registration in this role.
    pub fn is_owning(self) -> bool {
        matches!(self, Role::Owner | Role::GiftRecipient)
    }

    /// The name in documents and inputs, such as `"gift_recipient"`.
    pub fn code(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::GiftRecipient => "gift_recipient",
            Role::Reseller => "reseller",
            Role::Other => "other",
        }
    }

    /// The role of a name.
    pub fn from_code(code: &str) -> Option<Self> {
        Role::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The number in files; numbers are never given a second time.
    pub(crate) fn number(self) -> i64 {
        match self {
            Role::Owner => 0,
            Role::GiftRecipient => 1,
            Role::Reseller => 2,
            Role::Other => 3,
        }
    }

    pub(crate) fn from_number(number: i64) -> Option<Self> {
        Role::ALL.into_iter().find(|it| it.number() == number)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
