//! What the columns of a buffer come to: usable channels, consents, completeness.

use rayon::prelude::*;

use super::layout::{Layout, channel};
use crate::index::ingest::block::usize_of;
use crate::index::ingest::buffer::{Buffer, BufferColumn};
use crate::index::ingest::seal::bits;
use crate::registry::{Channel, Consent, Permissions, Purpose, RegistrationField as Field};

/// Reads the permissions and the filled fields of the rows of a buffer.
pub(super) struct Permits<'b> {
    stated: Vec<Truths<'b>>,
    listed: Option<Lists<'b>>,
    contacts: Vec<Option<Filled<'b>>>,
    purposes: Vec<Truths<'b>>,
    by_channel: Vec<Truths<'b>>,
    counted: Vec<Option<Filled<'b>>>,
}

/// A column of truth values; one that is not there is missing for all.
struct Truths<'b>(Option<(&'b [i64], Vec<u64>)>);

impl Truths<'_> {
    fn at(&self, row: usize) -> Option<bool> {
        let (values, missing) = self.0.as_ref()?;
        let gone = missing.get(row / 64).is_some_and(|it| it >> (row % 64) & 1 == 1);
        values.get(row).filter(|_| !gone).map(|it| *it != 0)
    }
}

/// A column of texts, of which only matters where there is one.
struct Filled<'b> {
    codes: &'b [u32],
    /// Whether each text is one at all.
    filled: Vec<bool>,
}

impl Filled<'_> {
    fn at(&self, row: usize) -> bool {
        let code = self.codes.get(row);
        code.and_then(|it| self.filled.get(usize_of(*it))).copied().unwrap_or(false)
    }
}

/// A column of lists of channels.
struct Lists<'b> {
    ends: &'b [u32],
    codes: &'b [u32],
    missing: Vec<u64>,
    channels: Vec<Option<Channel>>,
}

impl Lists<'_> {
    fn has(&self, row: usize, channel: Channel) -> Option<bool> {
        if self.missing.get(row / 64).is_some_and(|it| it >> (row % 64) & 1 == 1) {
            return None;
        }
        let start =
            row.checked_sub(1).and_then(|at| self.ends.get(at)).map_or(0, |it| usize_of(*it));
        let list = self.codes.get(start..usize_of(*self.ends.get(row)?))?;
        let named = |code: &u32| self.channels.get(usize_of(*code)).copied().flatten();
        Some(list.iter().filter_map(named).any(|it| it == channel))
    }
}

impl<'b> Permits<'b> {
    pub(super) fn new(buffer: &'b Buffer, layout: &Layout) -> Self {
        let column = |field: Field| layout.place(field).and_then(|at| buffer.columns.get(at));
        let truths = |field: Field| match column(field) {
            Some(BufferColumn::Numbers { values, missing }) => {
                Truths(Some((values, bits(missing.iter().map(|it| (*it, ())), values.len()))))
            }
            _ => Truths(None),
        };
        let filled = |field: Field| match column(field) {
            Some(BufferColumn::Texts { texts, codes }) => Some(Filled {
                codes,
                filled: texts.texts().iter().map(|it| !it.is_empty()).collect(),
            }),
            _ => None,
        };
        let listed = match column(Field::Channels) {
            Some(BufferColumn::Lists { texts, ends, codes, missing }) => Some(Lists {
                ends,
                codes,
                missing: bits(missing.iter().map(|it| (*it, ())), ends.len()),
                channels: texts.texts().iter().map(|it| channel(it)).collect(),
            }),
            _ => None,
        };
        Permits {
            stated: Channel::ALL.map(|it| truths(Field::HasChannel(it))).into(),
            listed,
            contacts: Channel::ALL.map(|it| Field::contact_of(it).and_then(filled)).into(),
            purposes: Purpose::ALL.map(|it| truths(Field::Consent(it))).into(),
            by_channel: Channel::ALL.map(|it| truths(Field::ChannelConsent(it))).into(),
            counted: Field::COUNTED.map(filled).into(),
        }
    }

    /// The bits of the permissions, and a bit for each filled field, of each of `rows`.
    pub(super) fn read(&self, rows: &[u32]) -> (Vec<i64>, Vec<i64>) {
        let of = |row: &u32| {
            let row = usize_of(*row);
            (self.permissions(row).to_bits(), self.filled(row))
        };
        rows.par_iter().with_min_len(1 << 12).map(of).unzip()
    }

    fn permissions(&self, row: usize) -> Permissions {
        let mut permissions = Permissions::default();
        let sources = self.stated.iter().zip(&self.contacts).zip(&self.by_channel);
        for (channel, ((stated, contact), consent)) in Channel::ALL.into_iter().zip(sources) {
            let listed = || self.listed.as_ref().and_then(|it| it.has(row, channel));
            let stated = stated.at(row).or_else(listed);
            let contact = contact.as_ref().map(|it| it.at(row));
            if stated.or(contact).unwrap_or(false) && contact.unwrap_or(true) {
                permissions = permissions.with_channel(channel);
            }
            let consent = Consent::of(consent.at(row));
            permissions = permissions.with_channel_consent(channel, consent);
        }
        for (purpose, consent) in Purpose::ALL.into_iter().zip(&self.purposes) {
            permissions = permissions.with_consent(purpose, Consent::of(consent.at(row)));
        }
        permissions
    }

    fn filled(&self, row: usize) -> i64 {
        let bits = self.counted.iter().enumerate();
        bits.fold(0, |bits, (at, column)| {
            bits | i64::from(column.as_ref().is_some_and(|it| it.at(row))) << at
        })
    }
}
