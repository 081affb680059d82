//! The threads that every call shares.
//!
//! One pool a process: a pool that was made before a fork has no threads in the child, so that work
//! given to it would wait for ever.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{Error, Result};

static SHARED: Mutex<Shared> = Mutex::new(Shared { asked: None, pool: None });

struct Shared {
    /// How many threads the process asked for.
    asked: Option<usize>,
    /// The pool, and the process in which its threads are.
    pool: Option<(u32, Arc<ThreadPool>)>,
}

/// Threads that a process may ask for.
const THREADS_MAX: usize = 1024;

/// How many threads all calls of this process share: a thread a core, unless
/// [`set_threads`] said otherwise.
///
/// # Examples
///
/// ```
/// assert!(seriatim::threads() >= 1);
/// ```
pub fn threads() -> usize {
    lock().asked.unwrap_or_else(cores)
}

/// Says how many threads all calls of this process share from now on: selections, counts, contacts,
/// and loads whose options do not say. What is under way ends with the threads it began with.
///
/// # Errors
///
/// `invalid_argument` unless it is 1 to 1,024.
///
/// # Examples
///
/// ```
/// // A service that leaves cores to its other work.
/// seriatim::set_threads(2)?;
/// assert_eq!(seriatim::threads(), 2);
/// assert!(seriatim::set_threads(0).is_err());
/// # Ok::<(), seriatim::Error>(())
/// ```
pub fn set_threads(threads: usize) -> Result<()> {
    if !(1..=THREADS_MAX).contains(&threads) {
        return Err(Error::invalid(format!(
            "{threads} threads; calls share at least one, and {THREADS_MAX} at most"
        )));
    }
    let mut shared = lock();
    let same = shared.asked == Some(threads);
    shared.asked = Some(threads);
    let pool = shared.pool.take_if(|_| !same);
    drop(shared);
    leave(pool);
    Ok(())
}

/// The pool of this process.
pub(crate) fn shared() -> Result<Arc<ThreadPool>> {
    let process = std::process::id();
    let mut shared = lock();
    if let Some((owner, pool)) = &shared.pool
        && *owner == process
    {
        return Ok(Arc::clone(pool));
    }
    let pool = Arc::new(of_threads(shared.asked.unwrap_or_else(cores))?);
    leave(shared.pool.replace((process, Arc::clone(&pool))));
    Ok(pool)
}

fn lock() -> MutexGuard<'static, Shared> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives up a pool. One of the parent process must not be dropped: it would wait for threads that
/// the fork did not bring along.
fn leave(pool: Option<(u32, Arc<ThreadPool>)>) {
    if let Some((owner, pool)) = pool
        && owner != std::process::id()
    {
        std::mem::forget(pool);
    }
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

/// Tells work on other threads that nobody waits for it any more.
#[derive(Debug, Default)]
pub(crate) struct Halt(AtomicBool);

impl Halt {
    /// `cancelled` where the work is to stop.
    pub(crate) fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) { Err(Error::cancelled()) } else { Ok(()) }
    }
}

/// Items that are sorted without a look whether to stop.
const SORTED_AT_ONCE: usize = 1 << 18;

/// Sorts in parallel, and looks meanwhile whether to stop.
///
/// # Errors
///
/// `cancelled`, with the items in no order.
pub(crate) fn sort_halting<T: Send>(
    items: &mut [T],
    compare: &(impl Fn(&T, &T) -> std::cmp::Ordering + Sync),
    halt: &Halt,
) -> Result<()> {
    halt.check()?;
    if items.len() <= SORTED_AT_ONCE {
        items.sort_unstable_by(compare);
        return Ok(());
    }
    // What is in order already, as most loads are, is not taken apart.
    if items.is_sorted_by(|a, b| compare(a, b).is_le()) {
        return Ok(());
    }
    let middle = items.len() / 2;
    items.select_nth_unstable_by(middle, compare);
    let (low, high) = items.split_at_mut(middle);
    let (low, high) =
        rayon::join(|| sort_halting(low, compare, halt), || sort_halting(high, compare, halt));
    low.and(high)
}

/// How often whoever waits for work is asked whether to go on.
const LOOK: Duration = Duration::from_millis(20);

/// Runs `work` on the threads of a pool, and meanwhile `look` on the caller's, at once and then again
/// and again; where it breaks, the work is told to halt, and the answer is `cancelled`.
///
/// The caller's thread is none of the pool.
pub(crate) fn watched<T: Send>(
    pool: &ThreadPool,
    mut look: impl FnMut() -> ControlFlow<()>,
    work: impl FnOnce(&Halt) -> Result<T> + Send,
) -> Result<T> {
    let (halt, mut answer) = (Halt::default(), None);
    let (done, ended) = mpsc::channel::<()>();
    pool.in_place_scope(|scope| {
        let (answer, halt) = (&mut answer, &halt);
        scope.spawn(move |_| {
            *answer = Some(work(halt));
            drop(done);
        });
        loop {
            if halt.check().is_ok() && look().is_break() {
                halt.0.store(true, Ordering::Relaxed);
            }
            // Nothing is ever sent: the channel closes when the work has ended.
            if ended.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        }
    });
    halt.check()?;
    answer.unwrap_or_else(|| Err(Error::cancelled()))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn every_call_of_a_process_shares_one_pool_of_the_size_asked_for() {
        let first = shared().unwrap();
        assert!(Arc::ptr_eq(&first, &shared().unwrap()));
        set_threads(3).unwrap();
        let other = shared().unwrap();
        assert_eq!((threads(), other.current_num_threads()), (3, 3));
        // Who holds the one before can still use it.
        assert_eq!(first.install(|| 7), 7);
        set_threads(3).unwrap();
        assert!(Arc::ptr_eq(&other, &shared().unwrap()));
        for wrong in [0, 1025] {
            assert_eq!(set_threads(wrong).unwrap_err().kind(), ErrorKind::InvalidArgument);
        }
        set_threads(cores()).unwrap();
        assert_eq!(of_threads(0).unwrap().current_num_threads(), 1);
    }

    #[test]
    fn work_halts_when_whoever_waits_for_it_says_so() {
        let pool = of_threads(1).unwrap();
        let answer = watched(&pool, || ControlFlow::Continue(()), |halt| halt.check().map(|()| 7));
        assert_eq!(answer.unwrap(), 7);

        let mut looks = 0;
        let look = || {
            looks += 1;
            if looks == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let endless = |halt: &Halt| -> Result<()> {
            loop {
                halt.check()?;
                std::thread::yield_now();
            }
        };
        assert_eq!(watched(&pool, look, endless).unwrap_err().kind(), ErrorKind::Cancelled);
        assert_eq!(looks, 3);
    }

    #[test]
    fn what_is_sorted_halting_is_sorted() {
        let halt = Halt::default();
        for rows in [0_u64, 1, 5, 700_000] {
            let mut items: Vec<u64> =
                (0..rows).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50).collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            sort_halting(&mut items, &Ord::cmp, &halt).unwrap();
            assert_eq!(items, expected);
            sort_halting(&mut items, &|a, b| b.cmp(a), &halt).unwrap();
            expected.reverse();
            assert_eq!(items, expected);
        }
        halt.0.store(true, Ordering::Relaxed);
        let error = sort_halting(&mut [2, 1], &Ord::cmp, &halt).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    }
}
