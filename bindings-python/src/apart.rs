//! Interrupts where other libraries, or many values of Python, take their time. What other libraries
//! do is done on a thread of its own: they cannot be stopped, but whoever waits for them can.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel, sync_channel};
use std::thread;
use std::time::Duration;

use arrow_array::RecordBatch;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::load::Fault;

/// How often whoever waits looks for Ctrl-C.
const LOOK: Duration = Duration::from_millis(15);

/// What `work` comes to; an interrupt ends the waiting, and the work goes on with nobody to take it.
pub(crate) fn apart<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce(Python<'_>) -> PyResult<T> + Send + 'static,
) -> PyResult<T> {
    let (give, take) = channel();
    spawn(move || drop(give.send(Python::attach(work))))?;
    py.detach(move || awaited(&take))?
}

/// The batches of a table: the next one is read while one is used.
pub(crate) struct Ahead {
    /// None is the end.
    coming: Receiver<Option<seriatim::Result<RecordBatch>>>,
    fault: Fault,
    ended: bool,
}

impl Ahead {
    pub(crate) fn of(
        batches: impl Iterator<Item = seriatim::Result<RecordBatch>> + Send + 'static,
        fault: &Fault,
    ) -> PyResult<Self> {
        let (give, take) = sync_channel(0);
        let mut all = batches.map(Some).chain(std::iter::once(None));
        // It ends where nobody takes them any more.
        spawn(move || drop(all.try_for_each(|it| give.send(it))))?;
        Ok(Ahead { coming: take, fault: fault.clone(), ended: false })
    }
}

impl Iterator for Ahead {
    type Item = seriatim::Result<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let batch = awaited(&self.coming).unwrap_or_else(|error| Some(Err(self.fault.told(error))));
        self.ended = !matches!(batch, Some(Ok(_)));
        batch
    }
}

/// The exception of an interrupt, in a loop over values of Python: looked for at every few of them.
pub(crate) fn interrupted(py: Python<'_>, at: usize) -> PyResult<()> {
    if at.is_multiple_of(1 << 12) { py.check_signals() } else { Ok(()) }
}

/// What comes, or the exception that ends the waiting for it.
fn awaited<T>(coming: &Receiver<T>) -> PyResult<T> {
    loop {
        match coming.recv_timeout(LOOK) {
            Ok(it) => return Ok(it),
            Err(RecvTimeoutError::Timeout) => Python::attach(|py| interrupted(py, 0))?,
            Err(RecvTimeoutError::Disconnected) => {
                let told = "reading the table panicked; please report this";
                return Err(PyRuntimeError::new_err(told));
            }
        }
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> PyResult<()> {
    let thread = thread::Builder::new().name("seriatim-table".to_owned());
    Ok(thread.spawn(work).map(drop)?)
}
