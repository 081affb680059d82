//! What a load of registrations is told.

use std::fmt;
use std::ops::ControlFlow;

use crate::index::ingest::options::{Limits, Progress, RejectPolicy};
use crate::registry::RegistrationField;

/// How to load registrations: which column fills which field, what to do with bad rows, limits.
///
/// A column whose name is one of [`RegistrationField::names`] fills that field; every other column
/// is mapped or ignored by name, else it is an error. `serial` and `owner` must be there.
///
/// A registration replaces an earlier one, of the index or of the same load, that has the same key;
/// where no column fills the key, one of the same unit and owner.
///
/// A channel is usable when the input says so and the contact it needs is there: the e-mail address
/// for e-mail, the telephone number for phone and text messages, the street for post. Where the
/// input says nothing (`has_email` and the like, or the list `channels`), the contact decides; where
/// no column holds the contact, the input does.
///
/// # Examples
///
/// ```
/// use seriatim::{RegistrationField, RegistrationOptions};
///
/// let options = RegistrationOptions::default()
///     .map("customer_no", RegistrationField::Owner)
///     .ignore("newsletter_source")
///     .without_contact_text();
/// # drop(options);
/// ```
pub struct RegistrationOptions<'a> {
    pub(super) mapped: Vec<(String, RegistrationField)>,
    pub(super) ignored: Vec<String>,
    pub(super) namespace: Option<String>,
    pub(super) keeps_contact_text: bool,
    pub(super) rejects: RejectPolicy,
    pub(super) limits: Limits<'a>,
}

impl Default for RegistrationOptions<'_> {
    /// Columns taken by name, contact text kept, every bad row an error, segments of 16 Mi rows,
    /// about 1 GiB of memory, the shared threads.
    fn default() -> Self {
        RegistrationOptions {
            mapped: Vec::new(),
            ignored: Vec::new(),
            namespace: None,
            keeps_contact_text: true,
            rejects: RejectPolicy::default(),
            limits: Limits::default(),
        }
    }
}

impl<'a> RegistrationOptions<'a> {
    /// The input column `column` fills `field`.
    #[must_use]
    pub fn map(mut self, column: impl Into<String>, field: RegistrationField) -> Self {
        self.mapped.push((column.into(), field));
        self
    }

    /// Leaves an input column out.
    #[must_use]
    pub fn ignore(mut self, column: impl Into<String>) -> Self {
        self.ignored.push(column.into());
        self
    }

    /// One namespace for all registrations of the load. Without it and without a column for it, a
    /// registration belongs to the only namespace that has its serial.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Drops names and contacts once they have told which channels are usable and how complete a
    /// registration is: the index then holds owner tokens, consents and channels only.
    #[must_use]
    pub fn without_contact_text(mut self) -> Self {
        self.keeps_contact_text = false;
        self
    }

    /// What to do with a row that cannot be read.
    #[must_use]
    pub fn rejects(mut self, policy: RejectPolicy) -> Self {
        self.rejects = policy;
        self
    }

    /// Rows a segment may have, from 1 to 2^32; 16 Mi unless said otherwise.
    #[must_use]
    pub fn segment_rows_max(mut self, rows: u64) -> Self {
        self.limits.segment_rows_max = rows;
        self
    }

    /// Bytes of rows to hold before a segment is written, about; 1 GiB unless said otherwise. The
    /// load needs up to as much again while it writes one.
    #[must_use]
    pub fn memory_bytes_max(mut self, bytes: usize) -> Self {
        self.limits.memory_bytes_max = bytes;
        self
    }

    /// How many threads to use; those that all calls share unless said otherwise.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.limits.threads = Some(threads);
        self
    }

    /// Calls back on the calling thread every few hundred thousand rows, some times a second while
    /// others read or write, and once more before the load is published; breaking cancels the load,
    /// which leaves the index as it was.
    #[must_use]
    pub fn on_progress(mut self, call: impl FnMut(Progress) -> ControlFlow<()> + 'a) -> Self {
        self.limits.on_progress = Some(Box::new(call));
        self
    }
}

impl fmt::Debug for RegistrationOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistrationOptions")
            .field("mapped", &self.mapped)
            .field("ignored", &self.ignored)
            .field("keeps_contact_text", &self.keeps_contact_text)
            .field("rejects", &self.rejects)
            .finish_non_exhaustive()
    }
}
