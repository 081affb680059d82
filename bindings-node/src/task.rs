//! A call that takes a while: how far it is, and whether to go on.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use napi_derive::napi;
use seriatim::Progress;

use crate::error::coded;

/// `lib/task.ts` reads it while the call runs, and stops the call with it.
#[napi]
pub struct Task {
    state: Arc<State>,
}

#[derive(Default)]
pub(crate) struct State {
    stopped: AtomicBool,
    rows: AtomicU64,
    /// One more than the rows there are; 0 where that is not known.
    rows_total: AtomicU64,
}

#[napi]
impl Task {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Task { state: Arc::new(State::default()) }
    }

    #[napi(catch_unwind)]
    pub fn stop(&self) {
        self.state.stopped.store(true, Ordering::Relaxed);
    }

    #[napi(getter, catch_unwind)]
    pub fn rows(&self) -> f64 {
        self.state.rows.load(Ordering::Relaxed) as f64
    }

    #[napi(getter, catch_unwind)]
    pub fn rows_total(&self) -> Option<f64> {
        self.state.rows_total.load(Ordering::Relaxed).checked_sub(1).map(|it| it as f64)
    }
}

impl Task {
    pub(crate) fn watch(&self) -> Watch {
        Watch(Arc::clone(&self.state))
    }
}

/// The side of a task that the call sees.
pub(crate) struct Watch(Arc<State>);

impl Watch {
    /// An error where the call is not to begin.
    pub(crate) fn begin(&self) -> napi::Result<()> {
        if self.0.stopped.load(Ordering::Relaxed) {
            return Err(coded("cancelled", "the caller asked to stop"));
        }
        Ok(())
    }

    /// What the core calls back while it works.
    pub(crate) fn call(self) -> impl Fn(Progress) -> ControlFlow<()> + Send + Sync {
        move |at| {
            self.0.rows.fetch_max(at.rows, Ordering::Relaxed);
            self.0.rows_total.store(at.rows_total.map_or(0, |it| it + 1), Ordering::Relaxed);
            if self.0.stopped.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        }
    }
}
