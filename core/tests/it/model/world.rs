//! An index, and the same units as a list.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use seriatim::io::MemoryDirectory;
use seriatim::{
    DuplicatePolicy, Index, LoadOptions, Record, RetireOptions, Schema, Scope, SerialKey, Truth,
    UnitSet, Units, Value,
};

use super::units::{COLUMNS, record, schema};

/// What is done with some records.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// They are units, as wholes.
    Units,
    /// They correct those of their units that are there.
    Amend,
    /// Their units are retired.
    Retire,
}

/// Units that come together.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) way: Way,
    pub(crate) records: Vec<Record>,
    /// A column that the load leaves out.
    pub(crate) without: Option<&'static str>,
    pub(crate) segment_rows_max: u64,
}

pub(crate) fn load() -> impl Strategy<Value = Load> {
    let without = option::weighted(0.3, select(COLUMNS.map(|(name, _)| name).to_vec()));
    let way = prop_oneof![4 => Just(Way::Units), 2 => Just(Way::Amend), 1 => Just(Way::Retire)];
    (way, vec(record(), 0..40), without, 1..30_u64).prop_map(
        |(way, records, without, segment_rows_max)| Load {
            way,
            records,
            without,
            segment_rows_max,
        },
    )
}

pub(crate) fn loads() -> impl Strategy<Value = Vec<Load>> {
    vec(load(), 1..4)
}

fn stripped(record: &Record, without: Option<&str>) -> Record {
    let kept = record.values().filter(|(name, _)| Some(*name) != without);
    let plain = Record::of_serial(record.serial().unwrap()).in_namespace(record.namespace());
    kept.fold(plain, |it, (name, value)| it.with(name, value.clone()))
}

/// What a unit is known by.
pub(crate) type Key = (String, SerialKey);

/// An index and the same units as a list.
pub(crate) struct World {
    pub(crate) index: Index,
    pub(crate) schema: Schema,
    pub(crate) units: BTreeMap<Key, Record>,
}

impl World {
    pub(crate) fn new(loads: &[Load]) -> World {
        let index = Index::create_in(MemoryDirectory::new(), schema()).unwrap();
        let mut world = World { index, schema: schema(), units: BTreeMap::new() };
        for load in loads {
            world.load(load);
        }
        world
    }

    pub(crate) fn load(&mut self, load: &Load) {
        let records = load.records.iter().map(|it| stripped(it, load.without));
        let keyed = records.map(|it| (self.key(it.namespace(), it.serial().unwrap()), it));
        let keyed: Vec<(Key, Record)> = keyed.collect();
        let there: BTreeMap<Key, Record> =
            keyed.iter().filter(|it| self.units.contains_key(&it.0)).cloned().collect();
        match load.way {
            Way::Units => {
                let records = keyed.iter().map(|it| it.1.clone()).collect();
                self.load_records(records, DuplicatePolicy::LatestWins, load);
                self.units.extend(keyed);
            }
            Way::Amend => {
                let records = there.values().cloned().collect();
                self.load_records(records, DuplicatePolicy::Amend, load);
                for (key, record) in there {
                    // No number is no value.
                    let is_value = |it: &Value| !matches!(it, Value::Float(it) if it.is_nan());
                    let values = record.values().filter(|it| is_value(it.1));
                    let whole = self.units.remove(&key).unwrap();
                    let whole =
                        values.fold(whole, |it, (name, value)| it.with(name, value.clone()));
                    self.units.insert(key, whole);
                }
            }
            Way::Retire => {
                let records =
                    Units::records(keyed.iter().map(|it| it.1.clone()).collect::<Vec<_>>());
                let report = self.index.retire_units(records, RetireOptions::default()).unwrap();
                assert_eq!(report.retired, there.len() as u64);
                self.units.retain(|key, _| !there.contains_key(key));
            }
        }
    }

    fn load_records(&self, records: Vec<Record>, policy: DuplicatePolicy, load: &Load) {
        let mut options = LoadOptions::default()
            .duplicates(policy)
            .declared_families_only()
            .segment_rows_max(load.segment_rows_max)
            .threads(1);
        if let Some(column) = load.without {
            options = options.ignore(column);
        }
        self.index.load_units(Units::records(records), options).unwrap();
    }

    pub(crate) fn key(&self, namespace: &str, serial: &str) -> Key {
        (namespace.to_owned(), self.schema.families().classify(serial).unwrap())
    }

    /// The keys of a set, which must come in serial order.
    pub(crate) fn keys(&self, set: &UnitSet) -> BTreeSet<Key> {
        let listed: Vec<Key> = set
            .iter()
            .map(|unit| unit.unwrap())
            .map(|unit| self.key(unit.namespace(), unit.serial()))
            .collect();
        assert!(listed.windows(2).all(|pair| pair[0] < pair[1]), "out of order: {listed:?}");
        assert_eq!(listed.len() as u64, set.len());
        assert_eq!(listed.is_empty(), set.is_empty());
        listed.into_iter().collect()
    }

    /// The keys of the units for which a scope is of this truth.
    pub(crate) fn keys_of(&self, scope: &Scope, truth: Truth) -> BTreeSet<Key> {
        let bound = self.schema.bind(scope).unwrap();
        let units = self.units.iter();
        units
            .filter(|(_, unit)| bound.truth(unit).unwrap() == truth)
            .map(|it| it.0.clone())
            .collect()
    }
}
