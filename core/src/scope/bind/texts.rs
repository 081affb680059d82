//! Tests of texts and of versions.

use std::cmp::Ordering;
use std::ops::Bound;

use super::binder::BETWEEN_ENDS;
use super::numbers::misfit;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{ColumnType, Version};
use crate::scope::ast::{Comparison, Operand, Predicate, Spot};
use crate::scope::bound::{TextRange, TextTest};
use crate::scope::like::LikePattern;
use crate::scope::literal::Kind;
use crate::scope::mask::MaskedTest;

/// The texts for which a test holds, in the order of texts or of versions. An error comes with the
/// literal at fault.
pub(super) fn text_test(
    predicate: &Predicate,
    column_type: ColumnType,
) -> Result<TextTest, (Error, Spot)> {
    let order = order_of(column_type);
    if let Some(test) = masked(predicate)? {
        return Ok(TextTest::Masked(test));
    }
    let ranges = match predicate {
        Predicate::Compare(comparison, operand) => {
            let at = text(operand, column_type)?;
            vec![match comparison {
                Comparison::Eq | Comparison::Ne => point(at),
                Comparison::Lt => (Bound::Unbounded, Bound::Excluded(at)),
                Comparison::Le => (Bound::Unbounded, Bound::Included(at)),
                Comparison::Gt => (Bound::Excluded(at), Bound::Unbounded),
                Comparison::Ge => (Bound::Included(at), Bound::Unbounded),
            }]
        }
        Predicate::Between(from, to) => {
            let (first, last) = (text(from, column_type)?, text(to, column_type)?);
            if order(&first, &last) == Ordering::Greater {
                return Err((Error::new(ErrorKind::ScopeField, BETWEEN_ENDS), from.at));
            }
            vec![(Bound::Included(first), Bound::Included(last))]
        }
        Predicate::In(list) => return listed(list, column_type),
        Predicate::NotDistinct(operand) => vec![point(text(operand, column_type)?)],
        Predicate::Like(operand) => return like(operand, column_type),
        // A parameter is a list by now.
        Predicate::InParameter(_) | Predicate::IsNull => Vec::new(),
    };
    Ok(TextTest::Ranges(ranges))
}

/// A list of texts, and of masks.
fn listed(list: &[Operand], column_type: ColumnType) -> Result<TextTest, (Error, Spot)> {
    let order = order_of(column_type);
    let (mut texts, mut masks) = (Vec::new(), Vec::new());
    for operand in list {
        match &operand.literal.0 {
            Kind::Mask(mask) => {
                let test = MaskedTest::of(mask).map_err(|error| (error, operand.at))?;
                masks.push(TextTest::Masked(test));
            }
            _ => texts.push(text(operand, column_type)?),
        }
    }
    texts.sort_by(|a, b| order(a, b));
    texts.dedup();
    let texts = TextTest::Ranges(texts.into_iter().map(point).collect());
    if masks.is_empty() {
        return Ok(texts);
    }
    masks.push(texts);
    Ok(TextTest::Any(masks))
}

fn order_of(column_type: ColumnType) -> fn(&str, &str) -> Ordering {
    match column_type {
        ColumnType::Version => Version::compare,
        _ => str::cmp,
    }
}

/// What a test with a mask asks for; none where it has no mask, or is a list.
pub(super) fn masked(predicate: &Predicate) -> Result<Option<MaskedTest>, (Error, Spot)> {
    let mask = |operand: &Operand| match &operand.literal.0 {
        Kind::Mask(mask) => Some(mask.clone()),
        _ => None,
    };
    let refused = |message: &str, operand: &Operand| {
        Err((Error::new(ErrorKind::ScopeField, message), operand.at))
    };
    let (first, last, at) = match predicate {
        Predicate::Compare(comparison, operand) => {
            let end = mask(operand);
            match comparison {
                Comparison::Eq | Comparison::Ne => (end.clone(), end, operand.at),
                Comparison::Le => (None, end, operand.at),
                Comparison::Ge => (end, None, operand.at),
                Comparison::Lt | Comparison::Gt if end.is_some() => {
                    return refused(
                        "a mask as an end belongs to the range; write <= or >=",
                        operand,
                    );
                }
                Comparison::Lt | Comparison::Gt => return Ok(None),
            }
        }
        Predicate::NotDistinct(operand) => {
            let end = mask(operand);
            (end.clone(), end, operand.at)
        }
        Predicate::Between(from, to) => match (mask(from), mask(to)) {
            (None, Some(_)) | (Some(_), None) => {
                let other = if mask(from).is_none() { from } else { to };
                return refused(
                    "one end of the range is a mask and the other is none; mask both",
                    other,
                );
            }
            (first, last) => (first, last, from.at),
        },
        Predicate::Like(operand) if mask(operand).is_some() => {
            return refused("a mask is no pattern; write = in place of LIKE", operand);
        }
        _ => return Ok(None),
    };
    if first.is_none() && last.is_none() {
        return Ok(None);
    }
    let test = MaskedTest::between(first.as_ref(), last.as_ref());
    test.map(Some).map_err(|error| (Error::new(ErrorKind::ScopeField, error.message()), at))
}

/// A pattern; a range where it asks for one text or, in the order of texts, for a prefix.
fn like(operand: &Operand, column_type: ColumnType) -> Result<TextTest, (Error, Spot)> {
    let pattern = pattern(operand, column_type)?;
    if let Some(exact) = pattern.exact() {
        return Ok(TextTest::Ranges(vec![point(exact.to_owned())]));
    }
    match pattern.prefix() {
        Some(prefix) if column_type != ColumnType::Version => {
            Ok(TextTest::Ranges(vec![starting_with(prefix)]))
        }
        _ => Ok(TextTest::Like(pattern)),
    }
}

pub(super) fn pattern(
    operand: &Operand,
    column_type: ColumnType,
) -> Result<LikePattern, (Error, Spot)> {
    let text = text(operand, column_type)?;
    LikePattern::new(&text)
        .map_err(|error| (Error::new(ErrorKind::ScopeField, error.message()), operand.at))
}

pub(super) fn text(operand: &Operand, column_type: ColumnType) -> Result<String, (Error, Spot)> {
    match &operand.literal.0 {
        Kind::Text(text) => Ok(text.to_string()),
        _ => Err((misfit(&operand.literal, column_type), operand.at)),
    }
}

fn point(text: String) -> TextRange {
    (Bound::Included(text.clone()), Bound::Included(text))
}

/// The texts with a prefix: from it to before the first text that comes after all of them.
fn starting_with(prefix: &str) -> TextRange {
    let mut end: Vec<char> = prefix.chars().collect();
    while let Some(last) = end.pop() {
        // UTF-8 orders as its characters do; after the last character of all there is none.
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            break;
        }
    }
    let first = Bound::Included(prefix.to_owned());
    if end.is_empty() {
        return (first, Bound::Unbounded);
    }
    (first, Bound::Excluded(end.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::ops::RangeBounds;

    proptest! {
        #[test]
        fn a_prefix_is_a_range(
            prefix in "[a\u{d7ff}\u{e000}\u{10ffff}]{0,3}",
            text in "[ab\u{d7ff}\u{e000}\u{10ffff}]{0,4}",
        ) {
            let range = starting_with(&prefix);
            prop_assert_eq!(range.contains(&text), text.starts_with(&prefix));
        }
    }
}
