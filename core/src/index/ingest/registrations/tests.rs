//! Loads of registrations: what is kept, replaced, counted and refused.

use crate::calendar::Instant;
use crate::error::{ErrorKind, Result};
use crate::format::reseal;
use crate::index::{
    Index, LoadOptions, RegistrationOptions, RegistrationReport, Registrations, Units,
};
use crate::io::{Directory, MemoryDirectory};
use crate::registry::{Channel, Permissions};
use crate::schema::{Record, Schema, Value};
use crate::serial::{Families, SerialFamily};

/// What must never be shown.
const CANARY: &str = "canary.person@example.org";

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn at(text: &str) -> Value {
    Value::Timestamp(text.parse::<Instant>().unwrap())
}

fn registration(serial: &str, owner: &str) -> Record {
    Record::of_serial(serial).with("owner", text(owner)).with("email", text(CANARY))
}

fn family() -> Schema {
    let families = Families::new(vec![SerialFamily::new("plain", "A{n:D3}").unwrap()]).unwrap();
    Schema::new(vec![]).unwrap().with_families(families)
}

fn index_of(serials: &[(&str, &str)]) -> (MemoryDirectory, Index) {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), family()).unwrap();
    let units = serials
        .iter()
        .map(|(namespace, serial)| Record::of_serial(*serial).in_namespace(*namespace));
    index.load_units(Units::records(units.collect::<Vec<_>>()), LoadOptions::default()).unwrap();
    (directory, index)
}

fn load(index: &Index, records: Vec<Record>) -> Result<RegistrationReport> {
    index.load_registrations(Registrations::records(records), RegistrationOptions::default())
}

#[test]
fn the_report_tells_what_became_of_every_row() {
    let (_, index) = index_of(&[("", "A001"), ("", "A002"), ("x", "A003"), ("y", "A003")]);
    let records = vec![
        registration("A001", "o1"),
        registration("A001", "o2"),
        registration("A001", "o1"),
        registration("A009", "o3"),
        registration("B-9", "o4"),
        registration("A003", "o5"),
        registration("A003", "o5").in_namespace("y"),
    ];
    let report = load(&index, records).unwrap();
    assert_eq!((report.read, report.loaded, report.replaced_in_load), (7, 6, 1));
    assert_eq!((report.unknown_serials, report.invalid_serials, report.ambiguous), (1, 1, 1));
    let again = load(&index, vec![registration("A001", "o2"), registration("A002", "o2")]).unwrap();
    assert_eq!((again.loaded, again.replaced_in_index, again.replaced_in_load), (2, 1, 0));
    assert_eq!(index.snapshot().registrations().unwrap(), 7);
    assert!(index.verify().unwrap().is_whole());
}

#[test]
fn a_key_names_the_registration_whatever_else_changes() {
    let (_, index) = index_of(&[("", "A001"), ("", "A002")]);
    let keyed =
        |key: &str, serial: &str, owner: &str| registration(serial, owner).with("key", text(key));
    let first =
        vec![keyed("k1", "A001", "o1"), keyed("k2", "A001", "o1"), keyed("k1", "A002", "o9")];
    assert_eq!(load(&index, first).unwrap().replaced_in_load, 1);
    assert_eq!(load(&index, vec![keyed("k2", "A002", "o3")]).unwrap().replaced_in_index, 1);
    assert_eq!(index.snapshot().registrations().unwrap(), 2);
    let error = load(&index, vec![registration("A001", "o1").with("key", text(""))]).unwrap_err();
    assert_eq!(error.to_string(), "records, row 1, column `key`: the value is missing");
}

#[test]
fn small_segments_replace_one_another_within_a_load() {
    let (_, index) = index_of(&[("", "A001")]);
    let records = [1, 2, 1, 1].map(|owner| registration("A001", &format!("o{owner}")));
    let options = RegistrationOptions::default().segment_rows_max(1);
    let report = index.load_registrations(Registrations::records(records), options).unwrap();
    assert_eq!((report.read, report.loaded, report.replaced_in_load), (4, 2, 2));
    assert_eq!(index.snapshot().registrations().unwrap(), 2);
}

#[test]
fn bad_rows_are_named_without_what_stands_there() {
    let (_, index) = index_of(&[("", "A001")]);
    let check = |record: Record, expected: &str| {
        let error = load(&index, vec![registration("A001", "o1"), record]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("canary"));
    };
    check(registration("A001", ""), "records, row 2, column `owner`: the value is missing");
    let error = load(&index, vec![registration("A001", "o1").with("role", text(CANARY))]);
    assert_eq!(
        error.unwrap_err().to_string(),
        "records, row 1, column `role`: the value is none of owner, gift_recipient, reseller, other"
    );
    let error = load(&index, vec![registration("A001", "o1").with("mail", text(CANARY))]);
    assert_eq!(
        error.unwrap_err().to_string(),
        "a registration has no field `mail`; map or ignore what the input calls so"
    );
    let error = load(&index, vec![Record::of_serial("A001").with("email", text(CANARY))]);
    assert_eq!(
        error.unwrap_err().to_string(),
        "no column of the input is the owner; map one of `serial`, `namespace`, `email`"
    );
    assert_eq!(index.snapshot().registrations().unwrap(), 0);
}

#[cfg(feature = "files")]
#[test]
fn a_csv_file_is_read_and_its_values_are_never_shown() {
    use std::io::Write;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registrations.csv");
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path).unwrap();
    let lines = format!(
        "serial,customer,email,consent_safety,valid_from,source\n\
         A001,o1,{CANARY},true,2025-01-01T00:00:00Z,web\n\
         A001,o2,,,{CANARY},shop\n"
    );
    file.write_all(lines.as_bytes()).unwrap();
    let (_, index) = index_of(&[("", "A001")]);
    let options = || {
        RegistrationOptions::default()
            .map("customer", crate::registry::RegistrationField::Owner)
            .ignore("source")
    };
    let error = index.load_registrations(Registrations::csv([&path]), options()).unwrap_err();
    assert!(error.to_string().ends_with("row 2, column `valid_from`: the value is no timestamp"));
    let rejects = folder.path().join("rejects.csv");
    let options = options().rejects(crate::index::RejectPolicy::CollectIn(rejects.clone()));
    let report = index.load_registrations(Registrations::csv([&path]), options).unwrap();
    assert_eq!((report.read, report.loaded, report.rejected.rows), (2, 1, 1));
    assert!(!std::fs::read_to_string(rejects).unwrap().contains("canary"));
    assert!(!format!("{report:?}").contains("canary"));
}

#[test]
fn permissions_come_from_what_is_said_and_what_is_there() {
    let (_, index) = index_of(&[("", "A001")]);
    let yes = Value::Boolean(true);
    let record = registration("A001", "o1")
        .with("phone", text(""))
        .with("channels", Value::TextList(vec!["email".into(), "sms".into(), "push".into()]))
        .with("has_post", yes);
    load(&index, vec![record]).unwrap();
    let snapshot = index.snapshot();
    let segment = &snapshot.registration_segments()[0].segment;
    let bits = segment.numbers("reach", &[0]).unwrap()[0].unwrap();
    let permissions = Permissions::from_bits(bits).unwrap();
    let usable = Channel::ALL.map(|it| permissions.has_channel(it));
    assert_eq!(usable, [true, false, false, true, true], "no telephone number, no text message");
}

#[test]
fn contact_text_lies_apart_and_can_be_left_out() {
    let (directory, index) = index_of(&[("", "A001")]);
    load(&index, vec![registration("A001", "o1").with("valid_from", at("2025-01-01T00:00:00Z"))])
        .unwrap();
    let contains = |path: &str| {
        let bytes = directory.open(path).unwrap();
        bytes.windows(6).any(|it| it == b"canary") || bytes.windows(7).any(|it| it == b"example")
    };
    let mut contacts = Vec::new();
    for folder in ["", "units", "registrations", "contacts", "links"] {
        for name in directory.list(folder).unwrap() {
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            assert!(!path.contains("canary"));
            if path.starts_with("contacts/") {
                contacts.push(path);
            } else if path.contains('.') {
                assert!(!contains(&path), "{path}");
            }
        }
    }
    assert_eq!(contacts.len(), 1);
    directory.remove(&contacts[0]).unwrap();
    let opened = Index::open_in(directory.clone()).unwrap();
    assert_eq!(opened.snapshot().registrations().unwrap(), 1);
    assert!(opened.snapshot().registration_segments()[0].contacts.is_none());
    assert!(opened.verify().unwrap().is_whole());
    // Loading goes on without them.
    load(&opened, vec![registration("A001", "o2")]).unwrap();
}

#[test]
fn links_follow_units_that_come_later() {
    let (_, index) = index_of(&[("x", "A001")]);
    load(&index, vec![registration("A001", "o1"), registration("A002", "o2")]).unwrap();
    let linked = |index: &Index| -> Vec<u64> {
        let snapshot = index.snapshot();
        let links = (0..snapshot.segments().len()).flat_map(|it| snapshot.links_of(it).to_vec());
        links.map(|it| it.steady().unwrap().len()).collect()
    };
    assert_eq!(linked(&index), [1]);
    let unit = Record::of_serial("A002").in_namespace("x");
    index.load_units(Units::records([unit]), LoadOptions::default()).unwrap();
    assert_eq!(linked(&index), [1, 1]);
    // The same serial in another namespace: whose it is cannot be told any more.
    let unit = Record::of_serial("A001").in_namespace("y");
    index.load_units(Units::records([unit]), LoadOptions::default()).unwrap();
    assert_eq!(linked(&index), [0, 1, 0]);
    assert!(index.verify().unwrap().is_whole());
}

#[test]
fn a_serial_that_was_opaque_links_to_its_family() {
    let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![]).unwrap()).unwrap();
    load(&index, vec![registration("A001", "o1"), registration("A002", "o1")]).unwrap();
    let units: Vec<_> = (1..=9).map(|it| Record::of_serial(format!("A00{it}"))).collect();
    index.load_units(Units::records(units), LoadOptions::default()).unwrap();
    assert!(!index.snapshot().schema().families().is_empty());
    assert_eq!(index.snapshot().links_of(0)[0].steady().unwrap().len(), 2);
    let report = load(&index, vec![registration("A001", "o1")]).unwrap();
    assert_eq!(report.replaced_in_index, 1);
    assert_eq!(index.snapshot().registrations().unwrap(), 2);
}

#[test]
fn damaged_files_are_corrupt_and_never_a_panic() {
    let (directory, index) = index_of(&[("", "A001"), ("", "A002")]);
    let records =
        vec![registration("A001", "o1"), registration("A001", "o2"), registration("A002", "o1")];
    load(&index, records).unwrap();
    load(&index, vec![registration("A001", "o1")]).unwrap();
    let snapshot = index.snapshot();
    let files = snapshot.manifest().files();
    for path in files.iter().map(|it| it.path.as_str()).filter(|it| !it.starts_with("units/")) {
        let bytes = directory.open(path).unwrap().to_vec();
        for place in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << (place % 8);
            // With its checksums made right again, what it says must still be checked.
            let resealed = place % 2 == 0 && reseal(&mut damaged).is_some();
            if damaged == bytes {
                continue;
            }
            replace(&directory, path, &damaged);
            match Index::open_in(directory.clone()) {
                Err(error) => assert!(
                    [ErrorKind::Corrupt, ErrorKind::Unsupported].contains(&error.kind()),
                    "{path} at {place}: {error}"
                ),
                Ok(opened) => {
                    let found = opened.verify().unwrap();
                    assert!(resealed || found.damage.len() == 1, "{path} at {place}");
                    assert!(found.damage.iter().any(|it| it.path == path), "{path} at {place}");
                }
            }
        }
        replace(&directory, path, &bytes[..bytes.len() / 2]);
        assert!(Index::open_in(directory.clone()).is_err(), "{path}");
        replace(&directory, path, &bytes);
    }
    assert!(index.verify().unwrap().is_whole());
}

fn replace(directory: &MemoryDirectory, path: &str, bytes: &[u8]) {
    directory.remove(path).unwrap();
    let mut file = directory.create(path).unwrap();
    file.write(bytes).unwrap();
    file.sync().unwrap();
}
