//! The list of what is live: one small document a version of the index.
//!
//! A manifest is two lines: a JSON document, and `blake3 ` with the hash of that line. A manifest
//! that is there and does not check is corruption, never a reason to use an older one.

use serde::{Deserialize, Serialize};

use crate::bytes::Hash;
use crate::error::{Error, ErrorKind, Result};
use crate::format::{FileId, FileSummary};
use crate::io::{Content, Directory};
use crate::log::Head;
use crate::schema::Schema;
use crate::serial::InferredFamily;

/// The version of every file format of this release.
const FORMAT: u32 = 0;
const HASH_LABEL: &str = "blake3 ";

/// One file, told apart from any other and from any damaged form of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileEntry {
    pub(crate) path: String,
    pub(crate) size_bytes: u64,
    pub(crate) hash: Hash,
}

impl FileEntry {
    pub(crate) fn new(path: String, summary: &FileSummary) -> Self {
        FileEntry { path, size_bytes: summary.length, hash: summary.hash }
    }

    /// Whether the file is there; one that cannot be opened is told when it is opened.
    pub(crate) fn is_there(&self, directory: &dyn Directory) -> bool {
        match directory.content(&self.path) {
            Ok(_) => true,
            Err(error) => error.kind() != ErrorKind::NotFound,
        }
    }

    /// Opens the file and checks its length, which needs no reading.
    pub(crate) fn open(&self, directory: &dyn Directory) -> Result<Content> {
        let content = directory.content(&self.path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::corrupt(format!(
                "{}: the manifest names this file, but it is gone",
                self.path
            )),
            _ => error,
        })?;
        if u64::try_from(content.len()).ok() != Some(self.size_bytes) {
            return Err(Error::corrupt(format!(
                "{}: {} bytes, but the manifest says {}",
                self.path,
                content.len(),
                self.size_bytes
            )));
        }
        Ok(content)
    }
}

/// A live segment of units and what amends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitEntry {
    pub(crate) file: FileEntry,
    pub(crate) rows: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retired: Option<RetiredEntry>,
}

/// The sidecar that names the retired rows of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetiredEntry {
    pub(crate) file: FileEntry,
    pub(crate) rows: u64,
}

/// A live segment of registrations and what amends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegistrationEntry {
    pub(crate) file: FileEntry,
    pub(crate) rows: u64,
    /// Distinct serials.
    pub(crate) keys: u64,
    /// The contact text of its owners; the index opens without the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) contacts: Option<FileEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) amended: Option<AmendedEntry>,
}

/// The sidecar that names the retired rows and the ambiguous serials of a segment of registrations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AmendedEntry {
    pub(crate) file: FileEntry,
    /// Retired rows.
    pub(crate) rows: u64,
}

/// The links of a segment of units to a segment of registrations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkEntry {
    pub(crate) units: FileId,
    pub(crate) registrations: FileId,
    /// The hash of what amended the registrations when the links were derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) amended: Option<Hash>,
    pub(crate) file: FileEntry,
}

/// The log of what comes one by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogEntry {
    /// The records before this one are in segments.
    pub(crate) from: u64,
    /// The version before this one begins here. What is older may be removed, unless a version that
    /// is kept begins there.
    pub(crate) kept_from: u64,
    /// How far the log was lasting: it must never be shorter.
    pub(crate) records: u64,
    pub(crate) hash: Hash,
}

impl LogEntry {
    /// The entry of a log of which nothing is in segments yet.
    pub(crate) fn first(head: Head) -> Self {
        LogEntry {
            from: head.sequence(),
            kept_from: head.sequence(),
            records: head.sequence(),
            hash: Hash(head.hash()),
        }
    }

    /// How far the log was lasting.
    pub(crate) fn floor(&self) -> Head {
        Head::new(self.records, self.hash.0)
    }

    /// The same log, lasting up to a head.
    pub(crate) fn with_floor(&self, head: Head) -> Self {
        LogEntry { records: head.sequence(), hash: Hash(head.hash()), ..self.clone() }
    }
}

/// Everything that one version of an index holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    pub(crate) number: u64,
    pub(crate) schema: Schema,
    /// Whether families may be inferred: none was declared when the index was made.
    pub(crate) infers_families: bool,
    /// How often the families were changed, plus one; families that a load infers are none.
    pub(crate) families_version: u64,
    /// How the families of the schema were inferred.
    pub(crate) inferred: Vec<InferredFamily>,
    pub(crate) units: Vec<UnitEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) registrations: Vec<RegistrationEntry>,
    /// One for each segment of units and each of registrations, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) links: Vec<LinkEntry>,
    /// None as long as nothing came one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) log: Option<LogEntry>,
}

impl Manifest {
    pub(crate) fn first(schema: Schema) -> Self {
        Manifest {
            format: FORMAT,
            number: 1,
            infers_families: schema.families().is_empty(),
            schema,
            families_version: 1,
            inferred: Vec::new(),
            units: Vec::new(),
            registrations: Vec::new(),
            links: Vec::new(),
            log: None,
        }
    }

    /// The manifest to fill in next.
    pub(crate) fn next(&self) -> Result<Self> {
        let number = self.number.checked_add(1).ok_or_else(|| {
            Error::unsupported("the index has had as many versions as a number can count")
        })?;
        Ok(Manifest { number, ..self.clone() })
    }

    /// Every file it names.
    pub(crate) fn files(&self) -> Vec<&FileEntry> {
        let mut files = Vec::new();
        for unit in &self.units {
            files.push(&unit.file);
            files.extend(unit.retired.iter().map(|it| &it.file));
        }
        for registration in &self.registrations {
            files.push(&registration.file);
            files.extend(&registration.contacts);
            files.extend(registration.amended.iter().map(|it| &it.file));
        }
        files.extend(self.links.iter().map(|it| &it.file));
        files
    }

    pub(crate) fn path(number: u64) -> String {
        format!("manifest-{number:06}.json")
    }

    /// The number in a manifest's file name; none where the file is no manifest.
    pub(crate) fn number_of(path: &str) -> Option<u64> {
        let digits = path.strip_prefix("manifest-")?.strip_suffix(".json")?;
        let number = digits.parse().ok()?;
        (Manifest::path(number) == path).then_some(number)
    }

    /// The numbers of the manifests in a folder, ascending.
    pub(crate) fn numbers(directory: &dyn Directory) -> Result<Vec<u64>> {
        let paths = directory.list("")?;
        let mut numbers: Vec<u64> =
            paths.iter().filter_map(|path| Manifest::number_of(path)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The number of the newest manifest in a folder.
    pub(crate) fn newest(directory: &dyn Directory) -> Result<Option<u64>> {
        Ok(Manifest::numbers(directory)?.pop())
    }

    pub(crate) fn read(directory: &dyn Directory, number: u64) -> Result<Self> {
        let path = Manifest::path(number);
        let bytes = directory.open(&path)?;
        Manifest::decode(&bytes, number).map_err(|error| error.within(path))
    }

    fn decode(bytes: &[u8], number: u64) -> Result<Self> {
        let text = std::str::from_utf8(bytes)
            .map_err(|source| Error::corrupt("it is no text").caused_by(source))?;
        let mut lines = text.split('\n');
        let (Some(body), Some(hash), Some(""), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(Error::corrupt("it is not two lines"));
        };
        if hash.strip_prefix(HASH_LABEL) != Some(Hash::of(body.as_bytes()).to_string().as_str()) {
            return Err(Error::corrupt("its hash does not match its text"));
        }
        let version: Version = serde_json::from_str(body)
            .map_err(|source| Error::corrupt("it is no manifest").caused_by(source))?;
        if version.format != FORMAT {
            return Err(Error::unsupported(format!(
                "format {}, but this release reads {FORMAT}",
                version.format
            )));
        }
        let manifest: Manifest = serde_json::from_str(body)
            .map_err(|source| Error::corrupt("it is no manifest").caused_by(source))?;
        if manifest.number != number {
            return Err(Error::corrupt(format!("it is manifest {}", manifest.number)));
        }
        Ok(manifest)
    }

    fn encode(&self) -> Result<Vec<u8>> {
        let body = serde_json::to_string(self)
            .map_err(|source| Error::invalid("cannot write the manifest").caused_by(source))?;
        Ok(format!("{body}\n{HASH_LABEL}{}\n", Hash::of(body.as_bytes())).into_bytes())
    }

    /// Makes this the newest manifest. Every file it names must be lasting already, under its name.
    ///
    /// # Errors
    ///
    /// `conflict` when a manifest of this number is there: somebody else committed first.
    pub(crate) fn publish(&self, directory: &dyn Directory) -> Result<()> {
        let path = Manifest::path(self.number);
        let draft = format!("{path}.new");
        if directory.list("")?.contains(&draft) {
            directory.remove(&draft)?;
        }
        let mut file = directory.create(&draft)?;
        file.write(&self.encode()?)?;
        file.sync()?;
        drop(file);
        directory.publish(&draft, &path)?;
        directory.sync("")
    }
}

/// What is read before anything else, so that a newer format is told from damage.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

/// Makes the hash of a changed manifest right again, as someone who means harm would.
#[cfg(fuzzing)]
pub(crate) fn reseal_manifest(bytes: &[u8]) -> Option<Vec<u8>> {
    let body = bytes.split(|byte| *byte == b'\n').next()?;
    let hash = format!("\n{HASH_LABEL}{}\n", Hash::of(body));
    Some([body, hash.as_bytes()].concat())
}
