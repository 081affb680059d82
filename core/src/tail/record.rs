//! One record of the log: a registration, without its contact text.

use crate::bytes::{Cursor, Hash, PutBytes};
use crate::calendar::Instant;
use crate::error::{Error, Result};
use crate::registry::{Entry, Permissions, RegistrationField, Role};

/// What a record begins with; other forms are for later releases.
const FORM: u8 = 1;
const REQUEST: u16 = 1;
const KEY: u16 = 1 << 1;
const NAMESPACE: u16 = 1 << 2;
const LANGUAGE: u16 = 1 << 3;
const COUNTRY: u16 = 1 << 4;
const VALID_FROM: u16 = 1 << 5;
const VALID_TO: u16 = 1 << 6;
const RECORDED_AT: u16 = 1 << 7;
const CONTACT: u16 = 1 << 8;
const KNOWN: u16 = (CONTACT << 1) - 1;

/// Where the contact text of a registration stands, and what proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ContactPlace {
    /// The number of the file.
    pub(crate) file: u64,
    pub(crate) start: u64,
    pub(crate) length: u32,
    /// The hash of the text and of the salt that stands before it.
    pub(crate) commitment: Hash,
}

/// A registration as it stands in the log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct TailRecord<'a> {
    /// What the host calls the request that it came with.
    pub(crate) request: Option<&'a str>,
    pub(crate) key: Option<&'a str>,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) serial: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) language: Option<&'a str>,
    pub(crate) country: Option<&'a str>,
    pub(crate) role: Role,
    pub(crate) filled: u8,
    pub(crate) permissions: Permissions,
    pub(crate) valid_from: Option<Instant>,
    pub(crate) valid_to: Option<Instant>,
    pub(crate) recorded_at: Option<Instant>,
    pub(crate) contact: Option<ContactPlace>,
}

/// Names no owner.
impl std::fmt::Debug for TailRecord<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TailRecord").field("serial", &self.serial).finish_non_exhaustive()
    }
}

impl<'a> TailRecord<'a> {
    /// The record of a registration whose contact text, if any, stands at `contact`.
    pub(crate) fn of(
        entry: &'a Entry,
        request: Option<&'a str>,
        contact: Option<ContactPlace>,
    ) -> Self {
        TailRecord {
            request,
            key: entry.key.as_deref(),
            namespace: entry.namespace.as_deref(),
            serial: &entry.serial,
            owner: &entry.owner,
            language: entry.language.as_deref(),
            country: entry.country.as_deref(),
            role: entry.role,
            filled: entry.filled,
            permissions: entry.permissions,
            valid_from: entry.valid_from,
            valid_to: entry.valid_to,
            recorded_at: entry.recorded_at,
            contact,
        }
    }

    /// The registration, without its contact text.
    pub(crate) fn entry(&self) -> Entry {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Entry {
            serial: self.serial.to_owned(),
            namespace: owned(self.namespace),
            key: owned(self.key),
            owner: self.owner.to_owned(),
            role: self.role,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            recorded_at: self.recorded_at,
            permissions: self.permissions,
            filled: self.filled,
            language: owned(self.language),
            country: owned(self.country),
            ..Entry::default()
        }
    }

    /// The text of a field that is kept as one.
    pub(crate) fn text(&self, field: RegistrationField) -> Option<&'a str> {
        match field {
            RegistrationField::Key => self.key,
            RegistrationField::Owner => Some(self.owner),
            RegistrationField::Language => self.language,
            RegistrationField::Country => self.country,
            _ => None,
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let texts = [
            (REQUEST, self.request),
            (KEY, self.key),
            (NAMESPACE, self.namespace),
            (LANGUAGE, self.language),
            (COUNTRY, self.country),
        ];
        let instants = [
            (VALID_FROM, self.valid_from),
            (VALID_TO, self.valid_to),
            (RECORDED_AT, self.recorded_at),
        ];
        let mut there = if self.contact.is_some() { CONTACT } else { 0 };
        there |= texts.iter().filter(|it| it.1.is_some()).fold(0, |all, it| all | it.0);
        there |= instants.iter().filter(|it| it.1.is_some()).fold(0, |all, it| all | it.0);
        let mut out = vec![FORM];
        out.put_u16(there);
        out.push(u8::try_from(self.role.number()).unwrap_or(u8::MAX));
        out.push(self.filled);
        out.put_u32(u32::try_from(self.permissions.to_bits()).unwrap_or(u32::MAX));
        let always = [self.serial, self.owner].into_iter();
        for text in always.chain(texts.iter().filter_map(|it| it.1)) {
            out.put_varint(text.len() as u64);
            out.extend_from_slice(text.as_bytes());
        }
        for instant in instants.iter().filter_map(|it| it.1) {
            out.put_i64(instant.micros());
        }
        if let Some(contact) = self.contact {
            out.put_varint(contact.file);
            out.put_varint(contact.start);
            out.put_varint(u64::from(contact.length));
            out.extend_from_slice(&contact.commitment.0);
        }
        out
    }

    /// Reads a record.
    ///
    /// # Errors
    ///
    /// `unsupported` for a form of a later release; `corrupt`.
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self> {
        let mut cursor = Cursor::new("a record of the log", bytes);
        let form = cursor.u8()?;
        if form != FORM {
            return Err(Error::unsupported(format!(
                "a record of form {form} in the log, but this release reads {FORM}"
            )));
        }
        let there = cursor.u16()?;
        if there & !KNOWN != 0 {
            return Err(cursor.corrupt("it has parts that there are not"));
        }
        let role = Role::from_number(i64::from(cursor.u8()?));
        let role = role.ok_or_else(|| cursor.corrupt("there is no such role"))?;
        let filled = cursor.u8()?;
        let permissions = Permissions::from_bits(i64::from(cursor.u32()?));
        let permissions = permissions.ok_or_else(|| cursor.corrupt("no such permissions"))?;
        let (serial, owner) = (text(&mut cursor)?, text(&mut cursor)?);
        let mut part = |bit: u16| -> Result<Option<&'a str>> {
            if there & bit == 0 { Ok(None) } else { text(&mut cursor).map(Some) }
        };
        let (request, key, namespace) = (part(REQUEST)?, part(KEY)?, part(NAMESPACE)?);
        let (language, country) = (part(LANGUAGE)?, part(COUNTRY)?);
        let mut instant = |bit: u16| -> Result<Option<Instant>> {
            if there & bit == 0 {
                return Ok(None);
            }
            Instant::from_micros(cursor.i64()?).map(Some).map_err(|_| cursor.corrupt("no instant"))
        };
        let (valid_from, valid_to) = (instant(VALID_FROM)?, instant(VALID_TO)?);
        let recorded_at = instant(RECORDED_AT)?;
        let contact = if there & CONTACT == 0 { None } else { Some(place(&mut cursor)?) };
        cursor.finish()?;
        Ok(TailRecord {
            request,
            key,
            namespace,
            serial,
            owner,
            language,
            country,
            role,
            filled,
            permissions,
            valid_from,
            valid_to,
            recorded_at,
            contact,
        })
    }
}

fn text<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str> {
    let length = cursor.varint()?;
    let length = cursor.count(length, 1)?;
    let bytes = cursor.slice(length)?;
    std::str::from_utf8(bytes).map_err(|_| cursor.corrupt("a text is not UTF-8"))
}

fn place(cursor: &mut Cursor<'_>) -> Result<ContactPlace> {
    let (file, start, length) = (cursor.varint()?, cursor.varint()?, cursor.varint()?);
    let length = u32::try_from(length).map_err(|_| cursor.corrupt("a contact is too long"))?;
    Ok(ContactPlace { file, start, length, commitment: Hash(cursor.take()?) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn optional_text() -> impl Strategy<Value = Option<String>> {
        proptest::option::of("[a-zåß]{0,12}")
    }

    fn optional_instant() -> impl Strategy<Value = Option<Instant>> {
        let micros = 0..4_000_000_000_000_000_i64;
        proptest::option::of(micros.prop_map(|it| Instant::from_micros(it).unwrap()))
    }

    prop_compose! {
        fn entries()(
            (serial, owner) in ("[A-Z0-9]{1,20}", "[a-z0-9-]{1,40}"),
            (key, namespace) in (optional_text(), optional_text()),
            (language, country) in (optional_text(), optional_text()),
            (valid_from, valid_to) in (optional_instant(), optional_instant()),
            recorded_at in optional_instant(),
            (role, channels, filled) in (0..4_i64, 0..32_i64, any::<u8>()),
        ) -> Entry {
            Entry {
                serial, namespace, key, owner, valid_from, valid_to, recorded_at, filled, language,
                country,
                role: Role::from_number(role).unwrap(),
                permissions: Permissions::from_bits(channels).unwrap(),
                ..Entry::default()
            }
        }
    }

    proptest! {
        #[test]
        fn a_record_is_read_as_it_was_written(
            entry in entries(),
            request in optional_text(),
            contact in proptest::option::of((any::<u64>(), any::<u64>(), any::<u32>(), any::<[u8; 32]>())),
        ) {
            let contact = contact.map(|(file, start, length, hash)| {
                ContactPlace { file, start, length, commitment: Hash(hash) }
            });
            let record = TailRecord::of(&entry, request.as_deref(), contact);
            let bytes = record.encode();
            let read = TailRecord::decode(&bytes).unwrap();
            prop_assert!(read == record);
            prop_assert_eq!(read.entry(), entry);
            for cut in 0..bytes.len() {
                prop_assert!(TailRecord::decode(&bytes[..cut]).is_err());
            }
        }

        #[test]
        fn no_bytes_are_read_as_something_else(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(read) = TailRecord::decode(&bytes) {
                prop_assert_eq!(read.encode(), bytes);
            }
        }
    }

    #[test]
    fn a_later_form_is_told_from_damage() {
        let error = TailRecord::decode(&[2, 0, 0]).unwrap_err();
        assert_eq!(error.to_string(), "a record of form 2 in the log, but this release reads 1");
    }
}
