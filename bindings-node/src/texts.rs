//! Serials by the million, on their way in.

use napi::bindgen_prelude::Uint32Array;
use napi_derive::napi;

/// Texts as one, with a line feed between two: far quicker than one by one.
#[napi(object)]
pub struct Texts {
    pub text: String,
    /// How long each is, in UTF-16 code units.
    pub lengths: Uint32Array,
}

impl Texts {
    pub(crate) fn slices(&self) -> Vec<&str> {
        let mut rest = self.text.as_str();
        let ascii = rest.is_ascii();
        let slice = |units: &u32| {
            let units = usize::try_from(*units).unwrap_or(usize::MAX);
            let bytes = if ascii { units } else { bytes_of(rest, units) };
            let (text, behind) = rest.split_at_checked(bytes).unwrap_or_default();
            rest = behind.strip_prefix('\n').unwrap_or(behind);
            text
        };
        self.lengths.iter().map(slice).collect()
    }
}

/// How many bytes so many UTF-16 code units are.
fn bytes_of(text: &str, units: usize) -> usize {
    let mut left = units;
    let taken = text.chars().take_while(|it| {
        let fits = left > 0;
        left = left.saturating_sub(it.len_utf16());
        fits
    });
    taken.map(char::len_utf8).sum()
}
