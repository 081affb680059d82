//! Tests of a field of the serial or of an identifier.

use std::ops::Bound;

use super::binder::BETWEEN_ENDS;
use super::keyed::Keyed;
use super::numbers::{Extent, integer, ranges};
use super::texts::pattern;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::FIELD_PATTERN_VALUES_MAX;
use crate::schema::ColumnType;
use crate::scope::Literal;
use crate::scope::ast::{Comparison, Operand, Predicate, Spot, Subject};
use crate::scope::field_test::{FieldNumbers, FieldTest};
use crate::scope::like::LikePattern;
use crate::scope::literal::Kind;
use crate::scope::moment::period;
use crate::scope::place::nearest;
use crate::serial::{SerialFamily, SerialField};

/// The name by which the time of making is asked for, as the calendar fields tell it.
pub(super) const MADE: &str = "made";

/// An error, and where it arose.
type Refused = (Error, Spot);

/// From this least value on the values of a field are years, of which a literal of two digits is
/// none.
const YEARS_FROM: i64 = 1_000;

/// The test of a field of this name. That of `<>` is that of `=`.
pub(super) fn field_test(
    keyed: Keyed<'_>,
    (name, subject): (&str, &Subject),
    predicate: &Predicate,
) -> Result<FieldTest, Refused> {
    if let Some(called) = subject.calls.first() {
        let message = format!(
            "functions are of a text; compare `{}` itself, or use SUBSTRING({} FROM 7 FOR 2)",
            subject.column,
            keyed.name()
        );
        return Err((field(message), called.at));
    }
    let found: Vec<Option<(usize, &SerialFamily, SerialField<'_>)>> =
        keyed.families.iter().map(|(_, family)| find(family, name)).collect();
    let Some((_, _, first)) = found.iter().flatten().next() else {
        return Err((no_field(keyed, name), subject.column_at));
    };
    let named = found.iter().flatten().map(|(_, family, it)| (*family, it)).collect();
    let fields = Fields { keyed, named };
    if *predicate != Predicate::IsNull {
        fields.check(name, predicate)?;
    }
    let numbers = |place: usize, it: &SerialField<'_>| FieldNumbers {
        place,
        numbers: numbers(it, predicate),
    };
    let tests = found.iter().map(|it| it.as_ref().map(|(place, _, it)| numbers(*place, it)));
    Ok(FieldTest::new(first.name(), tests.collect()))
}

/// Whether a name means the time of making: a field of this name is one where no family tells it.
pub(super) fn is_made(keyed: Keyed<'_>, name: &str) -> bool {
    name.eq_ignore_ascii_case(MADE)
        && (keyed.any(SerialFamily::has_made) || !keyed.any(|it| it.field(MADE).is_some()))
}

/// The days on which a serial must have been made. Those of `<>` are those of `=`.
pub(super) fn made_days(
    keyed: Keyed<'_>,
    subject: &Subject,
    predicate: &Predicate,
) -> Result<Vec<(i64, i64)>, Refused> {
    if !keyed.any(SerialFamily::has_made) {
        let message = format!(
            "{} says when a serial was made; declare calendar fields, such as \
             `{{yy:year2}}{{mm:month}}`",
            keyed.no_family()
        );
        return Err((field(message), subject.column_at));
    }
    if let Some(called) = subject.calls.first() {
        let message = format!(
            "functions are not of `{}.made`; compare it with a day, a week, a month or a year: \
             '2018'",
            keyed.name()
        );
        return Err((field(message), called.at));
    }
    if let Predicate::Like(operand) = predicate {
        return Err((
            field("LIKE is for texts; write the month or the year: '2018-03'"),
            operand.at,
        ));
    }
    ranges(predicate, |literal| match &literal.0 {
        Kind::Text(text) => period(text).map(|(first, last)| Extent { first, last }),
        _ => Err(field(format!(
            "{literal} does not fit; write '2018-03-15', '2018-W07', '2018-03' or '2018'"
        ))),
    })
}

/// The field of a family with this name, in any case, and its place.
fn find<'f>(
    family: &'f SerialFamily,
    name: &str,
) -> Option<(usize, &'f SerialFamily, SerialField<'f>)> {
    let mut fields = family.fields().enumerate();
    let (place, field) = fields.find(|(_, it)| it.name().eq_ignore_ascii_case(name))?;
    Some((place, family, field))
}

fn no_field(keyed: Keyed<'_>, name: &str) -> Error {
    let fields = keyed.families.iter().flat_map(|(_, family)| family.fields());
    let mut names: Vec<String> = fields.map(|it| it.name().to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    let hint = match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{}.{near}`?", keyed.name()),
        None if keyed.families.is_empty() => "no serial family is declared".into(),
        None if names.is_empty() => "the families have no fields".into(),
        None => format!("there are {}", names.join(", ")),
    };
    field(format!("{} has a field `{name}`; {hint}", keyed.no_family()))
}

/// The fields of one name, and the families that have them.
struct Fields<'f> {
    keyed: Keyed<'f>,
    named: Vec<(&'f SerialFamily, &'f SerialField<'f>)>,
}

impl Fields<'_> {
    /// Refuses a test that no family can pass, and literals that no family has.
    fn check(&self, name: &str, predicate: &Predicate) -> Result<(), Refused> {
        if let Predicate::Like(operand) = predicate {
            return self.check_pattern(name, operand);
        }
        let exact = match predicate {
            Predicate::Compare(comparison, _) => {
                matches!(comparison, Comparison::Eq | Comparison::Ne)
            }
            Predicate::Between(..) => false,
            _ => true,
        };
        for operand in predicate.operands() {
            let known = |(_, it): &(_, &SerialField<'_>)| {
                let literal = &operand.literal;
                if exact { point(it, literal).is_some() } else { bounds(it, literal).is_some() }
            };
            if !self.named.iter().any(known) {
                return Err((self.misfit(name, &operand.literal), operand.at));
            }
        }
        if self.named.iter().any(|(_, it)| !numbers(it, predicate).is_empty()) {
            return Ok(());
        }
        let Some(operand) = predicate.operands().next() else { return Ok(()) };
        let message = match predicate {
            Predicate::Between(..) => BETWEEN_ENDS.to_owned(),
            _ => format!("{} is out of reach; {}", operand.literal, self.values(name)),
        };
        Err((field(message), operand.at))
    }

    fn check_pattern(&self, name: &str, operand: &Operand) -> Result<(), Refused> {
        pattern(operand, ColumnType::Text)?;
        let message = if self.named.iter().all(|(_, it)| it.is_number()) {
            "LIKE is for texts; use a comparison or BETWEEN".to_owned()
        } else if self.named.iter().any(|(_, it)| it.last() >= FIELD_PATTERN_VALUES_MAX) {
            format!(
                "field `{name}` has more than {FIELD_PATTERN_VALUES_MAX} values; use BETWEEN, or \
                 SUBSTRING({} FROM 7 FOR 2)",
                self.keyed.name()
            )
        } else {
            return Ok(());
        };
        Err((field(message), operand.at))
    }

    /// A literal that no family has among the values of its field.
    fn misfit(&self, name: &str, literal: &Literal) -> Error {
        let values = self.values(name);
        let numbers = self.named.iter().any(|(_, it)| it.is_number());
        let way_out = match &literal.0 {
            Kind::Mask(_) => "a mask is for a whole serial".to_owned(),
            Kind::Integer(_) | Kind::Float(_) if !numbers => format!("{values}, in single quotes"),
            Kind::Integer(number) if self.is_label(&number.to_string()) => {
                format!("{values}; what stands on the label is a text: '{number}'")
            }
            _ => values,
        };
        field(format!("{literal} is no value of field `{name}`; {way_out}"))
    }

    fn is_label(&self, text: &str) -> bool {
        self.named.iter().any(|(_, it)| it.number_of_text(text).is_some())
    }

    /// What values there are, by an example of each family.
    fn values(&self, name: &str) -> String {
        let each: Vec<String> = self
            .named
            .iter()
            .map(|(family, it)| {
                let (first, last) = (it.label(0), it.label(it.last()));
                match it.values_between() {
                    Some((least, most)) => format!(
                        "{least} to {most} in family `{}`, on the label '{first}' to '{last}'",
                        family.name()
                    ),
                    None => format!("'{first}' to '{last}' in family `{}`", family.name()),
                }
            })
            .collect();
        format!("`{name}` is {}", each.join("; "))
    }
}

/// The numbers of the values that pass, ascending and disjoint.
fn numbers(it: &SerialField<'_>, predicate: &Predicate) -> Vec<(u128, u128)> {
    let last = it.last();
    let from = |operand: &Operand| bounds(it, &operand.literal).map(|ends| ends.from);
    let to = |operand: &Operand| bounds(it, &operand.literal).and_then(|ends| ends.to);
    let mut found: Vec<(u128, u128)> = match predicate {
        Predicate::Compare(comparison, operand) => {
            let range = match comparison {
                Comparison::Eq | Comparison::Ne => point(it, &operand.literal).map(|at| (at, at)),
                Comparison::Le => to(operand).map(|to| (0, to)),
                Comparison::Ge => from(operand).map(|from| (from, last)),
                Comparison::Lt => {
                    let from = from(operand).and_then(|from| from.checked_sub(1));
                    from.map(|before| (0, before))
                }
                Comparison::Gt => match bounds(it, &operand.literal) {
                    Some(Ends { to: Some(to), .. }) => to.checked_add(1).map(|after| (after, last)),
                    Some(Ends { to: None, .. }) => Some((0, last)),
                    None => None,
                },
            };
            range.into_iter().collect()
        }
        Predicate::Between(first, end) => from(first).zip(to(end)).into_iter().collect(),
        Predicate::NotDistinct(operand) => {
            point(it, &operand.literal).map(|at| (at, at)).into_iter().collect()
        }
        Predicate::In(list) => {
            list.iter().filter_map(|it_| point(it, &it_.literal)).map(|at| (at, at)).collect()
        }
        Predicate::Like(operand) => matching(it, operand),
        Predicate::InParameter(_) | Predicate::IsNull => Vec::new(),
    };
    found.retain(|(first, end)| first <= end && *first <= last);
    found.sort_unstable();
    found.dedup_by(|next, kept| {
        let touches = next.0 <= kept.1.saturating_add(1);
        if touches {
            kept.1 = kept.1.max(next.1);
        }
        touches
    });
    found
}

/// The numbers of the values whose text fits a pattern.
fn matching(it: &SerialField<'_>, operand: &Operand) -> Vec<(u128, u128)> {
    let Kind::Text(text) = &operand.literal.0 else { return Vec::new() };
    let Ok(pattern) = LikePattern::new(text) else { return Vec::new() };
    if it.is_number() {
        return Vec::new();
    }
    let fits = (0..=it.last()).filter(|number| pattern.matches(&it.label(*number)));
    fits.map(|number| (number, number)).collect()
}

/// The number of the value that a literal is; none where it is none.
fn point(it: &SerialField<'_>, literal: &Literal) -> Option<u128> {
    match &literal.0 {
        Kind::Text(label) => it.number_of_text(label),
        Kind::Integer(value) => it.number_of_value(*value),
        Kind::Float(value) => {
            let Extent { first, last } = integer(&Literal::from(*value)).ok()?;
            (first == last).then(|| it.number_of_value(first))?
        }
        Kind::Boolean(_) | Kind::Mask(_) | Kind::Parameter(_) => None,
    }
}

/// Where a literal stands among the numbers of the values.
struct Ends {
    /// The first number that is not before it; past the last where all are.
    from: u128,
    /// The last number that is not after it; none where all are.
    to: Option<u128>,
}

/// Where a literal stands; none where it is no value and cannot be compared with one.
fn bounds(it: &SerialField<'_>, literal: &Literal) -> Option<Ends> {
    let (low, high) = match &literal.0 {
        Kind::Text(label) => {
            let number = it.number_of_text(label)?;
            return Some(Ends { from: number, to: Some(number) });
        }
        Kind::Integer(value) => (*value, *value),
        Kind::Float(_) => {
            let Extent { first, last } = integer(literal).ok()?;
            (first, last)
        }
        Kind::Boolean(_) | Kind::Mask(_) | Kind::Parameter(_) => return None,
    };
    let (least, _) = it.values_between()?;
    // A year of two digits is before all years: a range from it would take in everything.
    if least >= YEARS_FROM && low < least {
        return None;
    }
    let from = it.numbers_between((Bound::Included(low), Bound::Unbounded));
    let to = it.numbers_between((Bound::Unbounded, Bound::Included(high)));
    Some(Ends {
        from: from.map_or_else(|| it.last().saturating_add(1), |(first, _)| first),
        to: to.map(|(_, last)| last),
    })
}

fn field(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::ScopeField, message)
}
