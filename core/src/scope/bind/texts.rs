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

/// The texts for which a test holds, in the order of texts or of versions. An error comes with the
/// literal at fault.
pub(super) fn text_test(
    predicate: &Predicate,
    column_type: ColumnType,
) -> Result<TextTest, (Error, Spot)> {
    let order = match column_type {
        ColumnType::Version => Version::compare,
        _ => str::cmp,
    };
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
        Predicate::In(list) => {
            let texts: Result<Vec<String>, _> =
                list.iter().map(|operand| text(operand, column_type)).collect();
            let mut texts = texts?;
            texts.sort_by(|a, b| order(a, b));
            texts.dedup();
            texts.into_iter().map(point).collect()
        }
        Predicate::Like(operand) => return like(operand, column_type),
        Predicate::IsNull => Vec::new(),
    };
    Ok(TextTest::Ranges(ranges))
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
