//! The log against a list, against damage of every kind, and against callers and readers at once.

mod damage;
mod model;
mod sharing;

use std::sync::Arc;

use super::{Log, LogId, LogOptions, Reader, Recovery, Resume};
use crate::error::Result;
use crate::io::{Directory, MemoryDirectory};

const FOLDER: &str = "log";
const ID: LogId = LogId([3; 16]);

fn options(file_bytes: u64) -> LogOptions {
    let options = LogOptions::new([9; 16]).with_file_bytes(file_bytes).unwrap();
    options.with_room_bytes(300).unwrap()
}

fn create(folder: &MemoryDirectory, file_bytes: u64) -> Log {
    Log::create(Arc::new(folder.clone()), FOLDER, ID, options(file_bytes)).unwrap()
}

fn open(folder: &MemoryDirectory, resume: Resume) -> Result<(Log, Recovery, Vec<Vec<u8>>)> {
    let mut read = Vec::new();
    let (log, recovery) =
        Log::open(Arc::new(folder.clone()), FOLDER, options(900), resume, &mut |it| {
            assert_eq!(it.sequence, resume.from + read.len() as u64);
            read.push(it.bytes.to_vec());
            Ok(())
        })?;
    Ok((log, recovery, read))
}

fn read(folder: &MemoryDirectory, resume: Resume) -> Result<(Reader, Vec<Vec<u8>>)> {
    let mut read = Vec::new();
    let reader = Reader::open(Arc::new(folder.clone()), FOLDER, resume, &mut |it| {
        read.push(it.bytes.to_vec());
        Ok(())
    })?;
    Ok((reader, read))
}

/// A folder with the files of a log as they are now.
fn copy(folder: &MemoryDirectory) -> MemoryDirectory {
    let other = MemoryDirectory::new();
    for name in folder.list(FOLDER).unwrap() {
        let path = format!("{FOLDER}/{name}");
        put(&other, &path, &folder.open(&path).unwrap());
    }
    other
}

fn put(folder: &MemoryDirectory, path: &str, bytes: &[u8]) {
    let mut file = folder.create(path).unwrap();
    file.write(bytes).unwrap();
    file.sync().unwrap();
}

fn paths(folder: &MemoryDirectory) -> Vec<String> {
    folder.list(FOLDER).unwrap().iter().map(|name| format!("{FOLDER}/{name}")).collect()
}
