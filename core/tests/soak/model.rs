//! The units as a list, and what is done to them next.

use std::collections::BTreeMap;

use seriatim::{Column, ColumnType, Record, Schema, Snapshot, Value};

/// A unit's number, and what is said of its lot and its firmware.
pub(crate) type Said = (u32, Option<u32>, Option<i64>);

/// What a load says.
pub(crate) enum Step {
    Made(Vec<Said>),
    Corrected(Vec<Said>),
    Scrapped(Vec<Said>),
}

/// The units by number: their lot and firmware.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) units: BTreeMap<u32, (Option<u32>, Option<i64>)>,
    made: u32,
    steps: u64,
}

pub(crate) fn schema() -> Schema {
    let columns = [("lot", ColumnType::Text), ("firmware", ColumnType::Integer)];
    let columns = columns.map(|(name, column_type)| Column::new(name, column_type).unwrap());
    Schema::new(columns.to_vec()).unwrap()
}

pub(crate) fn serial(number: u32) -> String {
    format!("A{number:07}")
}

pub(crate) fn record((number, lot, firmware): Said) -> Record {
    let mut record = Record::of_serial(serial(number));
    if let Some(lot) = lot {
        record = record.with("lot", Value::Text(format!("L{lot}")));
    }
    match firmware {
        Some(firmware) => record.with("firmware", Value::Integer(firmware)),
        None => record,
    }
}

impl Model {
    /// Mixes the number of a step with another.
    fn drawn(&self, salt: u64) -> u64 {
        let mixed = (self.steps << 20 ^ salt).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ mixed >> 29
    }

    /// As many are made as are scrapped, so that the index does not grow for ever.
    pub(crate) fn next(&mut self) -> Step {
        self.steps += 1;
        match self.steps % 4 {
            1 => {
                let first = self.made;
                self.made += 60;
                let made = |number: u32| {
                    let drawn = self.drawn(u64::from(number));
                    let firmware =
                        (!drawn.is_multiple_of(5)).then_some((drawn % 1_000).cast_signed());
                    (number, (!drawn.is_multiple_of(7)).then_some(number % 9), firmware)
                };
                Step::Made((first..self.made).map(made).collect())
            }
            0 if self.units.len() > 2_000 => Step::Scrapped(self.picked(60, |_| (None, None))),
            salt => Step::Corrected(self.picked(40, |drawn| {
                let firmware = (drawn % 1_000).cast_signed();
                if salt == 2 { (None, Some(firmware)) } else { (Some(99), None) }
            })),
        }
    }

    /// Some units that are there, and what is said of each.
    fn picked(&self, count: u64, say: impl Fn(u64) -> (Option<u32>, Option<i64>)) -> Vec<Said> {
        let mut picked = BTreeMap::new();
        for salt in 0..count {
            let drawn = self.drawn(salt);
            let from = u32::try_from(drawn % u64::from(self.made)).unwrap();
            if let Some(number) = self.units.range(from..).map(|it| *it.0).next() {
                picked.insert(number, say(drawn));
            }
        }
        picked.into_iter().map(|(number, (lot, firmware))| (number, lot, firmware)).collect()
    }

    pub(crate) fn take_in(&mut self, step: Step) {
        match step {
            Step::Made(units) => {
                self.units.extend(
                    units.into_iter().map(|(number, lot, firmware)| (number, (lot, firmware))),
                );
            }
            Step::Corrected(units) => {
                for (number, lot, firmware) in units {
                    let unit = self.units.get_mut(&number).unwrap();
                    *unit = (lot.or(unit.0), firmware.or(unit.1));
                }
            }
            Step::Scrapped(units) => {
                for (number, ..) in units {
                    self.units.remove(&number);
                }
            }
        }
    }
}

/// The units of a snapshot as the model has them.
pub(crate) fn units_of(snapshot: &Snapshot) -> BTreeMap<u32, (Option<u32>, Option<i64>)> {
    let unit = |record: Record| {
        let number = record.serial().unwrap().trim_start_matches('A').parse().unwrap();
        let lot = match record.value("lot") {
            Some(Value::Text(lot)) => lot.strip_prefix('L').map(|it| it.parse().unwrap()),
            _ => None,
        };
        let firmware = match record.value("firmware") {
            Some(Value::Integer(firmware)) => Some(*firmware),
            _ => None,
        };
        (number, (lot, firmware))
    };
    let all = snapshot.all();
    all.records(&["lot", "firmware"]).unwrap().map(|it| unit(it.unwrap())).collect()
}
