//! Registrations that come one by one, and the fold that moves them into a segment.

use std::sync::Arc;

use seriatim::io::{Directory, MemoryDirectory};
use seriatim::{
    ErrorKind, Index, Instant, LoadOptions, Purpose, Record, Registrar, RegistrarOptions,
    RegistrationName, RegistrationOptions, Registrations, Schema, Snapshot, Units, Value,
};

fn index(directory: &MemoryDirectory) -> Index {
    let index = Index::create_in(directory.clone(), Schema::new(vec![]).unwrap()).unwrap();
    load_units(&index, 1..10);
    index
}

fn load_units(index: &Index, numbers: std::ops::Range<u32>) {
    let units = numbers.map(|n| Record::of_serial(format!("A{n:03}")));
    index.load_units(Units::records(units), LoadOptions::default()).unwrap();
}

fn registrar(index: &Index, entropy: u8) -> Registrar {
    index.registrar(&RegistrarOptions::new([entropy; 32])).unwrap()
}

fn owner(serial: &str, owner: &str) -> Record {
    Record::of_serial(serial)
        .with("owner", Value::Text(owner.into()))
        .with("email", Value::Text(format!("canary-{owner}@example.org")))
}

fn at(day: u32) -> Instant {
    format!("2025-06-{day:02}T00:00:00Z").parse().unwrap()
}

fn registered(index: &Index, day: u32) -> u64 {
    index.snapshot().all().ownership(at(day)).unwrap().registered()
}

#[test]
fn a_second_registrar_is_refused_and_loads_go_on() {
    let directory = MemoryDirectory::new();
    let index = index(&directory);
    let first = registrar(&index, 1);
    let second = index.registrar(&RegistrarOptions::new([2; 32])).unwrap_err();
    assert_eq!(second.kind(), ErrorKind::Conflict);
    let elsewhere = Index::open_in(directory).unwrap();
    let units = || Units::records([Record::of_serial("A010")]);
    let refused = elsewhere.load_units(units(), LoadOptions::default()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);

    first.register(&owner("A010", "o-1")).unwrap();
    assert_eq!(registered(&index, 1), 0, "nothing is shown before a refresh");
    index.load_units(units(), LoadOptions::default()).unwrap();
    assert_eq!(registered(&index, 1), 1, "the registration waited for its unit");
    first.close().unwrap();
    registrar(&index, 2).close().unwrap();
}

#[test]
fn a_transfer_is_both_or_none() {
    let index = index(&MemoryDirectory::new());
    let registrar = registrar(&index, 1);
    registrar.register(&owner("A001", "o-1")).unwrap();
    let name = RegistrationName::of("A001", "o-1");
    let same = registrar.transfer(&name, at(5), &owner("", "o-1")).unwrap_err();
    assert_eq!(same.kind(), ErrorKind::InvalidArgument);
    let nobody = Record::without_serial();
    assert!(registrar.transfer(&name, at(5), &nobody).is_err());
    let receipt = registrar.transfer(&name, at(5), &owner("", "o-2")).unwrap();
    assert_eq!(receipt.sequences(), 1..3);
    index.refresh().unwrap();
    let owners = |day: u32| {
        let own = index.snapshot().all().ownership(at(day)).unwrap();
        let owners = own.registrations().unwrap().map(|it| it.unwrap().owner);
        owners.collect::<Vec<_>>()
    };
    assert_eq!((owners(4), owners(5)), (vec!["o-1".to_owned()], vec!["o-2".to_owned()]));
}

#[test]
fn what_cannot_be_changed_is_an_error() {
    let index = index(&MemoryDirectory::new());
    let registrar = registrar(&index, 1);
    let keyed = |key: &str| owner("A001", "o-1").with("key", Value::Text(key.into()));
    registrar.register_many(&[keyed("r-1"), keyed("r-2")]).unwrap();
    let unit = RegistrationName::of("A001", "o-1");
    let several = registrar.end(&unit, at(1)).unwrap_err();
    assert_eq!(several.kind(), ErrorKind::Conflict);
    assert_eq!(
        several.to_string(),
        "2 registrations are of this unit and owner; name one by its key"
    );
    let first = RegistrationName::key("r-1");
    let key = Record::without_serial().with("key", Value::Text("r-9".into()));
    assert_eq!(registrar.change(&first, &key).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let nobody = registrar.end(&RegistrationName::key("r-3"), at(1)).unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::NotFound);
    assert_eq!(registrar.register_many(&[]).unwrap_err().kind(), ErrorKind::InvalidArgument);
    let error = registrar.register_many(&[keyed("r-4"), Record::of_serial("A002")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "record 2: a registration needs an owner; give the field `owner`"
    );
    index.refresh().unwrap();
    assert_eq!(index.snapshot().recorded(), 2, "nothing of what was refused is recorded");
}

#[test]
fn a_request_is_recorded_once_even_after_a_fold() {
    let directory = MemoryDirectory::new();
    let index = index(&directory);
    let first = registrar(&index, 1);
    let receipt = first.register_once("req-1", &owner("A001", "o-1")).unwrap();
    assert!(!receipt.is_repeated());
    let again = first.register_once("req-1", &owner("A001", "o-1")).unwrap();
    assert!(again.is_repeated() && again.sequences() == receipt.sequences());
    drop(first);
    index.fold().unwrap();
    let second = registrar(&index, 2);
    assert!(second.register_once("req-1", &owner("A001", "o-1")).unwrap().is_repeated());
    assert!(second.register_once("", &owner("A001", "o-1")).is_err());
    index.refresh().unwrap();
    assert_eq!(index.snapshot().recorded(), 1);
}

#[test]
fn what_is_handed_in_is_lasting_once_it_is_waited_for() {
    let directory = MemoryDirectory::new();
    let index = index(&directory);
    let registrar = registrar(&index, 1);
    let all = |n: u32| [owner(&format!("A00{n}"), "o-1"), owner(&format!("A00{n}"), "o-2")];
    let receipts = [1, 2, 3].map(|n| registrar.submit(&all(n), None).unwrap());
    index.refresh().unwrap();
    assert_eq!(index.snapshot().recorded(), 0, "nobody waited");
    registrar.wait(&receipts[2]).unwrap();
    index.refresh().unwrap();
    assert_eq!((receipts[0].sequences(), index.snapshot().recorded()), (0..2, 6));
    registrar.submit(&all(4), Some("r")).unwrap();
    assert!(registrar.submit(&all(4), Some("r")).unwrap().is_repeated());
    registrar.end(&RegistrationName::of("A004", "o-1"), at(1)).unwrap();
    registrar.submit(&all(5), None).unwrap();
    registrar.close().unwrap();
    assert_eq!(Index::open_in(directory).unwrap().snapshot().recorded(), 11);
}

#[test]
fn many_threads_register_at_once() {
    let directory = MemoryDirectory::new();
    let index = index(&directory);
    let registrar = Arc::new(registrar(&index, 1));
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let registrar = Arc::clone(&registrar);
            scope.spawn(move || {
                for n in 0..50 {
                    let owner = owner(&format!("A{:03}", n % 9 + 1), &format!("o-{thread}-{n}"));
                    let receipt = registrar.register(&owner).unwrap();
                    assert_eq!(receipt.sequences().count(), 1);
                }
            });
        }
        for _ in 0..20 {
            index.refresh().unwrap();
            let snapshot = index.snapshot();
            assert_eq!(snapshot.registrations().unwrap(), snapshot.recorded());
            index.fold().unwrap();
        }
    });
    index.refresh().unwrap();
    assert_eq!((index.snapshot().recorded(), registered(&index, 1)), (400, 9));
    let contacts = index.snapshot().all().ownership(at(1)).unwrap();
    for contact in contacts.contacts(Purpose::Safety).unwrap().iter() {
        let contact = contact.unwrap();
        assert_eq!(contact.contact.email, Some(format!("canary-{}@example.org", contact.owner)));
    }
    assert!(index.verify().unwrap().is_whole());
}

#[test]
fn a_fold_leaves_what_earlier_versions_showed_until_they_are_pruned() {
    let directory = MemoryDirectory::new();
    let index = index(&directory);
    let contacts = |snapshot: &Snapshot| {
        let own = snapshot.all().ownership(at(1)).unwrap();
        assert!(own.has_contact_text().unwrap());
        let contacts = own.contacts(Purpose::Safety).unwrap();
        contacts.iter().filter(|it| it.as_ref().unwrap().contact.email.is_some()).count()
    };
    let mut shown = Vec::new();
    for step in 1..=5 {
        let registrar = registrar(&index, step);
        registrar.register(&owner(&format!("A{step:03}"), &format!("o-{step}"))).unwrap();
        registrar.close().unwrap();
        index.refresh().unwrap();
        shown.push(index.snapshot());
        let report = index.fold().unwrap();
        assert_eq!((report.records, report.registrations), (1, 1));
        assert_eq!(contacts(&shown[shown.len() - 1]), shown.len());
    }
    assert_eq!(index.fold().unwrap().records, 0);
    let live = || {
        let all = directory.list("contacts").unwrap().into_iter();
        all.filter(|it| it.starts_with("live-")).count()
    };
    // One file a registrar that had contacts to write.
    assert_eq!(live(), 5);
    for (count, then) in (1..).zip(&shown) {
        let again = index.snapshot_at(then.version(), Some(then.recorded())).unwrap();
        assert_eq!((contacts(&again), contacts(then)), (count, count));
        assert_eq!((again.version(), again.recorded()), (then.version(), then.recorded()));
        let before = index.snapshot_at(then.version(), Some(then.recorded() - 1)).unwrap();
        assert_eq!(contacts(&before), count - 1);
    }
    let version = shown[2].version();
    for recorded in [0, 99] {
        let error = index.snapshot_at(version, Some(recorded)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("with 2 to 5 registrations"), "{error}");
    }

    index.prune(1).unwrap();
    assert_eq!(index.versions().unwrap(), [index.snapshot().version()]);
    let error = index.snapshot_at(version, None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(index.prune(0).unwrap_err().kind(), ErrorKind::InvalidArgument);
    // What the last fold took in may be asked for again by its request.
    assert_eq!(live(), 1);
    assert!(index.verify().unwrap().is_whole());
    assert_eq!(contacts(&Index::open_in(directory).unwrap().snapshot()), 5);
}

#[test]
fn a_load_of_registrations_replaces_what_was_registered_before_it() {
    let index = index(&MemoryDirectory::new());
    let registrar = registrar(&index, 1);
    registrar.register(&owner("A001", "o-1")).unwrap();
    let later = owner("A001", "o-1").with("valid_to", Value::Timestamp(at(3)));
    let load = Registrations::records([later]);
    let report = index.load_registrations(load, RegistrationOptions::default()).unwrap();
    assert_eq!((report.loaded, report.replaced_in_index), (1, 1));
    assert_eq!((registered(&index, 2), registered(&index, 3)), (1, 0));
    registrar.register(&owner("A001", "o-1")).unwrap();
    index.refresh().unwrap();
    assert_eq!(registered(&index, 3), 1, "what comes after the load replaces it");
}

#[test]
fn contacts_that_were_left_out_are_told() {
    let directory = MemoryDirectory::new();
    let index = index(&directory);
    let registrar = registrar(&index, 1);
    registrar.register(&owner("A001", "o-1")).unwrap();
    for name in directory.list("contacts").unwrap() {
        directory.remove(&format!("contacts/{name}")).unwrap();
    }
    index.refresh().unwrap();
    let own = index.snapshot().all().ownership(at(1)).unwrap();
    assert!(!own.has_contact_text().unwrap());
    let contacts = own.contacts(Purpose::Safety).unwrap();
    let contact = contacts.iter().next().unwrap().unwrap();
    assert_eq!((contact.owner.as_str(), contact.contact.email), ("o-1", None));
    assert_eq!(index.fold().unwrap_err().kind(), ErrorKind::NotFound);
    let name = RegistrationName::of("A001", "o-1");
    let fields = Record::without_serial().with("country", Value::Text("SE".into()));
    assert_eq!(registrar.change(&name, &fields).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn damage_to_a_live_contact_is_found() {
    let directory = MemoryDirectory::new();
    let index = index(&directory);
    registrar(&index, 1).register(&owner("A001", "o-1")).unwrap();
    let path = "contacts/live-000001.txt";
    let bytes = directory.read(path, 0..40).unwrap();
    let mut file = directory.append(path).unwrap();
    file.write_at(30, &[bytes[30] ^ 1]).unwrap();
    index.refresh().unwrap();
    let own = index.snapshot().all().ownership(at(1)).unwrap();
    let found = own.registrations().unwrap().next().unwrap().unwrap_err();
    assert_eq!(found.kind(), ErrorKind::Corrupt);
    assert!(!found.to_string().contains("canary"));
    let damage = index.verify().unwrap().damage;
    assert_eq!(damage.len(), 1);
    assert_eq!(damage[0].path, path);
}

#[test]
fn a_log_that_lost_its_end_does_not_open() {
    let directory = MemoryDirectory::new();
    let index = index(&directory);
    let registrar = registrar(&index, 1);
    let path = format!("log/{}", directory.list("log").unwrap().remove(0));
    registrar.register(&owner("A001", "o-1")).unwrap();
    registrar.close().unwrap();
    let mut file = directory.append(&path).unwrap();
    file.truncate(200).unwrap();
    let error = Index::open_in(directory).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
}
