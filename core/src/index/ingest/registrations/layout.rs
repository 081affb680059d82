//! Which column of an input fills which field.

use super::options::RegistrationOptions;
use crate::error::{Error, Result};
use crate::index::ingest::shape::{InputColumn, Rule, Shape, ShapeColumn, names};
use crate::registry::{Channel, RegistrationField as Field, Role};
use crate::schema::{Column, ColumnType, Schema};
use crate::serial::Families;

const CHANNELS: [&str; 5] = ["email", "sms", "phone", "post", "push"];
const ROLES: [&str; 4] = ["owner", "gift_recipient", "reseller", "other"];

/// The fields that an input fills, besides serial and namespace, in order.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) fields: Vec<Field>,
    /// Their types, as a schema of columns.
    pub(super) schema: Schema,
}

impl Layout {
    /// The place of a field among the columns.
    pub(super) fn place(&self, field: Field) -> Option<usize> {
        self.fields.iter().position(|it| *it == field)
    }

    /// Finds the field of every column of the input; one without a field is an error.
    pub(super) fn new(
        input: &[InputColumn],
        families: &Families,
        options: &RegistrationOptions<'_>,
    ) -> Result<(Layout, Shape)> {
        let fills = fills(input, options)?;
        let column_of = |field: Field| fills.iter().find(|(_, it)| *it == field).map(|(it, _)| *it);
        let required = |field: Field| {
            column_of(field).ok_or_else(|| {
                Error::invalid(format!(
                    "no column of the input is the {}; map one of {}",
                    field.name(),
                    names(input.iter().map(|it| it.name.as_str()))
                ))
            })
        };
        let serial = required(Field::Serial)?.name.clone();
        required(Field::Owner)?;
        let mapped = options.mapped.iter().any(|(_, field)| *field == Field::Namespace);
        if mapped && options.namespace.is_some() {
            return Err(Error::invalid(
                "both one namespace and a namespace column are given; choose one",
            ));
        }
        let namespace = column_of(Field::Namespace).filter(|_| options.namespace.is_none());
        let namespace = namespace.map(|it| it.name.clone());
        let (mut fields, mut columns, mut declared) = (Vec::new(), Vec::new(), Vec::new());
        for field in Field::ALL {
            let Some(column) = column_of(field) else { continue };
            let Some((column_type, rule)) = kind(field, column) else { continue };
            let name = Some(column.name.clone());
            columns.push(ShapeColumn::private(field.name(), column_type, rule, name));
            let kept = if field == Field::Key { ColumnType::Text } else { column_type };
            declared.push(Column::new(field.name(), kept)?);
            fields.push(field);
        }
        // A key that comes as a number is kept as text.
        let layout = Layout { fields, schema: Schema::new(declared)? };
        let shape = Shape {
            serial,
            namespace,
            namespace_optional: true,
            columns,
            families: families.clone(),
            ignored: options.ignored.clone(),
            collects: options.rejects != crate::index::RejectPolicy::Refuse,
        };
        Ok((layout, shape))
    }
}

/// The type of a field's column, and what its values must be; none for serial and namespace.
fn kind(field: Field, input: &InputColumn) -> Option<(ColumnType, Rule)> {
    Some(match field {
        Field::Serial | Field::Namespace => return None,
        Field::Key | Field::Owner => match input.column_type {
            Some(ColumnType::Integer) => (ColumnType::Integer, Rule::Present),
            _ => (ColumnType::Text, Rule::Present),
        },
        Field::Role => (ColumnType::Text, Rule::OneOf(&ROLES)),
        Field::ValidFrom | Field::ValidTo | Field::RecordedAt => {
            (ColumnType::Timestamp, Rule::Anything)
        }
        Field::Name
        | Field::Email
        | Field::Phone
        | Field::Street
        | Field::PostalCode
        | Field::City
        | Field::Language
        | Field::Country => (ColumnType::Text, Rule::Anything),
        Field::Channels => (ColumnType::TextList, Rule::OneOf(&CHANNELS)),
        Field::HasChannel(_) | Field::Consent(_) | Field::ChannelConsent(_) => {
            (ColumnType::Boolean, Rule::Anything)
        }
    })
}

/// The columns of the input that fill a field.
fn fills<'i>(
    input: &'i [InputColumn],
    options: &RegistrationOptions<'_>,
) -> Result<Vec<(&'i InputColumn, Field)>> {
    let has = |name: &str| input.iter().any(|it| it.name == name);
    let asked = options.ignored.iter().chain(options.mapped.iter().map(|(name, _)| name));
    if let Some(name) = asked.into_iter().find(|name| !has(name)) {
        return Err(Error::invalid(format!("the input has no column `{name}`")));
    }
    let (mut fills, mut unknown) = (Vec::new(), Vec::new());
    for column in input.iter().filter(|it| !options.ignored.contains(&it.name)) {
        let mapped = options.mapped.iter().find(|(name, _)| *name == column.name);
        let by_name = || Field::ALL.into_iter().find(|it| it.names().contains(&&*column.name));
        match mapped.map(|(_, field)| *field).or_else(by_name) {
            Some(field) => fills.push((column, field)),
            None => unknown.push(column.name.as_str()),
        }
    }
    if !unknown.is_empty() {
        return Err(Error::invalid(format!(
            "a registration has no field {}; map or ignore what the input calls so",
            names(unknown.into_iter())
        )));
    }
    for (at, (column, field)) in fills.iter().enumerate() {
        if let Some((twin, _)) = fills.iter().take(at).find(|(_, it)| it == field) {
            return Err(Error::invalid(format!(
                "columns `{}` and `{}` both fill {}; ignore one",
                twin.name,
                column.name,
                field.name()
            )));
        }
    }
    Ok(fills)
}

/// The channel of a text that the rule of the column let through.
pub(super) fn channel(text: &str) -> Option<Channel> {
    Channel::from_code(text)
}

/// The number of a role's text that the rule of the column let through.
pub(super) fn role(text: &str) -> i64 {
    Role::from_code(text).unwrap_or_default().number()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_name_every_channel_and_role() {
        assert_eq!(CHANNELS, Channel::ALL.map(Channel::code));
        assert_eq!(ROLES, Role::ALL.map(Role::code));
    }
}
