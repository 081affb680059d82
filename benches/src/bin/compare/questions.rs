//! The questions as a user of the library puts them, and the answers in the shape of all engines.

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use serde_json::{Value, json};
use seriatim::{
    By, GroupKey, Groups, Instant, Ownership, RegistrationField, Scope, Selection, Snapshot,
    Value as Known,
};

use crate::Fallible;
use crate::digest::{Group, Part};

/// Later than every registration of the data.
const AS_OF: &str = "2035-01-01T00:00:00Z";
/// Units whose registrations make a batch.
const BATCH_UNITS: usize = 65_536;

/// What is asked of the units that a scope covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Units,
    Registered,
    /// Registered units, registrations, and units without.
    Owners,
    ByMarket,
    ByMonthAndMarket,
}

impl Ask {
    fn terms(self) -> Vec<By> {
        match self {
            Ask::Units | Ask::Registered | Ask::Owners => vec![],
            Ask::ByMarket => vec![By::column("market")],
            Ask::ByMonthAndMarket => vec![By::month("made_at"), By::column("market")],
        }
    }
}

/// An answer as the library gives it.
#[derive(Debug)]
pub(crate) enum Answer {
    Counts(Vec<u64>),
    Groups(Groups),
}

/// What is timed: from a scope to the answer.
pub(crate) fn answer(snapshot: &Snapshot, scope: &Scope, ask: Ask) -> Fallible<Answer> {
    let affected = snapshot.select(scope)?.affected;
    if ask == Ask::Units {
        return Ok(Answer::Counts(vec![affected.len()]));
    }
    let ownership = affected.ownership(as_of()?)?;
    Ok(match ask {
        Ask::Units | Ask::Registered => {
            Answer::Counts(vec![affected.len(), ownership.registered()])
        }
        Ask::Owners => Answer::Counts(vec![
            affected.len(),
            ownership.registered(),
            ownership.registration_count()?,
            ownership.gap(),
        ]),
        Ask::ByMarket | Ask::ByMonthAndMarket => Answer::Groups(ownership.by(&ask.terms())?),
    })
}

/// The counts that every question with a scope is checked for, by name.
pub(crate) fn counts(found: &Selection) -> Fallible<[(&'static str, Value); 5]> {
    let ownership = found.affected.ownership(as_of()?)?;
    Ok([
        ("affected", found.affected.len().into()),
        ("undetermined", found.undetermined.len().into()),
        ("registered", ownership.registered().into()),
        ("owners", ownership.registration_count()?.into()),
        ("gap", ownership.gap().into()),
    ])
}

/// Groups by market or by month and market, of affected beside registered units.
pub(crate) fn groups(found: &Groups) -> Fallible<Vec<Group>> {
    let group = |group: seriatim::Group<'_>| {
        let [affected, registered, gap] = *group.counts() else {
            return Err("three counts stand side by side".into());
        };
        let key = group.keys().iter().map(|key| key_part(key.as_ref())).collect::<Fallible<_>>()?;
        Ok((key, [affected, registered, gap]))
    };
    found.iter().map(group).collect()
}

/// A market as text, a month as a number such as 202401.
fn key_part(key: Option<&GroupKey>) -> Fallible<Part> {
    match key {
        None => Ok(Part::Text(String::new())),
        Some(GroupKey::Value(Known::Text(text))) => Ok(Part::Text(text.clone())),
        Some(GroupKey::Period(period)) => {
            let day = period.first_day();
            Ok(Part::Number(u64::try_from(day.year())? * 100 + u64::try_from(day.month())?))
        }
        Some(other) => Err(format!("{other} is neither a market nor a month").into()),
    }
}

/// The registrations of the units that a scope covers, in serial order.
pub(crate) fn contact_list(
    snapshot: &Snapshot,
    scope: &Scope,
    columns: &[RegistrationField],
) -> Fallible<Vec<RecordBatch>> {
    let ownership: Ownership = snapshot.select(scope)?.affected.ownership(as_of()?)?;
    let batches = ownership.registration_batches(columns, BATCH_UNITS)?;
    Ok(batches.collect::<Result<_, _>>()?)
}

/// A field of registrations by the name that the data has for it.
pub(crate) fn field(name: &str) -> Fallible<RegistrationField> {
    let named = |field: &RegistrationField| field.names().contains(&name);
    let found = RegistrationField::ALL.into_iter().find(named);
    Ok(found.ok_or_else(|| format!("{name} is no field of a registration"))?)
}

/// Rows, first and last serial, consents to e-mail, bytes of all addresses: `contact_digest` of
/// `queries.py`.
pub(crate) fn contact_digest(batches: &[RecordBatch]) -> Fallible<Value> {
    let (mut first, mut last, mut rows, mut consents, mut bytes) = (None, None, 0, 0, 0);
    for batch in batches.iter().filter(|batch| batch.num_rows() > 0) {
        let column = |name: &str| {
            batch.column_by_name(name).ok_or_else(|| format!("the list has no column {name}"))
        };
        let serials = column("serial")?.as_string::<i32>();
        first = first.or_else(|| Some(serials.value(0).to_owned()));
        last = Some(serials.value(serials.len() - 1).to_owned());
        rows += batch.num_rows();
        consents += column("email_consent")?.as_boolean().true_count();
        bytes += column("email")?.as_string::<i32>().iter().flatten().map(str::len).sum::<usize>();
    }
    Ok(if rows == 0 { json!([0]) } else { json!([rows, first, last, consents, bytes]) })
}

fn as_of() -> Fallible<Instant> {
    Ok(AS_OF.parse()?)
}
