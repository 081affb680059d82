//! Sections that say anything, under checksums that fit: no panic, no endless work.

use proptest::prelude::*;

use super::sample::{COLUMN, Draws, Sample, Values, file_of};
use crate::bitmap::Mask;
use crate::column::{ColumnReader, Intervals};
use crate::error::{ErrorKind, Result};
use crate::schema::ColumnType;

/// One column for each encoding, some rows missing.
fn samples() -> Vec<Sample> {
    let mut draws = Draws(5);
    let texts: Vec<String> = (0..900).map(|it| format!("{it:03}{}", "x".repeat(it % 3))).collect();
    let rows = 1500;
    let few: Vec<u32> = (0..rows).map(|_| [3, 70, 801, 899][draws.place(4)]).collect();
    let runs: Vec<u32> = (0..rows).map(|row| (row / 300) * 7 % 900).collect();
    let lists = (0..rows).map(|row| (0..row % 4).map(|it| it * 90 + row % 8).collect()).collect();
    let wide: Vec<i64> = (0..rows).map(|_| draws.next().cast_signed() >> 40).collect();
    let drift = (0..rows).map(|row| i64::from(row) * 9000 + wide[row as usize] % 50).collect();
    let ascending = (0..rows).map(|row| i64::from(row) * 126 + i64::from(row % 90)).collect();
    let floats = (0..rows).map(|row| f64::from(row % 90) / 7.0).collect();
    let mut samples = vec![
        Sample::new(ColumnType::Text, Values::Texts(texts.clone(), few)),
        Sample::new(ColumnType::Text, Values::Texts(texts.clone(), runs)),
        Sample::new(ColumnType::TextList, Values::Lists(texts, lists)),
        Sample::new(ColumnType::Integer, Values::Numbers(wide)),
        Sample::new(ColumnType::Timestamp, Values::Numbers(drift)),
        Sample::new(ColumnType::Date, Values::Numbers(ascending)),
        Sample::new(ColumnType::Float, Values::Floats(floats)),
    ];
    for sample in &mut samples {
        sample.missing = (0..rows).map(|row| row % 11 == 4).collect();
    }
    samples
}

fn check_kinds(outcomes: impl IntoIterator<Item = Result<()>>) {
    for error in outcomes.into_iter().filter_map(Result::err) {
        // A column of lists has no single value a row, and says so.
        let expected = [ErrorKind::Corrupt, ErrorKind::Unsupported];
        assert!(expected.contains(&error.kind()), "{error}");
    }
}

/// Calls everything there is; whatever fails is corrupt.
fn use_all(reader: &ColumnReader, rows: u32) -> Result<()> {
    let outcomes = [
        reader.verify(),
        reader.missing_total().map(drop),
        (0..rows).step_by(97).try_for_each(|row| reader.value_at(row).map(drop)),
        reader.dictionary().map_or(Ok(()), |it| it.partition_point(|text| text < "5").map(drop)),
        reader.floats().map_or(Ok(()), |it| it.partition_point(|float| float < 5.0).map(drop)),
    ];
    for index in 0..reader.chunks() {
        let Ok(chunk) = reader.chunk(index) else { continue };
        let (least, most) = chunk.zone().unwrap_or((3, 900));
        let middle = least.midpoint(most);
        let some = Intervals::between(middle, most);
        let points = (0..20).map(|it| least.wrapping_add(it * 2)).map(|it| (it, it));
        let many = Intervals::new(points.chain([(middle, middle)]).collect());
        let mut mask = Mask::new();
        let (mut ordinals, mut codes, mut list) = (Vec::new(), Vec::new(), Vec::new());
        let outcomes = [
            chunk.scan(&some, &mut mask),
            chunk.scan(&many, &mut mask),
            chunk.ordinals_into(&mut ordinals),
            chunk.missing_into(&mut mask),
            chunk.lists_into(&mut ordinals, &mut Vec::new()),
            chunk.ordinal_at(77).map(drop),
            chunk.each_ordinal([3_u16, 77, 78, 1499, 9].into_iter(), |_| Ok(())),
            chunk.each_ordinal(0..1499, |_| Ok(())),
            chunk.list_at(77, &mut list).map(drop),
            chunk.list_at(1499, &mut list).map(drop),
            chunk.count_into(&Mask::full(), |_, _| {}),
        ];
        check_kinds(outcomes);
        if let Ok(Some(values)) = chunk.local_values() {
            check_kinds([chunk.local_codes_into(&values, &Mask::full(), &mut codes)]);
            check_kinds([chunk.local_codes_of(&values, &[3, 77, 78, 1499], &mut codes)]);
        }
    }
    outcomes.into_iter().collect()
}

fn open(sample: &Sample, sections: &[(u32, Vec<u8>)]) -> Result<ColumnReader> {
    ColumnReader::open(&file_of(sections), COLUMN, sample.column_type, sample.rows() as u64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn no_bytes_make_it_panic(
        which in 0_usize..7,
        section in 0_usize..4,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        early in any::<bool>(),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let sample = &samples()[which];
        let mut sections = sample.encode().0;
        let section = section % sections.len();
        let bytes = &mut sections[section].1;
        for (at, byte) in changes {
            // Headers stand early.
            let at = if early { at.index(bytes.len().min(64)) } else { at.index(bytes.len()) };
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let outcome = open(sample, &sections).and_then(|reader| use_all(&reader, 1500));
        if let Err(error) = outcome {
            prop_assert_eq!(error.kind(), ErrorKind::Corrupt);
        }
    }
}

#[test]
fn whole_columns_pass() {
    for sample in samples() {
        let reader = open(&sample, &sample.encode().0).unwrap();
        use_all(&reader, 1500).unwrap();
    }
}

#[test]
fn a_missing_section_is_told() {
    let sample = &samples()[0];
    let sections = sample.encode().0;
    assert_eq!(sections.len(), 4);
    for at in 0..sections.len() {
        let mut fewer = sections.clone();
        fewer.remove(at);
        let outcome = open(sample, &fewer).and_then(|reader| use_all(&reader, 1500));
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Corrupt, "section {at}");
    }
}

#[test]
fn a_column_of_other_rows_or_another_type_is_refused() {
    let sample = &samples()[3];
    let file = file_of(&sample.encode().0);
    let open = |column_type, rows| ColumnReader::open(&file, COLUMN, column_type, rows);
    assert!(open(ColumnType::Integer, 1500).is_ok());
    assert!(open(ColumnType::Integer, 70_000).is_err());
    assert!(open(ColumnType::Text, 1500).is_err());
    let fewer = open(ColumnType::Integer, 1400).unwrap();
    assert!(fewer.missing_total().is_err());
    let lists = open(ColumnType::Boolean, 1500).unwrap();
    assert!(lists.verify().is_err());
}
