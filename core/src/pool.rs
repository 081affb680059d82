//! The threads that every call shares.
//!
//! One pool a process: a pool that was made before a fork has no threads in the child, so that work
//! given to it would wait for ever.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{Error, Result};

static SHARED: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// The pool of this process, with a thread a core.
pub(crate) fn shared() -> Result<Arc<ThreadPool>> {
    let process = std::process::id();
    let mut slot = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((owner, pool)) = &*slot
        && *owner == process
    {
        return Ok(Arc::clone(pool));
    }
    let pool = Arc::new(of_threads(cores())?);
    // A pool of the parent process must not be dropped here: it would wait for threads that the
    // fork did not bring along.
    if let Some(parents) = slot.replace((process, Arc::clone(&pool))) {
        std::mem::forget(parents);
    }
    Ok(pool)
}

/// A pool of so many threads.
pub(crate) fn of_threads(threads: usize) -> Result<ThreadPool> {
    ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .thread_name(|number| format!("seriatim-{number}"))
        .build()
        .map_err(|source| {
            Error::io("start the worker threads", std::io::Error::other(source.to_string()))
        })
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_of_a_process_shares_one_pool() {
        assert!(Arc::ptr_eq(&shared().unwrap(), &shared().unwrap()));
        assert_eq!(of_threads(0).unwrap().current_num_threads(), 1);
    }
}
