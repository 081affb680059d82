//! What a registration is called.

use std::fmt;

/// What one registration is called: its key, or its unit and owner. Shows neither key nor owner with
/// `{:?}`.
///
/// # Examples
///
/// ```
/// use seriatim::RegistrationName;
///
/// let name = RegistrationName::of("A001", "o-17").in_namespace("09521234543213");
/// assert_eq!(format!("{name:?}"), "RegistrationName(A001)");
/// assert_ne!(name, RegistrationName::key("r-2025-001"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RegistrationName(pub(super) Named);

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Named {
    Key(String),
    Owner { namespace: Option<String>, serial: String, owner: String },
}

impl RegistrationName {
    /// The registration with this key.
    pub fn key(key: impl Into<String>) -> Self {
        RegistrationName(Named::Key(key.into()))
    }

    /// The registration of a unit for an owner.
    pub fn of(serial: impl Into<String>, owner: impl Into<String>) -> Self {
        RegistrationName(Named::Owner {
            namespace: None,
            serial: serial.into(),
            owner: owner.into(),
        })
    }

    /// Says which namespace the registration was made with. One that was made without is called
    /// without.
    #[must_use]
    pub fn in_namespace(mut self, name: impl Into<String>) -> Self {
        if let Named::Owner { namespace, .. } = &mut self.0 {
            *namespace = Some(name.into()).filter(|it| !it.is_empty());
        }
        self
    }
}

impl fmt::Debug for RegistrationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Named::Key(_) => f.write_str("RegistrationName(a key)"),
            Named::Owner { serial, .. } => write!(f, "RegistrationName({serial})"),
        }
    }
}
