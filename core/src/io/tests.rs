//! The promises of a directory, each kept by disk and by memory.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Directory, DiskDirectory, MemoryDirectory};
use crate::error::ErrorKind;

/// Runs a case over a folder of each kind.
fn check(case: impl Fn(&dyn Directory)) {
    case(&MemoryDirectory::new());
    let place = tempfile::tempdir().unwrap();
    case(&DiskDirectory::create(place.path().join("a/new/folder")).unwrap());
    case(&DiskDirectory::create(place.path().join("another")).unwrap().copying());
}

fn write(folder: &dyn Directory, path: &str, bytes: &[u8]) {
    let mut file = folder.create(path).unwrap();
    file.write(bytes).unwrap();
    file.sync().unwrap();
}

#[track_caller]
fn assert_kind<T>(result: crate::Result<T>, kind: ErrorKind) {
    assert_eq!(result.err().map(|error| error.kind()), Some(kind));
}

#[test]
fn what_is_synced_is_read() {
    check(|folder| {
        let large = vec![7; (1 << 20) + 1];
        let mut file = folder.create("units/a.seg").unwrap();
        file.write(b"one").unwrap();
        file.sync().unwrap();
        assert_eq!(&*folder.open("units/a.seg").unwrap(), b"one");
        file.write(b" after ").unwrap();
        file.write(&large).unwrap();
        file.write(b"another").unwrap();
        file.sync().unwrap();
        let expected = [b"one after ", &large[..], b"another"].concat();
        assert_eq!(&*folder.open("units/a.seg").unwrap(), expected);
    });
}

#[test]
fn a_published_file_may_grow_and_is_read_by_copying() {
    check(|folder| {
        write(folder, "new", b"head");
        folder.publish("new", "log/a").unwrap();
        let mut file = folder.append("log/a").unwrap();
        file.write_at(4, b" one two").unwrap();
        file.write_at(5, b"ONE").unwrap();
        file.sync().unwrap();
        assert_eq!(folder.read("log/a", 0..100).unwrap(), b"head ONE two");
        file.truncate(8).unwrap();
        file.write_at(6, b"VER three").unwrap();
        file.sync().unwrap();
        for (range, expected) in
            [(0..4, "head"), (5..9, "OVER"), (9..u64::MAX, " three"), (99..100, ""), (7..7, "")]
        {
            assert_eq!(folder.read("log/a", range).unwrap(), expected.as_bytes());
        }
        assert_eq!(&*folder.open("log/a").unwrap(), b"head OVER three");
        drop(file);
        let mut again = folder.append("log/a").unwrap();
        again.write_at(15, b"!").unwrap();
        assert_eq!(folder.read("log/a", 10..100).unwrap(), b"three!");
    });
}

#[test]
fn an_empty_file_is_a_file() {
    check(|folder| {
        write(folder, "empty", b"");
        assert_eq!(&*folder.open("empty").unwrap(), b"");
    });
}

#[test]
fn a_taken_path_is_refused() {
    check(|folder| {
        write(folder, "a", b"first");
        assert_kind(folder.create("a"), ErrorKind::Conflict);
        assert_eq!(&*folder.open("a").unwrap(), b"first");
    });
}

#[test]
fn what_is_not_there_is_not_found() {
    check(|folder| {
        write(folder, "units/a", b"");
        for path in ["nothing", "no/such/file", "units"] {
            assert_kind(folder.open(path), ErrorKind::NotFound);
        }
        assert_kind(folder.append("nothing"), ErrorKind::NotFound);
        assert_kind(folder.read("nothing", 0..1), ErrorKind::NotFound);
        assert_kind(folder.remove("nothing"), ErrorKind::NotFound);
        assert_kind(folder.publish("nothing", "b"), ErrorKind::NotFound);
        assert_kind(folder.sync("nowhere"), ErrorKind::NotFound);
        assert!(folder.list("nowhere").unwrap().is_empty());
    });
}

#[test]
fn publishing_moves_and_never_replaces() {
    check(|folder| {
        write(folder, "new.tmp", b"new");
        write(folder, "old", b"old");
        assert_kind(folder.publish("new.tmp", "old"), ErrorKind::Conflict);
        assert_eq!(&*folder.open("old").unwrap(), b"old");
        assert_eq!(&*folder.open("new.tmp").unwrap(), b"new");

        folder.publish("new.tmp", "deep/er/new").unwrap();
        folder.sync("deep/er").unwrap();
        assert_eq!(&*folder.open("deep/er/new").unwrap(), b"new");
        assert_eq!(folder.list("").unwrap(), ["old"]);
        assert_eq!(folder.list("deep/er").unwrap(), ["new"]);
    });
}

#[test]
fn of_many_who_publish_one_succeeds() {
    check(|folder| {
        let published = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let published = &published;
                scope.spawn(move || {
                    let path = format!("{writer}.tmp");
                    write(folder, &path, path.as_bytes());
                    match folder.publish(&path, "manifest-000001.json") {
                        Ok(()) => _ = published.fetch_add(1, Ordering::Relaxed),
                        Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict),
                    }
                });
            }
        });
        assert_eq!(published.into_inner(), 1);
        let winner = folder.open("manifest-000001.json").unwrap();
        assert!(winner.ends_with(b".tmp"));
        assert_eq!(folder.list("").unwrap().len(), 8, "seven losers and the manifest");
    });
}

#[test]
fn an_open_file_outlives_its_name() {
    check(|folder| {
        write(folder, "a", b"kept");
        let bytes = folder.open("a").unwrap();
        folder.remove("a").unwrap();
        assert_kind(folder.open("a"), ErrorKind::NotFound);
        write(folder, "a", b"other");
        assert_eq!(&*bytes, b"kept");
    });
}

#[test]
fn names_are_listed_in_order_and_folders_are_not() {
    check(|folder| {
        for path in ["b", "units/z", "a", "units/deeper/x", "units/y"] {
            write(folder, path, b"");
        }
        assert_eq!(folder.list("").unwrap(), ["a", "b"]);
        assert_eq!(folder.list("units").unwrap(), ["y", "z"]);
        folder.sync("units/deeper").unwrap();
        folder.sync("").unwrap();
    });
}

#[test]
fn only_our_own_names_pass() {
    check(|folder| {
        for path in
            ["", "/a", "a/", "../a", "a/../b", ".", ".hidden", "a//b", "A", "ä", "a\\b", "a b"]
        {
            assert_kind(folder.create(path), ErrorKind::InvalidArgument);
            assert_kind(folder.open(path), ErrorKind::InvalidArgument);
            assert_kind(folder.append(path), ErrorKind::InvalidArgument);
            assert_kind(folder.read(path, 0..1), ErrorKind::InvalidArgument);
            assert_kind(folder.remove(path), ErrorKind::InvalidArgument);
            assert_kind(folder.publish("a", path), ErrorKind::InvalidArgument);
        }
        assert_kind(folder.list("../a"), ErrorKind::InvalidArgument);
        assert_kind(folder.sync("../a"), ErrorKind::InvalidArgument);
    });
}

#[test]
fn there_is_one_writer_at_a_time() {
    check(|folder| {
        let lock = folder.lock().unwrap();
        assert_kind(folder.lock(), ErrorKind::Conflict);
        drop(lock);
        let again = folder.lock().unwrap();
        assert_kind(folder.lock(), ErrorKind::Conflict);
        drop(again);
        assert!(folder.list("").unwrap().is_empty(), "the lock is no file of the index");
    });
}

#[test]
fn a_lock_is_seen_through_every_handle() {
    let place = tempfile::tempdir().unwrap();
    let disk = DiskDirectory::open(place.path()).unwrap();
    let lock = disk.lock().unwrap();
    let other = DiskDirectory::open(place.path()).unwrap();
    assert_kind(other.lock(), ErrorKind::Conflict);
    drop(lock);
    assert!(other.lock().is_ok());

    let memory = MemoryDirectory::new();
    let _lock = memory.lock().unwrap();
    assert_kind(memory.clone().lock(), ErrorKind::Conflict);
}

#[test]
fn opening_a_folder_makes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let nowhere = place.path().join("nowhere");
    assert_kind(DiskDirectory::open(&nowhere), ErrorKind::NotFound);
    assert!(!nowhere.exists());
    write(&DiskDirectory::open(place.path()).unwrap(), "file", b"");
    assert_kind(DiskDirectory::open(place.path().join("file")), ErrorKind::NotFound);
}

#[test]
fn strange_files_are_left_out_of_a_list() {
    let place = tempfile::tempdir().unwrap();
    let folder = DiskDirectory::open(place.path()).unwrap();
    write(&folder, "ours", b"");
    for name in ["READ ME.txt", ".hidden"] {
        std::fs::copy(place.path().join("ours"), place.path().join(name)).unwrap();
    }
    assert_eq!(folder.list("").unwrap(), ["ours"]);
}
