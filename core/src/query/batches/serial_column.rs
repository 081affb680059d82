//! What serials say, as a column.

use crate::calendar::Date;
use crate::schema::{Schema, Value};
use crate::serial::{FieldValue, SerialFamily, SerialKey};

/// A field of the serial, or when it says that it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SerialColumn {
    /// As scopes name it: `serial.plant`.
    name: String,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// A field whose values are numbers in all families that have it.
    Number,
    Text,
    Made,
}

const PREFIX: &str = "serial.";
const MADE: &str = "made";

impl SerialColumn {
    /// The column of a name such as `serial.plant`; none where no family has the field.
    pub(super) fn find(schema: &Schema, name: &str) -> Option<Self> {
        let (prefix, field) = name.split_at_checked(PREFIX.len())?;
        if !prefix.eq_ignore_ascii_case(PREFIX) {
            return None;
        }
        let families = || schema.families().iter().map(|(_, family)| family);
        if field.eq_ignore_ascii_case(MADE) && families().any(SerialFamily::has_made) {
            return Some(SerialColumn { name: format!("{PREFIX}{MADE}"), what: What::Made });
        }
        let first = families().find_map(|family| family.field(field))?;
        let numbers = families().filter_map(|family| family.field(field)).all(|it| it.is_number());
        let what = if numbers { What::Number } else { What::Text };
        Some(SerialColumn { name: format!("{PREFIX}{}", first.name()), what })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether its values are whole numbers; else they are texts.
    #[cfg(feature = "arrow")]
    pub(super) fn has_numbers(&self) -> bool {
        self.what == What::Number
    }

    /// What a serial has; none where its family has no such field.
    pub(super) fn value(&self, schema: &Schema, key: &SerialKey) -> Option<Value> {
        let SerialKey::Coded { family, code } = key else { return None };
        let family = schema.families().family(*family)?;
        if self.what == What::Made {
            let (first, last) = family.made(*code)?;
            return Some(Value::Text(period(first, last)));
        }
        let field = family.field(self.name.get(PREFIX.len()..)?)?;
        let number = field.number_of(*code);
        Some(match field.value(number) {
            FieldValue::Number(value) if self.what == What::Number => Value::Integer(value),
            _ => Value::Text(field.label(number)),
        })
    }
}

/// Days as scopes write them: a day, a week, a month; else the first and the last.
fn period(first: Date, last: Date) -> String {
    let (year, week) = first.iso_week();
    let days = last.days() - first.days() + 1;
    let month_days = Date::days_in_month(first.year(), first.month()).map(i32::from);
    if days == 1 {
        first.to_string()
    } else if days == 7 && Date::days_of_week(year, week).is_some_and(|it| it.0 == first) {
        format!("{year:04}-W{week:02}")
    } else if first.day() == 1 && month_days == Some(days) {
        format!("{:04}-{:02}", first.year(), first.month())
    } else {
        format!("{first}/{last}")
    }
}

/// The columns of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// A column of the schema, by its place.
    Column(usize),
    Serial(SerialColumn),
}
