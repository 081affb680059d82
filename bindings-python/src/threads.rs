//! How many threads calls share.

use pyo3::prelude::*;

use crate::error::OrRaise;

/// How many threads all calls of this process share: a thread a core, unless ``set_threads`` said
/// otherwise.
#[pyfunction]
pub(crate) fn threads() -> usize {
    seriatim::threads()
}

/// Say how many threads all calls of this process share from now on: selections, counts, contacts,
/// and loads that are not given ``threads``. What is under way ends with the threads it began with.
///
/// Parameters
/// ----------
/// count : int
///     1 to 1,024; other numbers raise ``InvalidArgumentError``.
#[pyfunction]
pub(crate) fn set_threads(count: usize) -> PyResult<()> {
    seriatim::set_threads(count).or_raise()
}
