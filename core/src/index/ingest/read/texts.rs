//! Texts out of Arrow arrays, whatever their layout.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;

use crate::error::{Error, Result};
use crate::index::ingest::block::BlockTexts;
use crate::index::ingest::interner::{Interner, MISSING};

/// Whether values of this Arrow type are texts.
pub(super) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// Calls back with each text of an array in turn, or none where it is null.
pub(super) fn each_text(
    array: &ArrayRef,
    mut call: impl FnMut(Option<&str>) -> Result<()>,
) -> Result<()> {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().try_for_each(call),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().try_for_each(call),
        DataType::Utf8View => array.as_string_view().iter().try_for_each(call),
        DataType::Dictionary(..) => {
            let texts = texts(array)?;
            let text =
                |code: &u32| texts.distinct.get(usize::try_from(*code).unwrap_or(usize::MAX));
            texts.codes.iter().try_for_each(|code| call(text(code).map(|it| &**it)))
        }
        other => Err(Error::invalid(format!("{other} values are not text"))),
    }
}

/// The distinct texts of an array, and the number of each row's.
pub(super) fn texts(array: &ArrayRef) -> Result<BlockTexts> {
    if let DataType::Dictionary(key, _) = array.data_type() {
        return match **key {
            DataType::Int8 => dictionary::<Int8Type>(array),
            DataType::Int16 => dictionary::<Int16Type>(array),
            DataType::Int32 => dictionary::<Int32Type>(array),
            DataType::Int64 => dictionary::<Int64Type>(array),
            DataType::UInt8 => dictionary::<UInt8Type>(array),
            DataType::UInt16 => dictionary::<UInt16Type>(array),
            DataType::UInt32 => dictionary::<UInt32Type>(array),
            DataType::UInt64 => dictionary::<UInt64Type>(array),
            ref other => Err(Error::invalid(format!("{other} is no key of a dictionary"))),
        };
    }
    let mut interner = Interner::default();
    let mut codes = Vec::with_capacity(array.len());
    if let Some(views) = array.as_string_view_opt() {
        let mut recent = Recent::default();
        for (view, text) in views.views().iter().zip(views) {
            codes.push(match text {
                Some(text) => recent.number(*view, || interner.number(text))?,
                None => MISSING,
            });
        }
        return Ok(BlockTexts { distinct: interner.into_texts(), codes });
    }
    each_text(array, |text| {
        codes.push(match text {
            Some(text) => interner.number(text)?,
            None => MISSING,
        });
        Ok(())
    })?;
    Ok(BlockTexts { distinct: interner.into_texts(), codes })
}

/// Numbers by the views of an array that had them lately. Equal views are of one text, so that most
/// rows of a column that repeats itself have their number without a look at the text.
struct Recent(Vec<(u128, u32)>);

impl Default for Recent {
    fn default() -> Self {
        Recent(vec![(0, MISSING); 1 << Recent::BITS])
    }
}

impl Recent {
    const BITS: u32 = 12;

    fn number(&mut self, view: u128, number: impl FnOnce() -> Result<u32>) -> Result<u32> {
        let folded = u64::try_from((view ^ (view >> 64)) & u128::from(u64::MAX)).unwrap_or(0);
        let mixed = folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - Recent::BITS);
        match self.0.get_mut(usize::try_from(mixed).unwrap_or(0)) {
            Some((known, number)) if *known == view && *number != MISSING => Ok(*number),
            Some(entry) => {
                *entry = (view, number()?);
                Ok(entry.1)
            }
            None => number(),
        }
    }
}

fn dictionary<K: ArrowDictionaryKeyType>(array: &ArrayRef) -> Result<BlockTexts> {
    let array = array.as_dictionary::<K>();
    // Several keys may have one text, and a key may have none.
    let values = texts(array.values())?;
    let number = |key: K::Native| values.codes.get(key.as_usize()).copied().unwrap_or(MISSING);
    let codes = array.keys().iter().map(|key| key.map_or(MISSING, number)).collect();
    Ok(BlockTexts { distinct: values.distinct, codes })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::StringViewArray;

    use super::*;

    /// Short texts are views by themselves, long ones lie in a buffer, at one place or at several.
    #[test]
    fn views_have_the_numbers_of_their_texts() {
        let text = |n: usize| match n % 5 {
            0 => None,
            1 => Some(String::new()),
            2 => Some(format!("L{}", n % 7)),
            3 => Some(format!("L{n}")),
            _ => Some(format!("a text of more than twelve bytes: {}", n % 9_000)),
        };
        let given: Vec<Option<String>> = (0..30_000).map(text).collect();
        let views: ArrayRef =
            Arc::new(given.iter().map(Option::as_deref).collect::<StringViewArray>());
        for array in [Arc::clone(&views), views.slice(4, 20_000)] {
            let found = texts(&array).unwrap();
            let plain = arrow_cast::cast(&array, &DataType::Utf8).unwrap();
            let expected = texts(&plain).unwrap();
            assert_eq!((found.distinct, found.codes), (expected.distinct, expected.codes));
        }
    }
}
