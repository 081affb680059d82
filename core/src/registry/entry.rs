//! A registration as it is stated, field by field.

use super::channel::Channel;
use super::consent::Consent;
use super::field::RegistrationField as Field;
use super::permissions::Permissions;
use super::registration::ContactText;
use super::role::Role;
use crate::calendar::Instant;
use crate::error::{Error, Result};
use crate::schema::{Record, Value};

/// Everything that is to be kept of one registration. Shows no owner with `{:?}`.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) serial: String,
    pub(crate) namespace: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) owner: String,
    pub(crate) role: Role,
    pub(crate) valid_from: Option<Instant>,
    pub(crate) valid_to: Option<Instant>,
    pub(crate) recorded_at: Option<Instant>,
    pub(crate) permissions: Permissions,
    /// A bit for each of [`Field::COUNTED`] that is filled.
    pub(crate) filled: u8,
    pub(crate) language: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) contact: ContactText,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("serial", &self.serial)
            .field("role", &self.role)
            .field("permissions", &self.permissions)
            .finish_non_exhaustive()
    }
}

impl Entry {
    /// A new registration.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when the serial or the owner is missing, or a field cannot be what the
    /// record says.
    pub(crate) fn new(record: &Record, keeps_contact_text: bool) -> Result<Self> {
        let serial = record.serial().filter(|it| !it.is_empty());
        let serial = serial.ok_or_else(|| Error::invalid("a registration needs a serial"))?;
        let namespace = Some(record.namespace()).filter(|it| !it.is_empty());
        let entry = Entry {
            serial: serial.to_owned(),
            namespace: namespace.map(str::to_owned),
            ..Entry::default()
        };
        let entry = entry.changed(record, keeps_contact_text)?;
        if entry.owner.is_empty() {
            return Err(Error::invalid("a registration needs an owner; give the field `owner`"));
        }
        Ok(entry)
    }

    /// The same registration with the fields that a record has; the others stay. An empty text
    /// takes a field away.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when a field cannot be what the record says.
    pub(crate) fn changed(mut self, record: &Record, keeps_contact_text: bool) -> Result<Self> {
        let mut stated = [None; Channel::ALL.len()];
        for (name, value) in record.values() {
            let field = Field::ALL.into_iter().find(|it| it.names().contains(&name));
            let field = field.ok_or_else(|| {
                Error::invalid(format!("a registration has no field `{name}`; leave it out"))
            })?;
            let set = self.set(field, value, &mut stated);
            set.map_err(|error| error.within(format!("field `{name}`")))?;
        }
        let given = |field: Field| field.names().iter().any(|name| record.value(name).is_some());
        let dated = given(Field::ValidFrom) || given(Field::ValidTo);
        if dated && self.valid_from.zip(self.valid_to).is_some_and(|(from, to)| from > to) {
            return Err(Error::invalid(
                "the registration ends before it begins; look at `valid_from` and `valid_to`",
            ));
        }
        for channel in Channel::ALL {
            let stated = stated.get(channel.place()).copied().flatten();
            let usable = match Field::contact_of(channel) {
                Some(field) if given(field) => stated.unwrap_or(true) && self.has(field),
                // Where contact text is kept, a channel needs it.
                Some(field) if keeps_contact_text && stated == Some(true) => self.has(field),
                _ => stated.unwrap_or(self.permissions.has_channel(channel)),
            };
            self.permissions = self.permissions.with_channel_usable(channel, usable);
        }
        if !keeps_contact_text {
            self.contact = ContactText::default();
        }
        Ok(self)
    }

    fn set(
        &mut self,
        field: Field,
        value: &Value,
        stated: &mut [Option<bool>; Channel::ALL.len()],
    ) -> Result<()> {
        match field {
            Field::Serial | Field::Namespace => {
                return Err(Error::invalid("what a record is of is no field of it"));
            }
            Field::Key => self.key = token(value)?,
            Field::Owner => self.owner = token(value)?.unwrap_or_default(),
            Field::Role => self.role = role(value)?,
            Field::ValidFrom => self.valid_from = Some(instant(value)?),
            Field::ValidTo => self.valid_to = Some(instant(value)?),
            Field::RecordedAt => self.recorded_at = Some(instant(value)?),
            Field::Channels => {
                let listed = channels(value)?;
                for (slot, channel) in stated.iter_mut().zip(Channel::ALL) {
                    // What is said of one channel alone counts for more than a list.
                    *slot = slot.or(Some(listed.contains(&channel)));
                }
            }
            Field::HasChannel(channel) => {
                if let Some(slot) = stated.get_mut(channel.place()) {
                    *slot = Some(truth(value)?);
                }
            }
            Field::Consent(purpose) => {
                let consent = Consent::of(Some(truth(value)?));
                self.permissions = self.permissions.with_consent(purpose, consent);
            }
            Field::ChannelConsent(channel) => {
                let consent = Consent::of(Some(truth(value)?));
                self.permissions = self.permissions.with_channel_consent(channel, consent);
            }
            _ => self.set_text(field, text(value)?),
        }
        Ok(())
    }

    fn set_text(&mut self, field: Field, text: Option<String>) {
        if let Some(place) = Field::COUNTED.iter().position(|it| *it == field) {
            let bit = 1 << place;
            self.filled = if text.is_some() { self.filled | bit } else { self.filled & !bit };
        }
        match field {
            Field::Language => self.language = text,
            Field::Country => self.country = text,
            _ => self.contact.set(field, text),
        }
    }

    /// Whether a field of the contact is filled, kept here or not.
    fn has(&self, field: Field) -> bool {
        let place = Field::COUNTED.iter().position(|it| *it == field);
        place.is_some_and(|place| self.filled >> place & 1 == 1)
    }
}

/// A name that somebody else gives: a text that says something, or a whole number.
fn token(value: &Value) -> Result<Option<String>> {
    match value {
        Value::Text(text) if text.is_empty() => Err(Error::invalid("it is empty")),
        Value::Text(text) => Ok(Some(text.clone())),
        Value::Integer(number) => Ok(Some(number.to_string())),
        other => Err(not_a(other, "text")),
    }
}

fn text(value: &Value) -> Result<Option<String>> {
    match value {
        Value::Text(text) => Ok(Some(text.clone()).filter(|it| !it.is_empty())),
        other => Err(not_a(other, "text")),
    }
}

fn instant(value: &Value) -> Result<Instant> {
    match value {
        Value::Timestamp(instant) => Ok(*instant),
        other => Err(not_a(other, "timestamp")),
    }
}

fn truth(value: &Value) -> Result<bool> {
    match value {
        Value::Boolean(truth) => Ok(*truth),
        other => Err(not_a(other, "boolean")),
    }
}

fn role(value: &Value) -> Result<Role> {
    let Value::Text(code) = value else { return Err(not_a(value, "text")) };
    Role::from_code(code).ok_or_else(|| {
        let codes = Role::ALL.map(Role::code).join(", ");
        Error::invalid(format!("it is none of {codes}"))
    })
}

fn channels(value: &Value) -> Result<Vec<Channel>> {
    let Value::TextList(codes) = value else { return Err(not_a(value, "text list")) };
    let channel = |code: &String| {
        Channel::from_code(code).ok_or_else(|| {
            let codes = Channel::ALL.map(Channel::code).join(", ");
            Error::invalid(format!("a channel is none of {codes}"))
        })
    };
    codes.iter().map(channel).collect()
}

fn not_a(value: &Value, wanted: &str) -> Error {
    Error::invalid(format!(
        "a {} value, but the field holds {wanted} values",
        value.column_type().name()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Permit, Purpose};

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    fn stated(fields: &[(&str, Value)]) -> Record {
        let record = Record::of_serial("A1").with("owner", text("o-1"));
        fields.iter().fold(record, |record, (name, value)| record.with(*name, value.clone()))
    }

    fn email_of(entry: &Entry) -> bool {
        entry.permissions.has_channel(Channel::Email)
    }

    #[test]
    fn a_contact_makes_its_channel_usable_unless_the_record_says_no() {
        let address = ("email", text("x@example.org"));
        let entry = Entry::new(&stated(std::slice::from_ref(&address)), true).unwrap();
        assert!(email_of(&entry));
        let refused = stated(&[address.clone(), ("has_email", Value::Boolean(false))]);
        assert!(!email_of(&Entry::new(&refused, true).unwrap()));
        let listed = stated(&[address, ("channels", Value::TextList(vec!["post".into()]))]);
        let listed = Entry::new(&listed, true).unwrap();
        assert!(!email_of(&listed));
        assert!(!listed.permissions.has_channel(Channel::Post), "there is no street");
    }

    #[test]
    fn a_channel_without_its_contact_counts_where_contacts_are_kept_elsewhere() {
        let says = stated(&[("has_email", Value::Boolean(true))]);
        assert!(!email_of(&Entry::new(&says, true).unwrap()));
        assert!(email_of(&Entry::new(&says, false).unwrap()));
        let empty = stated(&[("has_email", Value::Boolean(true)), ("email", text(""))]);
        assert!(!email_of(&Entry::new(&empty, false).unwrap()));
        let given = Entry::new(&stated(&[("email", text("x@example.org"))]), false).unwrap();
        assert!(email_of(&given) && given.contact == ContactText::default());
        assert_eq!(given.filled, 0b10, "what was there still counts");
    }

    #[test]
    fn a_change_leaves_alone_what_it_does_not_name() {
        let first = stated(&[
            ("email", text("x@example.org")),
            ("consent_safety", Value::Boolean(true)),
            ("country", text("SE")),
        ]);
        let entry = Entry::new(&first, true).unwrap();
        let change = Record::of_serial("A1").with("consent_safety", Value::Boolean(false));
        let changed = entry.clone().changed(&change, true).unwrap();
        let decided = changed.permissions.decide(Purpose::Safety, Channel::Email);
        assert_eq!(decided, Permit::Refused);
        assert_eq!(
            (changed.country.as_deref(), changed.contact),
            (Some("SE"), entry.contact.clone())
        );
        let gone = entry.changed(&Record::of_serial("A1").with("email", text("")), true).unwrap();
        assert!(!email_of(&gone) && gone.contact.email.is_none());
        assert_eq!(gone.filled.count_ones(), 1);
    }

    #[test]
    fn errors_name_the_field_and_never_its_content() {
        for (name, value, expected) in [
            (
                "role",
                text("Jane Doe"),
                "field `role`: it is none of owner, gift_recipient, reseller, other",
            ),
            (
                "valid_from",
                text("Jane Doe"),
                "field `valid_from`: a text value, but the field holds timestamp values",
            ),
            ("key", text(""), "field `key`: it is empty"),
            (
                "shoe_size",
                text("Jane Doe"),
                "a registration has no field `shoe_size`; leave it out",
            ),
            (
                "channels",
                Value::TextList(vec!["Jane Doe".into()]),
                "field `channels`: a channel is none of email, sms, phone, post, push",
            ),
        ] {
            let error = Entry::new(&stated(&[(name, value)]), true).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
        let at = |day: i64| Value::Timestamp(Instant::from_micros(day * 86_400_000_000).unwrap());
        let backwards = stated(&[("valid_from", at(2)), ("valid_to", at(1))]);
        let expected =
            "the registration ends before it begins; look at `valid_from` and `valid_to`";
        assert_eq!(Entry::new(&backwards, true).unwrap_err().to_string(), expected);
        let begun = Entry::new(&stated(&[("valid_from", at(2))]), true).unwrap();
        let ended = Record::without_serial().with("valid_to", at(1));
        assert_eq!(begun.changed(&ended, true).unwrap_err().to_string(), expected);
        let nobody = Entry::new(&Record::of_serial("A1"), true).unwrap_err();
        assert_eq!(nobody.to_string(), "a registration needs an owner; give the field `owner`");
        let nothing = Entry::new(&Record::without_serial(), true).unwrap_err();
        assert_eq!(nothing.to_string(), "a registration needs a serial");
    }
}
