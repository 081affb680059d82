//! What a message is for, and the leave to send it.

use std::fmt;

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// A recall or a warning of danger. Consent that is not known permits it.
    Safety,
    /// Service of what the owner has.
    Service,
    /// Advertising.
    Marketing,
}

impl Purpose {
    /// Every purpose, in the order in which tables name them.
    pub const ALL: [Purpose; 3] = [Purpose::Safety, Purpose::Service, Purpose::Marketing];

    /// The name in documents and inputs, such as `"safety"`.
    pub fn code(self) -> &'static str {
        match self {
            Purpose::Safety => "safety",
            Purpose::Service => "service",
            Purpose::Marketing => "marketing",
        }
    }

    /// Its place in [`Purpose::ALL`].
    pub(crate) fn place(self) -> usize {
        match self {
            Purpose::Safety => 0,
            Purpose::Service => 1,
            Purpose::Marketing => 2,
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Whether an owner agreed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consent {
    /// Nobody asked, or nobody wrote down the answer.
    #[default]
    Unknown,
    /// An explicit yes.
    Given,
    /// An explicit no.
    Refused,
}

impl Consent {
    /// The consent that a truth value stands for; a missing one is unknown.
    pub fn of(given: Option<bool>) -> Self {
        match given {
            None => Consent::Unknown,
            Some(true) => Consent::Given,
            Some(false) => Consent::Refused,
        }
    }

    /// The truth value it stands for.
    pub fn given(self) -> Option<bool> {
        match self {
            Consent::Unknown => None,
            Consent::Given => Some(true),
            Consent::Refused => Some(false),
        }
    }
}

/// Why a registered unit's owners cannot be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnreachableReason {
    /// No registration has a usable channel.
    NoContact,
    /// There are usable channels, but an explicit no to each.
    ConsentRefused,
    /// There is a usable channel with no explicit no, but the purpose needs an explicit yes.
    ConsentUnknown,
}

impl UnreachableReason {
    /// Every reason.
    pub const ALL: [UnreachableReason; 3] = [
        UnreachableReason::NoContact,
        UnreachableReason::ConsentRefused,
        UnreachableReason::ConsentUnknown,
    ];

    /// The name in documents, such as `"no_contact"`.
    pub fn code(self) -> &'static str {
        match self {
            UnreachableReason::NoContact => "no_contact",
            UnreachableReason::ConsentRefused => "consent_refused",
            UnreachableReason::ConsentUnknown => "consent_unknown",
        }
    }
}
