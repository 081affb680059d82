//! The handle of an index.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use super::files::{Draft, remove_orphans};
use super::ingest::{
    self, FamilyChangeOptions, FamilyChangeReport, LoadOptions, LoadReport, RegistrationOptions,
    RegistrationReport, Registrations, Units,
};
use super::manifest::Manifest;
use super::snapshot::Snapshot;
use super::verify::{Verification, verify};
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Directory, DiskDirectory};
use crate::schema::Schema;
use crate::serial::Families;

/// A folder of units, ready to be asked.
///
/// Any number of processes may have an index open; one at a time may load into it. An open index
/// answers from its [`snapshot`](Index::snapshot); [`refresh`](Index::refresh) takes a newer one.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Column, ColumnType, Index, LoadOptions, Record, Schema, Units, Value};
///
/// let schema = Schema::new(vec![Column::new("facility", ColumnType::Text)?])?;
/// let index = Index::create_in(MemoryDirectory::new(), schema)?;
/// let units = (1..=9).map(|n| {
///     Record::of_serial(format!("A{n:03}")).with("facility", Value::Text("Leipzig".into()))
/// });
/// let report = index.load_units(Units::records(units), LoadOptions::default())?;
/// assert_eq!(report.loaded, 9);
///
/// let scope = "serial BETWEEN 'A002' AND 'A004' AND facility = 'Leipzig'".parse()?;
/// assert_eq!(index.snapshot().select(&scope)?.affected.len(), 3);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Debug)]
pub struct Index {
    directory: Arc<dyn Directory>,
    snapshot: RwLock<Snapshot>,
}

impl Index {
    /// Makes an empty index in a folder, which is made where it is not there.
    ///
    /// A schema without columns takes its columns from the first load; without serial families,
    /// they are inferred.
    ///
    /// # Errors
    ///
    /// `conflict` when the folder holds an index already; `io`.
    pub fn create(path: impl AsRef<Path>, schema: Schema) -> Result<Self> {
        Index::create_in(DiskDirectory::create(path)?, schema)
    }

    /// Makes an empty index in a directory of any kind.
    ///
    /// # Errors
    ///
    /// `conflict` when the directory holds an index already; `io`.
    pub fn create_in(directory: impl Directory + 'static, schema: Schema) -> Result<Self> {
        let directory: Arc<dyn Directory> = Arc::new(directory);
        let lock = directory.lock()?;
        if Manifest::newest(&*directory)?.is_some() {
            return Err(Error::conflict("the folder holds an index already; open it"));
        }
        remove_orphans(&*directory)?;
        let manifest = Manifest::first(schema);
        manifest.publish(&*directory)?;
        drop(lock);
        let snapshot = RwLock::new(Snapshot::open(&*directory, manifest, None)?);
        Ok(Index { directory, snapshot })
    }

    /// Opens the index in a folder, at its newest version. Reads headers only: the time does not
    /// grow with the units.
    ///
    /// # Errors
    ///
    /// `not_found` when the folder holds no index; `corrupt` when its newest manifest, or the frame
    /// of a file it names, is damaged; `unsupported` when a newer release wrote it; `io`.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Index::open_in(DiskDirectory::open(path)?)
    }

    /// Opens the index in a directory of any kind, at its newest version.
    ///
    /// # Errors
    ///
    /// As [`Index::open`].
    pub fn open_in(directory: impl Directory + 'static) -> Result<Self> {
        let directory: Arc<dyn Directory> = Arc::new(directory);
        let snapshot = RwLock::new(newest(&*directory, None)?);
        Ok(Index { directory, snapshot })
    }

    /// The view that this handle took last.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the newest version, whoever committed it; says whether it is another one.
    ///
    /// # Errors
    ///
    /// As [`Index::open`].
    pub fn refresh(&self) -> Result<bool> {
        let before = self.snapshot();
        let after = newest(&*self.directory, Some(&before))?;
        let changed = after.version() != before.version();
        if changed {
            self.show(after);
        }
        Ok(changed)
    }

    /// Adds units. All of them are in the index when it returns, or none is.
    ///
    /// # Errors
    ///
    /// `conflict` when another writer is at work, or a serial is there twice and
    /// [`LoadOptions`] do not say that the latest wins; `invalid_argument` with the file, row and
    /// column for a bad row; `cancelled` when the progress callback says so; `io`.
    pub fn load_units(&self, units: Units<'_>, options: LoadOptions<'_>) -> Result<LoadReport> {
        let lock = self.directory.lock()?;
        remove_orphans(&*self.directory)?;
        let before = newest(&*self.directory, Some(&self.snapshot()))?;
        let draft = Draft::new(Arc::clone(&self.directory));
        let (manifest, report) = ingest::load(draft, &before, units, options)?;
        drop(lock);
        self.show(Snapshot::open(&*self.directory, manifest, Some(&before))?);
        Ok(report)
    }

    /// Adds registrations. All of them are in the index when it returns, or none is. A registration
    /// that comes again replaces the one before it; see [`RegistrationOptions`].
    ///
    /// # Errors
    ///
    /// `conflict` when another writer is at work; `invalid_argument` with the file, row and column
    /// for a bad row, never with what stands there; `cancelled` when the progress callback says so;
    /// `io`.
    pub fn load_registrations(
        &self,
        registrations: Registrations<'_>,
        options: RegistrationOptions<'_>,
    ) -> Result<RegistrationReport> {
        let lock = self.directory.lock()?;
        remove_orphans(&*self.directory)?;
        let before = newest(&*self.directory, Some(&self.snapshot()))?;
        let draft = Draft::new(Arc::clone(&self.directory));
        let (manifest, report) =
            ingest::load_registrations(draft, &before, registrations, options)?;
        drop(lock);
        self.show(Snapshot::open(&*self.directory, manifest, Some(&before))?);
        Ok(report)
    }

    /// Puts other serial families in force, in a next version of the index.
    ///
    /// Serials that other codes stand for are written anew, with their units and registrations;
    /// segments in which no serial changes stay. A serial that fits none of the families any more
    /// is kept as text, and one that fits one now is coded. A snapshot taken before answers as
    /// before. Takes about as long as loading the units that change.
    ///
    /// # Errors
    ///
    /// `conflict` when another writer is at work, or two units would have one serial: the error
    /// says how many, and nothing is changed; `not_found` when registrations change whose contact
    /// text is kept elsewhere; `cancelled` when the progress callback says so; `io`.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{Families, FamilyChangeOptions, Index, LoadOptions, Record, Schema, SerialFamily, Units};
    ///
    /// let family = |layout: &str| Ok::<_, seriatim::Error>(Families::new(vec![SerialFamily::new("laptop", layout)?])?);
    /// let schema = Schema::default().with_families(family("LJ-{n:D4}")?);
    /// let index = Index::create_in(MemoryDirectory::new(), schema)?;
    /// let units = ["LJ-1440", "LJ-9862", "LJ-10403"].map(Record::of_serial);
    /// index.load_units(Units::records(units), LoadOptions::default())?;
    ///
    /// let report = index.change_families(family("LJ-{n:D1..6}")?, FamilyChangeOptions::default())?;
    /// assert_eq!((report.recoded, report.now_coded, report.opaque), (3, 1, 0));
    /// let scope = "serial BETWEEN 'LJ-9862' AND 'LJ-10403'".parse()?;
    /// assert_eq!(index.snapshot().select(&scope)?.affected.len(), 2);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn change_families(
        &self,
        families: Families,
        options: FamilyChangeOptions<'_>,
    ) -> Result<FamilyChangeReport> {
        let lock = self.directory.lock()?;
        remove_orphans(&*self.directory)?;
        let before = newest(&*self.directory, Some(&self.snapshot()))?;
        let draft = Draft::new(Arc::clone(&self.directory));
        let (manifest, report) = ingest::change_families(draft, &before, families, options)?;
        drop(lock);
        self.show(Snapshot::open(&*self.directory, manifest, Some(&before))?);
        Ok(report)
    }

    /// Reads every byte of the newest version and checks it; says which files are damaged, and
    /// where.
    ///
    /// # Errors
    ///
    /// `corrupt` when the newest manifest itself is damaged, so that nothing is known of the rest;
    /// `not_found`; `io`.
    pub fn verify(&self) -> Result<Verification> {
        verify(&*self.directory)
    }

    fn show(&self, snapshot: Snapshot) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }
}

/// Opens the newest version. A writer may remove files between reading a manifest and opening them;
/// then there is a newer manifest to take.
fn newest(directory: &dyn Directory, before: Option<&Snapshot>) -> Result<Snapshot> {
    loop {
        let number = Manifest::newest(directory)?
            .ok_or_else(|| Error::not_found("the folder holds no index; create one"))?;
        if let Some(before) = before.filter(|it| it.version() == number) {
            return Ok(before.clone());
        }
        let opened = Manifest::read(directory, number)
            .and_then(|manifest| Snapshot::open(directory, manifest, before));
        match opened {
            Err(error) if error.kind() == ErrorKind::Corrupt => {
                if Manifest::newest(directory)? == Some(number) {
                    return Err(error);
                }
            }
            opened => return opened,
        }
    }
}
