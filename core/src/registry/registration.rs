//! One registration, read back.

use std::fmt;

use super::field::RegistrationField;
use super::permissions::Permissions;
use super::role::Role;
use crate::calendar::Instant;

/// A record that an owner holds a unit.
///
/// What it shows of itself with `{:?}` names no owner.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Registration {
    /// What the unit's serial is unique within.
    pub namespace: String,
    /// The unit's serial.
    pub serial: String,
    /// What names the registration itself, where its source has such a name.
    pub key: Option<String>,
    /// The token of the owner.
    pub owner: String,
    /// The part the owner plays.
    pub role: Role,
    /// From when on it holds; none is since ever.
    pub valid_from: Option<Instant>,
    /// Until when it holds, that instant not included; none is open.
    pub valid_to: Option<Instant>,
    /// When it was recorded.
    pub recorded_at: Option<Instant>,
    /// The usable channels and the consents.
    pub permissions: Permissions,
    /// How many of the eight fields of name, contact, language and country are filled.
    pub completeness: u8,
    /// The owner's language.
    pub language: Option<String>,
    /// The owner's country.
    pub country: Option<String>,
    /// Name and contact; empty where the index is open without them.
    pub contact: ContactText,
}

/// Name and contact of an owner.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ContactText {
    /// The owner's name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The city.
    pub city: Option<String>,
}

impl ContactText {
    /// The text of a field.
    pub(crate) fn field(&self, field: RegistrationField) -> Option<&str> {
        let slot = match field {
            RegistrationField::Name => &self.name,
            RegistrationField::Email => &self.email,
            RegistrationField::Phone => &self.phone,
            RegistrationField::Street => &self.street,
            RegistrationField::PostalCode => &self.postal_code,
            RegistrationField::City => &self.city,
            _ => return None,
        };
        slot.as_deref()
    }

    /// Sets the text of a field; those that are no contact text stay unset.
    pub(crate) fn set(&mut self, field: RegistrationField, text: Option<String>) {
        let slot = match field {
            RegistrationField::Name => &mut self.name,
            RegistrationField::Email => &mut self.email,
            RegistrationField::Phone => &mut self.phone,
            RegistrationField::Street => &mut self.street,
            RegistrationField::PostalCode => &mut self.postal_code,
            RegistrationField::City => &mut self.city,
            _ => return,
        };
        *slot = text;
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("serial", &self.serial)
            .field("role", &self.role)
            .field("permissions", &self.permissions)
            .field("completeness", &self.completeness)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ContactText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContactText(..)")
    }
}
