//! What the fuzz targets call: any bytes in, no panic and no contradiction out.
//!
//! Only there when the crate is built for fuzzing, with `--cfg fuzzing`.
#![expect(clippy::unwrap_used, reason = "a fuzz target tells by panicking")]

use std::sync::Arc;

use crate::bitmap::{RowSet, View};
use crate::bytes::Cursor;
use crate::error::Result;
use crate::format::{FileBuilder, FileId, FileKind, SealedFile, SectionId, reseal};
use crate::gs1::{ElementString, Scanned};
use crate::io::{Bytes, Directory, MemoryDirectory};
use crate::log::{self, Log, LogId, LogOptions, Reader, Resume, Salvaged, salvage};
use crate::schema::{Column, ColumnType, Record, Schema, Value};
use crate::scope::Scope;
use crate::serial::{CheckPolicy, Families, Normaliser, SerialFamily};

/// Any bytes as a container, and a container with a few bytes changed under right checksums.
///
/// For the second, the input is the number of changes, then for each its place and its new value,
/// then what the sections hold.
pub fn container(bytes: &[u8]) {
    read_container(bytes);
    if let Ok(mut changed) = changed_container(bytes) {
        read_container(&changed);
        let _sealed_or_not = reseal(&mut changed);
        read_container(&changed);
    }
}

fn changed_container(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut input = Cursor::new("input", bytes);
    let changes: Vec<_> = (0..input.u8()? % 8)
        .map(|_| Ok((usize::from(input.u16()?), input.u8()?)))
        .collect::<Result<_>>()?;
    let folder = MemoryDirectory::new();
    let mut file =
        FileBuilder::create(folder.create("a")?, FileKind::UnitSegment, FileId(input.take()?))?;
    for (kind, part) in (0..).zip(input.rest().chunks(100)) {
        file.section(SectionId { kind, column: kind / 2 }, part)?;
    }
    file.finish()?;
    let mut whole = folder.open("a")?.to_vec();
    for (at, value) in changes {
        // From the end, where the tables are.
        if let Some(byte) = whole.iter_mut().rev().nth(at) {
            *byte = value;
        }
    }
    Ok(whole)
}

fn read_container(bytes: &[u8]) {
    for kind in FileKind::ALL {
        let Ok(file) = SealedFile::open(Bytes::from(bytes.to_vec()), kind) else { continue };
        let whole = file.verify().is_ok();
        for (id, len) in file.sections() {
            let section = file.section(id).unwrap();
            let found = section.all().map(<[u8]>::len).ok();
            assert!(found == Some(len) || !whole);
        }
    }
}

/// Any text as SQL of a scope: what is read is printed, read again, bound and decided.
pub fn scope_sql(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        check_scope(text.parse());
    }
}

/// Any text as JSON of a scope: what is read is printed, read again, bound and decided.
pub fn scope_json(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        check_scope(Scope::from_json(text));
    }
}

fn check_scope(read: Result<Scope>) {
    let Ok(scope) = read else { return };
    let (sql, json) = (scope.to_sql(), scope.to_json());
    for again in [sql.parse::<Scope>(), Scope::from_json(&json)] {
        let again = again.unwrap();
        assert!(again == scope && again.to_sql() == sql && again.to_json() == json);
    }
    let Ok(bound) = scope_schema().unwrap().bind(&scope) else { return };
    assert_eq!(bound.digest(), scope.digest());
    for serial in ["", "00042500", "LJ-25B1440", "LJ-25B144O"] {
        let at = Value::Timestamp("2025-03-30T00:30:00Z".parse().unwrap());
        let unit = Record::of_serial(serial)
            .with("t", Value::Text("Leipzig".into()))
            .with("m", at)
            .with("d", Value::Date("2025-03-01".parse().unwrap()))
            .with("i", Value::Integer(4))
            .with("c", Value::TextList(vec!["CB7".into()]));
        let decision = bound.explain_record(&unit).unwrap();
        assert_eq!(decision.truth, bound.truth(&unit).unwrap());
        assert!(!decision.clauses.is_empty());
    }
}

/// A column of every kind that tests tell apart, with names that are quick to find.
fn scope_schema() -> Result<Schema> {
    let columns = [
        Column::new("t", ColumnType::Text)?,
        Column::new("m", ColumnType::Timestamp)?.in_zone("Europe/Berlin")?,
        Column::new("d", ColumnType::Date)?,
        Column::new("i", ColumnType::Integer)?,
        Column::new("f", ColumnType::Float)?,
        Column::new("b", ColumnType::Boolean)?,
        Column::new("v", ColumnType::Version)?,
        Column::new("c", ColumnType::TextList)?,
    ];
    let families = vec![
        SerialFamily::new("bike", "{n:D8}")?,
        SerialFamily::new("cable", "LJ-{yy:D2}{line:A1}{n:D1..6}")?,
    ];
    Ok(Schema::new(columns.into())?.with_families(Families::new(families)?))
}

/// Portable Roaring bytes: the view and the owned set agree, and what is written is read again.
pub fn bitmap_view(bytes: &[u8]) {
    let Ok(view) = View::new(bytes) else { return };
    let keys: Vec<_> = view.chunks().map(|(key, chunk)| (key, chunk.to_mask().count())).collect();
    let Ok(set) = RowSet::from_view(&view) else { return };
    assert_eq!(view.len(), set.len());
    for (key, count) in keys {
        assert_eq!(set.chunk(key).map_or(0, |chunk| chunk.count()), count);
    }
    assert!(set.iter().step_by(997).all(|row| view.contains(row)));
    assert_eq!(RowSet::from_portable(&set.to_portable()).unwrap(), set);
}

/// Any first line as a layout, which is printed and read again, and the other lines as serials of
/// it, with and without a normaliser and required checks.
pub fn layout(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (layout, serials) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(family) = SerialFamily::new("it", layout) else { return };
    assert_eq!(SerialFamily::new("it", &family.layout()).unwrap(), family);
    let lenient = Normaliser::new().upper_case().without_spaces().without_dashes();
    let strict = family.clone().with_check_policy(CheckPolicy::Require);
    let families =
        [Ok(family.clone()), family.with_normaliser(lenient.zero_for_o().one_for_i()), strict];
    for family in families.into_iter().flatten() {
        for serial in serials.lines() {
            check_serial(&family, serial);
        }
        for code in [0, family.last_code() / 2, family.last_code()] {
            if let Ok(serial) = family.decode(code) {
                assert_eq!(family.encode(&serial), Some(code));
            }
        }
    }
}

/// Any text as a serial: its code is that of what the family writes for it.
fn check_serial(family: &SerialFamily, serial: &str) {
    let resembles = family.resembles(serial);
    let Some(code) = family.encode(serial) else { return };
    assert!(!resembles);
    let written = family.decode(code).unwrap();
    assert_eq!(family.encode(&written), Some(code));
    for (field, (name, value)) in family.fields().zip(family.values(code).unwrap()) {
        let number = field.number_of(code);
        assert!(field.name() == name && field.value(number) == value);
        assert_eq!(field.number_of_text(&field.label(number)), Some(number));
    }
    let prefix: String = written.chars().take(3).collect();
    if let Some(codes) = family.prefix_codes(&prefix) {
        assert!(codes.iter().any(|(first, last)| (first..=last).contains(&&code)));
    }
    let days = family.made(code);
    assert!(days.is_some() == family.has_made() && days.is_none_or(|(a, b)| a <= b));
}

/// Any text as data of GS1 and as a scan: what is read is the same in every form.
pub fn gs1(text: &str) {
    if let Ok(read) = text.parse::<ElementString>() {
        assert_eq!(read.to_string().parse::<ElementString>().unwrap(), read);
        assert_eq!(read.to_fnc1().parse::<ElementString>().unwrap(), read);
        if let Ok(link) = read.to_digital_link("https://example.com") {
            let again: ElementString = link.parse().unwrap();
            assert_eq!(again.elements().count(), read.elements().count());
            assert!(again.elements().all(|(ai, value)| read.value(ai) == Some(value)));
        }
        if let Ok(sgtin) = read.to_sgtin(7) {
            let again: ElementString = sgtin.parse().unwrap();
            assert_eq!((again.gtin(), again.serial()), (read.gtin(), read.serial()));
        }
    }
    if let Ok(scanned) = Scanned::read(text, &Families::default()) {
        assert_eq!(scanned.namespace().is_some(), scanned.elements().is_some());
        assert!(text.contains(scanned.serial()) || scanned.elements().is_some());
    }
}

/// Any bytes as the files of a log, and a log with a few bytes changed under right checksums: what
/// opens is read again, and what is refused is left as it is.
///
/// For the second, the input is the number of changes, then for each its place and its new value,
/// then what is appended.
pub fn log_recover(bytes: &[u8]) {
    recover(&[(0, bytes.to_vec())]);
    if let Ok(files) = changed_log(bytes) {
        recover(&files);
        let sealed: Vec<_> =
            files.into_iter().map(|(first, file)| (first, log::reseal(file))).collect();
        recover(&sealed);
    }
}

const LOG: &str = "log";

fn log_options() -> Result<LogOptions> {
    LogOptions::new([9; 16]).with_file_bytes(1_000)?.with_room_bytes(100)
}

fn changed_log(bytes: &[u8]) -> Result<Vec<(u64, Vec<u8>)>> {
    let mut input = Cursor::new("input", bytes);
    let changes: Vec<_> = (0..input.u8()? % 8)
        .map(|_| Ok((usize::from(input.u16()?), input.u8()?)))
        .collect::<Result<_>>()?;
    let folder = Arc::new(MemoryDirectory::new());
    let directory: Arc<dyn Directory> = Arc::clone(&folder) as _;
    let log = Log::create(directory, LOG, LogId([3; 16]), log_options()?)?;
    for batch in input.rest().chunks(200) {
        log.append(&batch.chunks(70).collect::<Vec<_>>())?;
    }
    log.close()?;
    let mut files = Vec::new();
    for name in folder.list(LOG)? {
        let first = name.trim_end_matches(".log").parse().unwrap();
        files.push((first, folder.open(&format!("{LOG}/{name}"))?.to_vec()));
    }
    for (at, value) in changes {
        if let Some(byte) = files.iter_mut().flat_map(|(_, file)| file).nth(at) {
            *byte = value;
        }
    }
    Ok(files)
}

fn recover(files: &[(u64, Vec<u8>)]) {
    let folder = MemoryDirectory::new();
    for (first, bytes) in files {
        let mut file = folder.create(&format!("{LOG}/{first:020}.log")).unwrap();
        file.write(bytes).unwrap();
        file.sync().unwrap();
    }
    let mut salvaged = 0_u64;
    salvage(&folder, LOG, &mut |part| {
        salvaged += u64::from(matches!(part, Salvaged::Record(_)));
        Ok(())
    })
    .unwrap();
    let before: Vec<_> = files.iter().map(|(_, bytes)| bytes.clone()).collect();
    let directory: Arc<dyn Directory> = Arc::new(folder.clone());
    let mut read = Vec::new();
    let opened = Log::open(
        Arc::clone(&directory),
        LOG,
        log_options().unwrap(),
        Resume::default(),
        &mut |it| {
            assert_eq!(it.sequence, read.len() as u64);
            read.push(it.bytes.to_vec());
            Ok(())
        },
    );
    let Ok((log, _)) = opened else {
        let after = files.iter().map(|(first, _)| folder.open(&format!("{LOG}/{first:020}.log")));
        assert!(after.zip(&before).all(|(after, before)| *after.unwrap() == **before));
        return;
    };
    assert!(salvaged >= read.len() as u64);
    if log.append(&[b"more"]).is_err() {
        return;
    }
    read.push(b"more".to_vec());
    let mut again = Vec::new();
    Reader::open(directory, LOG, Resume::default(), &mut |it| {
        again.push(it.bytes.to_vec());
        Ok(())
    })
    .unwrap();
    assert_eq!(again, read);
}
