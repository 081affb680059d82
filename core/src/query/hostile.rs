//! Files that lie: whatever a segment says of itself under right checksums, questions end.

use crate::error::ErrorKind;
use crate::format::reseal;
use crate::index::{Index, LoadOptions, Units};
use crate::io::{Directory, MemoryDirectory};
use crate::schema::{Column, ColumnType, Record, Schema, Value};

/// How often each file is bent.
const BENDS: u64 = 1_500;

fn index(directory: &MemoryDirectory) -> Index {
    let types = [
        ("facility", ColumnType::Text),
        ("line", ColumnType::Integer),
        ("torque", ColumnType::Float),
        ("made_at", ColumnType::Timestamp),
        ("firmware", ColumnType::Version),
        ("batches", ColumnType::TextList),
    ];
    let columns = types.map(|(name, column_type)| Column::new(name, column_type).unwrap());
    let index = Index::create_in(directory.clone(), Schema::new(columns.into()).unwrap()).unwrap();
    let unit = |number: i64| {
        let serial =
            if number % 50 == 7 { format!("odd {number}") } else { format!("AX{number:06}") };
        let record = Record::of_serial(serial).with("line", Value::Integer(number / 40));
        if number % 9 == 0 {
            return record;
        }
        let made = crate::calendar::Instant::from_micros(number * 61_000_000).unwrap();
        let batches = (0..number % 3).map(|it| format!("B{}", it + number / 100)).collect();
        record
            .with("facility", Value::Text(format!("F{}", number % 5)))
            .with("torque", Value::Float(f64::from(i32::try_from(number % 97).unwrap()) / 8.0))
            .with("made_at", Value::Timestamp(made))
            .with("firmware", Value::Version(format!("4.{}", number % 12).into()))
            .with("batches", Value::TextList(batches))
    };
    index.load_units(Units::records((0..3_000).map(unit)), LoadOptions::default()).unwrap();
    index
}

/// A small generator of numbers without a pattern (`SplitMix64`), the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }
}

const SCOPES: [&str; 5] = [
    "serial BETWEEN 'AX000100' AND 'AX000900' AND facility = 'F1'",
    "torque > 3.5 OR line IN (1, 2, 9) AND NOT firmware < '4.9'",
    "batches = 'B2' AND made_at BETWEEN '1970-01-01' AND '1970-01-02'",
    "serial LIKE '%9%' AND facility LIKE '_3'",
    "facility IS NULL OR batches <> 'B1'",
];

/// Asks an index everything; what it says does not matter, only that it says something.
fn ask(index: &Index) -> Result<(), crate::error::Error> {
    let snapshot = index.snapshot();
    snapshot.all().iter().try_for_each(|unit| unit.map(drop))?;
    for scope in SCOPES {
        let found = snapshot.select(&scope.parse()?)?;
        found.undetermined.by_reason()?;
        found.affected.iter().try_for_each(|unit| unit.map(drop))?;
        found.status("AX000500")?;
    }
    let serials: Vec<String> = (0..400).map(|it| format!("AX{:06}", it * 9)).collect();
    snapshot.lookup(&serials)?;
    Ok(())
}

#[test]
fn a_segment_that_lies_is_corrupt_or_wrong_but_never_a_panic() {
    let directory = MemoryDirectory::new();
    ask(&index(&directory)).unwrap();
    let name = directory.list("units").unwrap().remove(0);
    let path = format!("units/{name}");
    let whole = directory.open(&path).unwrap().to_vec();
    let mut numbers = Numbers(20_261_122);
    let mut refused = 0;
    for _ in 0..BENDS {
        let mut bent = whole.clone();
        for _ in 0..=numbers.below(3) {
            let at = numbers.below(bent.len());
            bent[at] = match numbers.below(4) {
                0 => 0,
                1 => 0xFF,
                2 => bent[at] ^ (1 << numbers.below(8)),
                _ => u8::try_from(numbers.below(256)).unwrap(),
            };
        }
        if reseal(&mut bent).is_none() {
            continue;
        }
        directory.remove(&path).unwrap();
        let mut file = directory.create(&path).unwrap();
        file.write(&bent).unwrap();
        file.sync().unwrap();
        let asked = Index::open_in(directory.clone()).and_then(|index| ask(&index));
        if let Err(error) = asked {
            let kind = error.kind();
            assert!([ErrorKind::Corrupt, ErrorKind::Unsupported].contains(&kind), "{error:?}");
            refused += 1;
        }
    }
    assert!(refused > BENDS / 20, "only {refused} of {BENDS} were found out");
}
