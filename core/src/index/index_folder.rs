//! The handle of an index.

use std::path::Path;
use std::sync::Arc;

use super::files::{PruneReport, remove_orphans};
use super::handle::{Handle, Writing};
use super::ingest::{
    self, CompactOptions, CompactReport, FamilyChangeOptions, FamilyChangeReport, FoldReport,
    LoadOptions, LoadReport, RegistrationOptions, RegistrationReport, Registrations, RetireOptions,
    RetireReport, Units,
};
use super::manifest::Manifest;
use super::registrar::{Registrar, RegistrarOptions};
use super::snapshot::Snapshot;
use super::verify::{Verification, verify};
use crate::error::{Error, Result};
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
    handle: Arc<Handle>,
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
        Ok(Index { handle: Arc::new(Handle::open(directory)?) })
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
        Ok(Index { handle: Arc::new(Handle::open(Arc::new(directory))?) })
    }

    /// The view that this handle took last.
    pub fn snapshot(&self) -> Snapshot {
        self.handle.snapshot()
    }

    /// Takes the newest version, whoever committed it, and what was registered since; says whether
    /// there is anything new.
    ///
    /// # Errors
    ///
    /// As [`Index::open`].
    pub fn refresh(&self) -> Result<bool> {
        let before = self.snapshot();
        Ok(!self.handle.newest()?.is(&before))
    }

    /// Adds units, or corrects units that are there: see [`DuplicatePolicy`](crate::DuplicatePolicy).
    /// All of them are in the index when it returns, or none is.
    ///
    /// # Errors
    ///
    /// `conflict` when another writer is at work, or a serial is there twice and
    /// [`LoadOptions`] do not say that the latest wins; `invalid_argument` with the file, row and
    /// column for a bad row; `not_found` when units to be corrected are not there; `cancelled` when
    /// the progress callback says so; `io`.
    pub fn load_units(&self, units: Units<'_>, options: LoadOptions<'_>) -> Result<LoadReport> {
        let writing = self.writing()?;
        let _alone = writing.alone()?;
        let report = ingest::load(writing.draft(), &writing.newest()?, units, options)?.1;
        writing.newest()?;
        Ok(report)
    }

    /// Takes units out of the index: scrapped ones, or ones that were never made. Other columns than
    /// those of the serial and its namespace are not read. A snapshot taken before has them still,
    /// and their registrations stay, to wait for units of these serials.
    ///
    /// All units are retired when it returns, or none is. Serials that no unit has are counted.
    ///
    /// # Errors
    ///
    /// `conflict` when another writer is at work; `invalid_argument` with the file and row for a
    /// serial that is missing or invalid; `cancelled` when the progress callback says so; `io`.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{Index, LoadOptions, Record, RetireOptions, Schema, Units};
    ///
    /// let index = Index::create_in(MemoryDirectory::new(), Schema::default())?;
    /// let made = ["A001", "A002", "A003"].map(Record::of_serial);
    /// index.load_units(Units::records(made), LoadOptions::default())?;
    ///
    /// let scrapped = Units::records(["A002", "A009"].map(Record::of_serial));
    /// let report = index.retire_units(scrapped, RetireOptions::default())?;
    /// assert_eq!((report.retired, report.unknown), (1, 1));
    /// assert_eq!(index.snapshot().units(), 2);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn retire_units(
        &self,
        units: Units<'_>,
        options: RetireOptions<'_>,
    ) -> Result<RetireReport> {
        let writing = self.writing()?;
        let _alone = writing.alone()?;
        let report = ingest::retire(writing.draft(), &writing.newest()?, units, options)?;
        writing.newest()?;
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
        let writing = self.writing()?;
        let _alone = writing.alone()?;
        // What came before the load must be replaced by it, not replace it.
        writing.fold()?;
        let before = writing.newest()?;
        let report =
            ingest::load_registrations(writing.draft(), &before, registrations, options)?.1;
        writing.newest()?;
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
        let writing = self.writing()?;
        let _alone = writing.alone()?;
        let before = writing.newest()?;
        let report = ingest::change_families(writing.draft(), &before, families, options)?.1;
        writing.newest()?;
        Ok(report)
    }

    /// Becomes the one writer, to take registrations one by one: see [`Registrar`].
    ///
    /// # Errors
    ///
    /// `conflict` when another process writes, or a registrar of this index is open; `corrupt`, with
    /// nothing changed, when what was registered is damaged; `io`.
    pub fn registrar(&self, options: &RegistrarOptions) -> Result<Registrar> {
        Registrar::open(self, options)
    }

    /// Moves what was registered one by one into a segment, which answers faster and takes less
    /// room, in a next version of the index. Registrars go on meanwhile. Answers stay the same.
    ///
    /// About a million registrations are a good time for it: they are read anew by each process that
    /// opens the index. The log keeps what an earlier version needs
    /// of it, until that is [pruned](Index::prune).
    ///
    /// # Errors
    ///
    /// `conflict` when another writer is at work; `not_found` when the names and contacts of what
    /// was registered are kept elsewhere; `corrupt`; `io`.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{Index, Record, RegistrarOptions, Schema, Value};
    ///
    /// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
    /// let registrar = index.registrar(&RegistrarOptions::new([7; 32]))?; // 32 random bytes
    /// let owner = Value::Text("o-1".into());
    /// registrar.register(&Record::of_serial("A003").with("owner", owner.clone()))?;
    /// registrar.register(&Record::of_serial("A003").with("owner", owner))?;
    ///
    /// let report = index.fold()?;
    /// assert_eq!((report.records, report.registrations), (2, 1));
    /// assert_eq!(index.snapshot().registrations()?, 1);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn fold(&self) -> Result<FoldReport> {
        let writing = self.writing()?;
        let _alone = writing.alone()?;
        writing.fold()
    }

    /// Makes few segments of many, in a next version of the index: those that are small, that have
    /// many retired rows, or many serials between those of others, are written again together in the
    /// order of their serials. Every answer stays the same; a snapshot taken before answers as
    /// before. Without such segments nothing is committed.
    ///
    /// Needs room on the disk for what it writes, about as much as the segments that it replaces,
    /// whose files stay until no version that is kept names them: see [`prune`](Index::prune). An open
    /// view keeps its files, whatever is removed.
    ///
    /// # Errors
    ///
    /// `conflict` when another writer is at work; `cancelled` when the progress callback says so;
    /// `corrupt`; `io`.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{CompactOptions, Index, LoadOptions, Record, Schema, Units};
    ///
    /// let index = Index::create_in(MemoryDirectory::new(), Schema::default())?;
    /// for serials in [["A001", "A003"], ["A002", "A004"]] {
    ///     index.load_units(Units::records(serials.map(Record::of_serial)), LoadOptions::default())?;
    /// }
    /// let report = index.compact(CompactOptions::default())?;
    /// assert_eq!((report.unit_segments, report.units), ((2, 1), 4));
    /// assert_eq!(index.snapshot().units(), 4);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn compact(&self, mut options: CompactOptions<'_>) -> Result<CompactReport> {
        let writing = self.writing()?;
        let _alone = writing.alone()?;
        let before = writing.newest()?;
        let report = match ingest::compact(writing.draft(), &before, &mut options)? {
            Some((_, report)) => report,
            None => CompactReport::unchanged(before.manifest()),
        };
        writing.newest()?;
        Ok(report)
    }

    /// The versions that can be opened, ascending: those that were not [pruned](Index::prune).
    ///
    /// # Errors
    ///
    /// `io`.
    pub fn versions(&self) -> Result<Vec<u64>> {
        Manifest::numbers(&**self.handle.directory())
    }

    /// The view of an earlier version: its units, and the registrations that were in segments then.
    /// Of registrations that came one by one it shows those that a snapshot then
    /// [recorded](Snapshot::recorded), if that is given; else those that were known to be lasting as
    /// the version was published.
    ///
    /// A selection knows [its snapshot](crate::UnitSet::snapshot): its version and what it recorded
    /// bring the same answers back, whatever came since.
    ///
    /// # Errors
    ///
    /// `not_found` when the version is not kept, or not so many registrations came by then;
    /// `corrupt`; `io`.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{Index, LoadOptions, Record, Schema, Units};
    ///
    /// let index = Index::create_in(MemoryDirectory::new(), Schema::default())?;
    /// for serial in ["A001", "A002", "A003"] {
    ///     index.load_units(Units::records([Record::of_serial(serial)]), LoadOptions::default())?;
    /// }
    /// assert_eq!(index.versions()?, [1, 2, 3, 4]);
    /// assert_eq!(index.snapshot_at(3, None)?.units(), 2);
    ///
    /// index.prune(2)?;
    /// assert_eq!(index.versions()?, [3, 4]);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn snapshot_at(&self, version: u64, recorded: Option<u64>) -> Result<Snapshot> {
        self.handle.at(version, recorded)
    }

    /// Removes all versions but the newest so many, and the files that only they need. Views that are
    /// open keep theirs, but for names and contacts of what was registered one by one.
    ///
    /// # Errors
    ///
    /// `invalid_argument` for none; `conflict` when another writer is at work; `corrupt`; `io`.
    pub fn prune(&self, versions: u64) -> Result<PruneReport> {
        if versions == 0 {
            return Err(Error::invalid("the newest version is always kept; keep 1 or more"));
        }
        let writing = self.writing()?;
        let _alone = writing.alone()?;
        writing.prune(versions)
    }

    /// Reads every byte of the newest version and checks it; says which files are damaged, and
    /// where.
    ///
    /// # Errors
    ///
    /// `corrupt` when the newest manifest itself is damaged, so that nothing is known of the rest;
    /// `not_found`; `io`.
    pub fn verify(&self) -> Result<Verification> {
        verify(self.handle.directory())
    }

    /// Becomes the one writer.
    pub(super) fn writing(&self) -> Result<Writing> {
        Handle::writing(&self.handle)
    }
}
