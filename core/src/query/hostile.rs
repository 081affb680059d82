//! Files that lie: whatever a segment says of itself under right checksums, questions end.

use super::find::find_identified;
use crate::error::ErrorKind;
use crate::format::reseal;
use crate::index::{Index, LiveSegment, LoadOptions, Units};
use crate::io::{Directory, MemoryDirectory};
use crate::schema::{Column, ColumnType, Record, Schema, Value};
use crate::serial::{Families, SerialFamily};

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
    let mut columns: Vec<Column> =
        types.map(|(name, column_type)| Column::new(name, column_type).unwrap()).into();
    let tags = Families::new(vec![SerialFamily::new("tag", "{kind:A1}{n:D4}").unwrap()]).unwrap();
    let tag = Column::new("tag", ColumnType::Text).unwrap();
    columns.push(tag.as_identifier(tags).unwrap());
    let index = Index::create_in(directory.clone(), Schema::new(columns).unwrap()).unwrap();
    let unit = |number: i64| {
        let serial =
            if number % 50 == 7 { format!("odd {number}") } else { format!("AX{number:06}") };
        let record = Record::of_serial(serial).with("line", Value::Integer(number / 40));
        if number % 9 == 0 {
            return record;
        }
        let made = crate::calendar::Instant::from_micros(number * 61_000_000).unwrap();
        let batches = (0..number % 3).map(|it| format!("B{}", it + number / 100)).collect();
        let tag = match number % 7 {
            0 => format!("T{}", number % 100),
            _ => format!("T{:04}", number * 773 % 1_000),
        };
        record
            .with("tag", Value::Text(tag))
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

const SCOPES: [&str; 7] = [
    "serial BETWEEN 'AX000100' AND 'AX000900' AND facility = 'F1'",
    "torque > 3.5 OR line IN (1, 2, 9) AND NOT firmware < '4.9'",
    "batches = 'B2' AND made_at BETWEEN '1970-01-01' AND '1970-01-02'",
    "serial LIKE '%9%' AND facility LIKE '_3'",
    "facility IS NULL OR batches <> 'B1'",
    "tag BETWEEN 'T0100' AND 'T0900' OR tag.n IN (5, 950)",
    "tag LIKE '%9%' AND NOT tag = 'T14'",
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
    let tags: Vec<String> = (0..400).map(|it| format!("T{:04}", it * 3)).collect();
    snapshot.lookup_by("tag", &tags)?;
    snapshot.lookup_by("tag", &["T14", "T0", "t0100"])?;
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

/// Whether every tag of a segment finds the rows that have it, and no others.
fn tags_find_their_rows(segment: &LiveSegment, tags: &Families) -> bool {
    let texts = segment.units.column(0).unwrap();
    let key = |row| match texts.value_at(row).unwrap() {
        Some(Value::Text(text)) => tags.classify_present(&text).unwrap(),
        _ => None,
    };
    let rows = u32::try_from(segment.units.rows()).unwrap();
    let keys: Vec<_> = (0..rows).map(key).collect();
    keys.iter().flatten().all(|wanted| {
        let mut found = Vec::new();
        let wanted = std::slice::from_ref(wanted);
        find_identified(segment, 0, wanted, |_, row| found.push(row)).unwrap();
        let there = (0..).zip(&keys).filter(|(_, key)| key.as_ref() == wanted.first());
        there.map(|(row, _)| row).eq(found)
    })
}

#[test]
fn what_verifies_finds_by_identifiers_what_is_there() {
    let directory = MemoryDirectory::new();
    let tags = Families::new(vec![SerialFamily::new("tag", "T{n:D3}").unwrap()]).unwrap();
    let tag = Column::new("tag", ColumnType::Text).unwrap().as_identifier(tags.clone()).unwrap();
    let index = Index::create_in(directory.clone(), Schema::new(vec![tag]).unwrap()).unwrap();
    let units = ["T900", "odd", "T050", "", "T900", "T007", "even", "T1"];
    let units = units.iter().zip(0..).map(|(tag, number)| {
        Record::of_serial(format!("A{number}")).with("tag", Value::Text((*tag).into()))
    });
    index.load_units(Units::records(units), LoadOptions::default()).unwrap();
    assert!(tags_find_their_rows(&index.snapshot().segments()[0], &tags));

    let path = format!("units/{}", directory.list("units").unwrap().remove(0));
    let whole = directory.open(&path).unwrap().to_vec();
    let mut found_out = 0;
    for at in 0..whole.len() {
        for bit in [0, 1, 4] {
            let mut bent = whole.clone();
            bent[at] ^= 1 << bit;
            if reseal(&mut bent).is_none() {
                continue;
            }
            directory.remove(&path).unwrap();
            let mut file = directory.create(&path).unwrap();
            file.write(&bent).unwrap();
            file.sync().unwrap();
            let Ok(index) = Index::open_in(directory.clone()) else { continue };
            let snapshot = index.snapshot();
            let segment = &snapshot.segments()[0];
            if segment.units.verify().is_err() {
                found_out += 1;
            } else {
                assert!(tags_find_their_rows(segment, &tags), "bit {bit} of byte {at}");
            }
        }
    }
    assert!(found_out > 100, "only {found_out}");
}
