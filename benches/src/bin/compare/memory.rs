//! How much memory this process takes, as Linux tells it.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Map, Value};

const EVERY: Duration = Duration::from_millis(5);

/// One figure of `/proc/self/status` in bytes: `VmHWM`, the most that was resident; `RssAnon`, what
/// is resident now of memory that no file backs. 0 where there is no such file.
fn status_bytes(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}

/// The most bytes that were resident so far, mapped files included.
pub(crate) fn peak_bytes() -> u64 {
    status_bytes("VmHWM")
}

pub(crate) fn now() -> Value {
    let names = ["VmHWM", "VmRSS", "RssAnon", "RssFile"];
    Value::Object(
        names
            .map(|name| (name.to_owned(), status_bytes(name).into()))
            .into_iter()
            .collect::<Map<_, _>>(),
    )
}

/// Watches memory that no file backs: the kernel keeps no peak of it.
#[derive(Debug)]
pub(crate) struct AnonymousPeak {
    done: Arc<AtomicBool>,
    watcher: JoinHandle<u64>,
}

impl AnonymousPeak {
    pub(crate) fn watch() -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&done);
        let watcher = thread::spawn(move || {
            let mut peak = 0;
            while !seen.load(Ordering::Relaxed) {
                peak = peak.max(status_bytes("RssAnon"));
                thread::sleep(EVERY);
            }
            peak
        });
        AnonymousPeak { done, watcher }
    }

    pub(crate) fn bytes(self) -> u64 {
        self.done.store(true, Ordering::Relaxed);
        self.watcher.join().unwrap_or_default()
    }
}
