//! What a load is told.

use std::fmt;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::index::ingest::merge::Size;
use crate::limits::SEGMENT_ROWS_MAX;
use crate::pool;

/// What to do with a serial that is there already, or comes twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DuplicatePolicy {
    /// The load fails and says how many there are, with examples.
    #[default]
    Refuse,
    /// The unit that comes last replaces the one before it, as a whole: what it does not say is
    /// missing.
    LatestWins,
    /// The load corrects units that are there: its values replace theirs, and what is missing in it
    /// stays as it was. To make a value missing, load the whole unit with
    /// [`LatestWins`](DuplicatePolicy::LatestWins). The load fails when the index lacks one of its
    /// serials, or one comes twice.
    Amend,
}

/// What to do with a row that cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RejectPolicy {
    /// The load fails and names the file, the row and the column.
    #[default]
    Refuse,
    /// The row is left out, counted, and written to this CSV file with the reason. The file must
    /// not be there yet; it is made when the first row is rejected.
    #[cfg(feature = "files")]
    CollectIn(PathBuf),
}

/// How far a load has come.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Rows read so far.
    pub rows: u64,
    /// Rows there are to read, where the input says so beforehand.
    pub rows_total: Option<u64>,
}

pub(super) type OnProgress<'a> = Box<dyn FnMut(Progress) -> ControlFlow<()> + 'a>;

/// What every load is told.
pub(super) struct Limits<'a> {
    pub(super) segment_rows_max: u64,
    pub(super) memory_bytes_max: usize,
    pub(super) threads: Option<usize>,
    pub(super) on_progress: Option<OnProgress<'a>>,
}

impl Default for Limits<'_> {
    fn default() -> Self {
        Limits {
            segment_rows_max: 1 << 24,
            memory_bytes_max: 1 << 30,
            threads: None,
            on_progress: None,
        }
    }
}

impl Limits<'_> {
    pub(super) fn check(&self) -> Result<()> {
        if (1..=SEGMENT_ROWS_MAX).contains(&self.segment_rows_max) {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "segment_rows_max is {}, but a segment has 1 to 2^32 rows",
            self.segment_rows_max
        )))
    }

    /// How large segments may be.
    pub(super) fn size(&self) -> Size {
        let bytes_max = u64::try_from(self.memory_bytes_max).unwrap_or(u64::MAX);
        Size { rows_max: self.segment_rows_max, bytes_max }
    }

    /// The threads to use.
    pub(super) fn pool(&self) -> Result<Arc<rayon::ThreadPool>> {
        match self.threads {
            Some(threads) => pool::of_threads(threads).map(Arc::new),
            None => pool::shared(),
        }
    }
}

/// How to load: names of columns, what to do with duplicates and bad rows, limits.
///
/// # Examples
///
/// ```
/// use seriatim::{DuplicatePolicy, LoadOptions};
///
/// let options = LoadOptions::default()
///     .serial_column("SerialNo")
///     .rename("ProdDate", "made_at")
///     .duplicates(DuplicatePolicy::LatestWins);
/// # drop(options);
/// ```
pub struct LoadOptions<'a> {
    pub(super) serial_column: String,
    pub(super) namespace_column: Option<String>,
    pub(super) namespace: Option<String>,
    pub(super) renames: Vec<(String, String)>,
    pub(super) ignored: Vec<String>,
    pub(super) duplicates: DuplicatePolicy,
    pub(super) rejects: RejectPolicy,
    pub(super) infer_families: bool,
    pub(super) limits: Limits<'a>,
}

impl Default for LoadOptions<'_> {
    /// The column `serial`, no renames, every doubt an error, families inferred where none are
    /// declared, segments of 16 Mi rows, about 1 GiB of memory, the shared threads.
    fn default() -> Self {
        LoadOptions {
            serial_column: "serial".into(),
            namespace_column: None,
            namespace: None,
            renames: Vec::new(),
            ignored: Vec::new(),
            duplicates: DuplicatePolicy::default(),
            rejects: RejectPolicy::default(),
            infer_families: true,
            limits: Limits::default(),
        }
    }
}

impl<'a> LoadOptions<'a> {
    /// The input column that holds the serial; `serial` unless said otherwise.
    #[must_use]
    pub fn serial_column(mut self, name: impl Into<String>) -> Self {
        self.serial_column = name.into();
        self
    }

    /// The input column that holds what the serial is unique within, such as the GTIN. Unless said
    /// otherwise, the column `namespace` where there is one.
    #[must_use]
    pub fn namespace_column(mut self, name: impl Into<String>) -> Self {
        self.namespace_column = Some(name.into());
        self
    }

    /// One namespace for all units of the load.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// The input column `from` fills the index's column `to`.
    #[must_use]
    pub fn rename(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.renames.push((from.into(), to.into()));
        self
    }

    /// Leaves an input column out. A column that the schema does not know is otherwise an error.
    #[must_use]
    pub fn ignore(mut self, name: impl Into<String>) -> Self {
        self.ignored.push(name.into());
        self
    }

    /// What to do with a serial that is there already, or comes twice.
    #[must_use]
    pub fn duplicates(mut self, policy: DuplicatePolicy) -> Self {
        self.duplicates = policy;
        self
    }

    /// What to do with a row that cannot be read.
    #[must_use]
    pub fn rejects(mut self, policy: RejectPolicy) -> Self {
        self.rejects = policy;
        self
    }

    /// Leaves serials that fit no declared family opaque, instead of inferring families for them.
    #[must_use]
    pub fn declared_families_only(mut self) -> Self {
        self.infer_families = false;
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

    pub(super) fn check(&self) -> Result<()> {
        self.limits.check()?;
        if self.namespace.is_some() && self.namespace_column.is_some() {
            return Err(Error::invalid(
                "both one namespace and a namespace column are given; choose one",
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for LoadOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadOptions")
            .field("serial_column", &self.serial_column)
            .field("duplicates", &self.duplicates)
            .field("rejects", &self.rejects)
            .finish_non_exhaustive()
    }
}
