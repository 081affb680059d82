//! What a handle of JavaScript holds until it is closed.

use std::sync::{Mutex, PoisonError};

use crate::error::coded;

/// A value that can be let go before the garbage collector comes round.
pub(crate) struct Slot<T>(Mutex<Option<T>>);

impl<T: Clone> Slot<T> {
    pub(crate) fn new(value: T) -> Self {
        Slot(Mutex::new(Some(value)))
    }

    /// The value, or an error that says it was closed.
    pub(crate) fn held(&self) -> napi::Result<T> {
        let value = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        value.clone().ok_or_else(|| coded("conflict", "it is closed; nothing can be asked of it"))
    }

    pub(crate) fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Puts another value into the place of an open one.
    pub(crate) fn replace(&self, value: T) {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_some() {
            *slot = Some(value);
        }
    }
}
