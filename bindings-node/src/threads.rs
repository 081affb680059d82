//! How many threads calls share.

use napi_derive::napi;

use crate::error::OrThrow;

/// The threads that all calls of this process share.
#[napi]
pub struct Threads;

#[napi]
impl Threads {
    /// How many they are.
    #[napi(catch_unwind)]
    pub fn count() -> u32 {
        u32::try_from(seriatim::threads()).unwrap_or(u32::MAX)
    }

    /// Says how many they are from now on.
    #[napi(catch_unwind)]
    pub fn set(count: u32) -> napi::Result<()> {
        seriatim::set_threads(usize::try_from(count).unwrap_or(usize::MAX)).or_throw()
    }
}
