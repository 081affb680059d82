//! Logs, as an interruption or someone who means harm leaves them.

use std::sync::Arc;

use crate::bytes::Cursor;
use crate::error::Result;
use crate::io::{Directory, MemoryDirectory};
use crate::log::{self, Log, LogId, LogOptions, Reader, Resume, Salvaged, salvage};

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
