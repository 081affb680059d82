//! Scopes through an index, against the decision of each unit by itself.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::units::{UNITS, schema, unit};
use crate::error::Result;
use crate::index::{Index, LoadOptions, Snapshot, Units};
use crate::io::MemoryDirectory;
use crate::query::UnitSet;
use crate::schema::Record;
use crate::scope::{Scope, Truth};

/// Any text as SQL of a scope: what an index selects is what the scope says of each unit.
pub fn selection(bytes: &[u8]) {
    static UNITS_OF_ALL: OnceLock<(Snapshot, Vec<Record>)> = OnceLock::new();
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(scope) = text.parse::<Scope>() else { return };
    let (snapshot, records) = UNITS_OF_ALL.get_or_init(|| units().unwrap());
    let Ok(bound) = snapshot.schema().bind(&scope) else { return };
    let found = snapshot.select(&scope).unwrap();
    let (affected, undetermined) = (serials(&found.affected), serials(&found.undetermined));
    for record in records {
        let serial = record.serial().unwrap();
        let truth = bound.truth(record).unwrap();
        assert_eq!(affected.contains(serial), truth == Truth::True, "{serial}: {truth:?}");
        assert_eq!(undetermined.contains(serial), truth == Truth::Unknown, "{serial}: {truth:?}");
    }
}

/// Units in two segments, and the same as records.
fn units() -> Result<(Snapshot, Vec<Record>)> {
    let records: Vec<Record> = (0..UNITS).map(unit).collect::<Result<_>>()?;
    let index = Index::create_in(MemoryDirectory::new(), schema()?)?;
    for part in [&records[..100], &records[100..]] {
        let options = LoadOptions::default().declared_families_only();
        index.load_units(Units::records(part.iter().cloned()), options)?;
    }
    Ok((index.snapshot(), records))
}

fn serials(units: &UnitSet) -> BTreeSet<String> {
    units.iter().map(|unit| unit.unwrap().serial().to_owned()).collect()
}
