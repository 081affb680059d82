//! The calls to the system in which a program can be killed.

use std::collections::BTreeMap;

use crate::command;
use crate::program::Places;

/// Calls that change files, and those between them.
const CALLS: &str = "openat,write,pwrite64,lseek,ftruncate,fsync,fdatasync,link,linkat,unlink,\
                     unlinkat,mkdir,mkdirat,flock,mmap,munmap,close,getdents64";

/// The `nth` call of its kind that one thread makes.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    call: String,
    nth: u32,
}

impl Point {
    /// What runs a program so that it is killed there.
    pub(crate) fn killer(&self) -> Vec<String> {
        let Point { call, nth } = self;
        let inject = format!("inject={call}:signal=SIGKILL:when={nth}");
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject].map(str::to_owned).to_vec()
    }
}

/// Every point that a run of the program passes.
pub(crate) fn all() -> Vec<Point> {
    let place = tempfile::tempdir().unwrap();
    let trace = place.path().join("trace");
    let calls = format!("trace={CALLS}");
    let tracer = ["strace", "-f", "-qq", "-o", trace.to_str().unwrap(), "-e", &calls];
    let status = command(&Places::within(place.path()), &tracer.map(str::to_owned)).status();
    assert!(status.is_ok_and(|it| it.success()), "strace must be installed");
    let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
    for line in std::fs::read_to_string(&trace).unwrap().lines() {
        let Some((thread, said)) = line.split_once(' ') else { continue };
        let call = said.trim_start().split('(').next().unwrap_or_default();
        if CALLS.split(',').any(|it| it == call) {
            *counts.entry((call.to_owned(), thread.to_owned())).or_default() += 1;
        }
    }
    let mut most: BTreeMap<String, u32> = BTreeMap::new();
    for ((call, _), count) in counts {
        let most = most.entry(call).or_default();
        *most = count.max(*most);
    }
    let points = most
        .into_iter()
        .flat_map(|(call, most)| (1..=most).map(move |nth| Point { call: call.clone(), nth }));
    points.collect()
}
