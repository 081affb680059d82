//! Tests of numbers, days, instants and truths, as ranges.

use super::binder::BETWEEN_ENDS;
use crate::calendar::Zone;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::ColumnType;
use crate::scope::Literal;
use crate::scope::ast::{Comparison, Operand, Predicate, Spot};
use crate::scope::literal::Kind;
use crate::scope::moment::{day, moment};

/// From this on a double no longer tells every whole number from its neighbours.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// An ordered kind of value whose neighbours are known.
pub(super) trait Ordered: Copy + PartialOrd {
    const LEAST: Self;
    const GREATEST: Self;

    fn before(self) -> Option<Self>;
    fn after(self) -> Option<Self>;
}

impl Ordered for i64 {
    const LEAST: i64 = i64::MIN;
    const GREATEST: i64 = i64::MAX;

    fn before(self) -> Option<i64> {
        self.checked_sub(1)
    }

    fn after(self) -> Option<i64> {
        self.checked_add(1)
    }
}

impl Ordered for f64 {
    const LEAST: f64 = f64::NEG_INFINITY;
    const GREATEST: f64 = f64::INFINITY;

    fn before(self) -> Option<f64> {
        Some(self.next_down())
    }

    fn after(self) -> Option<f64> {
        Some(self.next_up())
    }
}

/// What a literal stands for: the values from `first` to `last`. A day is all its instants; a
/// fraction among whole numbers lies between two of them, and `first` is after `last`.
pub(super) struct Extent<T> {
    pub(super) first: T,
    pub(super) last: T,
}

impl<T: Copy> Extent<T> {
    pub(super) fn point(at: T) -> Self {
        Extent { first: at, last: at }
    }
}

/// The ranges of values for which a test holds, ascending and disjoint. An error comes with the
/// literal at fault.
pub(super) fn ranges<T: Ordered>(
    predicate: &Predicate,
    extent: impl Fn(&Literal) -> Result<Extent<T>>,
) -> Result<Vec<(T, T)>, (Error, Spot)> {
    let of = |operand: &Operand| extent(&operand.literal).map_err(|error| (error, operand.at));
    let exact = |operand: &Operand| {
        let Extent { first, last } = of(operand)?;
        if first > last {
            let error = field(format!("no value is exactly {}", operand.literal));
            return Err((error, operand.at));
        }
        Ok((first, last))
    };
    let mut found = match predicate {
        Predicate::Compare(comparison, operand) => {
            let range = match comparison {
                Comparison::Eq | Comparison::Ne => Some(exact(operand)?),
                Comparison::Lt => of(operand)?.first.before().map(|last| (T::LEAST, last)),
                Comparison::Le => Some((T::LEAST, of(operand)?.last)),
                Comparison::Gt => of(operand)?.last.after().map(|first| (first, T::GREATEST)),
                Comparison::Ge => Some((of(operand)?.first, T::GREATEST)),
            };
            range.into_iter().collect()
        }
        Predicate::Between(from, to) => {
            let (start, end) = (of(from)?, of(to)?);
            if start.first > end.last {
                // Fractions may stand in order and yet have no whole number between them.
                let message =
                    if start.last <= end.first { "no value lies between" } else { BETWEEN_ENDS };
                return Err((field(message), from.at));
            }
            vec![(start.first, end.last)]
        }
        Predicate::In(list) => list.iter().map(exact).collect::<Result<Vec<_>, _>>()?,
        Predicate::NotDistinct(operand) => vec![exact(operand)?],
        // A parameter is a list by now, and the others are no tests of numbers.
        Predicate::Like(_) | Predicate::InParameter(_) | Predicate::IsNull => Vec::new(),
    };
    merge(&mut found);
    Ok(found)
}

/// Sorts ranges and makes one of those that overlap or touch.
fn merge<T: Ordered>(ranges: &mut Vec<(T, T)>) {
    ranges.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    ranges.dedup_by(|next, kept| {
        let touches = kept.1.after().is_none_or(|after| next.0 <= after);
        if touches && next.1 > kept.1 {
            kept.1 = next.1;
        }
        touches
    });
}

/// Minus zero and zero are one number; their bits are two.
pub(super) fn widen_zeros(ranges: &mut [(f64, f64)]) {
    for (first, last) in ranges {
        if *first == 0.0 {
            *first = -0.0;
        }
        if *last == 0.0 {
            *last = 0.0;
        }
    }
}

pub(super) fn integer(literal: &Literal) -> Result<Extent<i64>> {
    match literal.0 {
        Kind::Integer(number) => Ok(Extent::point(number)),
        Kind::Float(number) if number.abs() < EXACT_MAX => {
            Ok(Extent { first: whole(number.ceil()), last: whole(number.floor()) })
        }
        Kind::Float(_) => Err(field(format!(
            "{literal} is too large to be exact; write it without fraction and exponent"
        ))),
        _ => Err(misfit(literal, ColumnType::Integer)),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the caller checked that it is below 2^53")]
fn whole(number: f64) -> i64 {
    number as i64
}

pub(super) fn float(literal: &Literal) -> Result<Extent<f64>> {
    match literal.0 {
        Kind::Float(number) if number.is_finite() => Ok(Extent::point(number)),
        Kind::Float(_) => Err(field("NaN and the infinities are no numbers to compare with")),
        #[expect(clippy::cast_possible_truncation, reason = "the cast back is the check")]
        Kind::Integer(number) if number as f64 as i128 == i128::from(number) => {
            Ok(Extent::point(number as f64))
        }
        Kind::Integer(_) => Err(field(format!(
            "{literal} has more digits than a float holds; write the nearest number it holds"
        ))),
        _ => Err(misfit(literal, ColumnType::Float)),
    }
}

pub(super) fn date(literal: &Literal) -> Result<Extent<i64>> {
    match &literal.0 {
        Kind::Text(text) => Ok(Extent::point(day(text)?)),
        _ => Err(misfit(literal, ColumnType::Date)),
    }
}

pub(super) fn timestamp(literal: &Literal, zone: &Zone) -> Result<Extent<i64>> {
    match &literal.0 {
        Kind::Text(text) => moment(text, zone).map(|(first, last)| Extent { first, last }),
        _ => Err(misfit(literal, ColumnType::Timestamp)),
    }
}

pub(super) fn boolean(literal: &Literal) -> Result<Extent<i64>> {
    match literal.0 {
        Kind::Boolean(truth) => Ok(Extent::point(i64::from(truth))),
        _ => Err(misfit(literal, ColumnType::Boolean)),
    }
}

/// A literal of another kind than the column's values.
pub(super) fn misfit(literal: &Literal, column_type: ColumnType) -> Error {
    let way_out = match column_type {
        ColumnType::Text | ColumnType::Version | ColumnType::TextList => {
            let mut quoted = String::from("write it in single quotes: '");
            match literal.0 {
                Kind::Integer(number) => quoted.push_str(&number.to_string()),
                _ => quoted.push_str("..."),
            }
            quoted + "'"
        }
        ColumnType::Integer | ColumnType::Float => "write a number, without quotes".into(),
        ColumnType::Date => "write a day: '2025-03-01'".into(),
        ColumnType::Timestamp => {
            "write a day, '2025-03-01', or a point in time, '2025-03-01T12:30:00Z'".into()
        }
        ColumnType::Boolean => "write TRUE or FALSE".into(),
    };
    field(format!("{literal} does not fit; {way_out}"))
}

fn field(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::ScopeField, message)
}
