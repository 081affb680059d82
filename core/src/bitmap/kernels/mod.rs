//! The loops over whole chunks: bits combined and counted, values compared.
//!
//! [`dispatch`] picks one instruction set at first use; every set gives the same answers.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod bit_search;
mod dispatch;
mod portable;
#[cfg(test)]
mod tests;

pub(crate) use bit_search::GROUP;
pub(crate) use dispatch::{
    ByteSet, Op, combine_bytes, combine_words, count_bytes, count_common_bytes, count_common_words,
    count_runs, count_words, range_of_planes, scan_set_u8, scan_u8, scan_u16,
};
