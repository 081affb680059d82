//! Every column type and encoding against a plain vector.

use std::collections::BTreeMap;
use std::ops::Bound;

use proptest::prelude::*;

use super::sample::{Draws, Sample, Values};
use crate::bitmap::Mask;
use crate::column::{ColumnReader, Intervals, LocalValues};
use crate::limits::CHUNK_ROWS;
use crate::schema::{ColumnType, Value, Version};

/// How the codes of a sample are laid out, each meant for one encoding.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Same,
    Runs,
    Few,
    Wide,
    Steps,
    Drift,
    Ascending,
}

const SHAPES: [Shape; 7] = [
    Shape::Same,
    Shape::Runs,
    Shape::Few,
    Shape::Wide,
    Shape::Steps,
    Shape::Drift,
    Shape::Ascending,
];

/// `rows` numbers below `2^bits`.
fn numbers(shape: Shape, rows: usize, bits: u32, draws: &mut Draws) -> Vec<u64> {
    let end = 1_u64 << bits.min(62);
    let few: Vec<u64> = (0..5).map(|_| draws.below(end)).collect();
    let step = 1 + draws.below(end / 64);
    let mut at = draws.below(end / 2);
    (0..rows)
        .map(|row| match shape {
            Shape::Same => few[0],
            Shape::Runs => {
                if row % 40 == 0 {
                    at = draws.below(end);
                }
                at
            }
            Shape::Few => few[draws.place(5)],
            Shape::Wide => draws.below(end),
            Shape::Steps => draws.below(end / step) * step,
            Shape::Drift => (row as u64 * (end / 4 / rows as u64) + draws.below(end / 64)) % end,
            Shape::Ascending => {
                at = (at + draws.below(end / 4 / rows as u64 + 2)).min(end - 1);
                at
            }
        })
        .collect()
}

fn texts(count: u64, column_type: ColumnType) -> Vec<String> {
    let mut texts: Vec<String> = (0..count)
        .map(|it| match column_type {
            ColumnType::Version => format!("{}.{}", it / 7, it % 7),
            // Lengths that differ, and a text of no bytes.
            _ if it % 5 == 0 && it > 0 => format!("lot {it} ü"),
            _ if it == 0 => String::new(),
            _ => format!("L{it:06}"),
        })
        .collect();
    match column_type {
        ColumnType::Version => texts.sort_by(|a, b| Version::compare(a, b)),
        _ => texts.sort(),
    }
    texts
}

fn sample(column_type: ColumnType, shape: Shape, rows: usize, seed: u64) -> Sample {
    let mut draws = Draws(seed);
    let bits = 1 + u32::try_from(draws.below(34)).unwrap();
    let values = match column_type {
        ColumnType::Text | ColumnType::Version => {
            let bits = bits.min(12);
            let codes = numbers(shape, rows, bits, &mut draws);
            let texts = texts(1 << bits, column_type);
            Values::Texts(texts, codes.iter().map(|it| u32::try_from(*it).unwrap()).collect())
        }
        ColumnType::TextList => {
            let bits = bits.min(10);
            let lengths: Vec<usize> = (0..rows).map(|_| draws.place(4)).collect();
            let total: usize = lengths.iter().sum();
            let codes = numbers(shape, total.max(1), bits, &mut draws);
            let mut codes = codes.iter().map(|it| u32::try_from(*it).unwrap());
            let lists = lengths.iter().map(|it| codes.by_ref().take(*it).collect());
            let lists = lists.collect();
            Values::Lists(texts(1 << bits, column_type), lists)
        }
        ColumnType::Float => {
            let scale = if seed.is_multiple_of(2) { 1e-3 } else { 1.0 / 3.0 };
            let codes = numbers(shape, rows, bits, &mut draws);
            let spoilt = seed.is_multiple_of(3);
            let float = |(row, code): (usize, u64)| {
                if spoilt && row % 17 == 3 { f64::NAN } else { (code as f64 - 9.0) * scale }
            };
            Values::Floats(codes.into_iter().enumerate().map(float).collect())
        }
        ColumnType::Boolean => {
            let codes = numbers(shape, rows, 1, &mut draws);
            Values::Numbers(codes.iter().map(|it| it.cast_signed() & 1).collect())
        }
        ColumnType::Date => {
            let codes = numbers(shape, rows, bits.min(20), &mut draws);
            Values::Numbers(codes.iter().map(|it| it.cast_signed() - 300_000).collect())
        }
        ColumnType::Integer | ColumnType::Timestamp => {
            let codes = numbers(shape, rows, bits, &mut draws);
            Values::Numbers(codes.iter().map(|it| (it.cast_signed() - 1000) * 1000).collect())
        }
    };
    let mut sample = Sample::new(column_type, values);
    let share = [0.0, 0.0, 0.01, 0.5, 1.0][Draws(seed).place(5)];
    if share > 0.0 {
        sample.missing = (0..rows).map(|_| draws.share() <= share).collect();
    }
    sample
}

/// Checks everything a reader says of the sample.
fn check(sample: &Sample, seed: u64) {
    let reader = sample.open();
    let rows = sample.rows();
    reader.verify().unwrap();
    assert_eq!((reader.rows(), reader.column_type()), (rows as u64, sample.column_type));
    let missing = (0..rows).filter(|row| sample.is_missing(*row)).count();
    assert_eq!(reader.missing_total().unwrap(), missing as u64);
    for index in 0..reader.chunks() {
        let start = index * CHUNK_ROWS;
        let end = rows.min(start + CHUNK_ROWS);
        let ordinals: Vec<_> = (start..end).map(|row| sample.ordinals(&reader, row)).collect();
        check_chunk(&reader, index, &ordinals, sample, seed);
    }
    let mut draws = Draws(seed);
    for _ in 0..rows.min(200) {
        let row = draws.place(rows);
        let value = reader.value_at(u32::try_from(row).unwrap()).unwrap();
        assert_eq!(value, sample.value(row), "row {row}");
    }
    assert!(reader.value_at(u32::try_from(rows).unwrap()).is_err());
}

fn check_chunk(
    reader: &ColumnReader,
    index: usize,
    ordinals: &[Vec<u64>],
    sample: &Sample,
    seed: u64,
) {
    let chunk = reader.chunk(index).unwrap();
    let start = index * CHUNK_ROWS;
    let all = || ordinals.iter().flatten().copied();
    assert_eq!(chunk.rows() as usize, ordinals.len());
    assert_eq!(chunk.zone(), all().min().zip(all().max()));
    let mut missing = Mask::new();
    chunk.missing_into(&mut missing).unwrap();
    assert_eq!(missing.count(), chunk.missing_count());
    for row in 0..ordinals.len() {
        let is_missing = missing.contains(u16::try_from(row).unwrap());
        assert_eq!(is_missing, sample.is_missing(start + row), "row {row}");
    }
    let mut draws = Draws(seed);
    for turn in 0..12 {
        check_scan(reader, index, ordinals, &intervals(ordinals, turn, &mut draws));
    }
    if sample.column_type == ColumnType::TextList {
        check_lists(reader, index, ordinals, sample);
    } else {
        check_ordinals(reader, index, ordinals);
    }
    check_counts(reader, index, ordinals, &mut draws);
}

/// Intervals near the values: 1 to 4 of them, or many.
fn intervals(ordinals: &[Vec<u64>], turn: usize, draws: &mut Draws) -> Intervals {
    let mut near = || {
        let row = draws.place(ordinals.len());
        let at = ordinals[row].first().copied().unwrap_or_else(|| draws.next());
        match draws.below(4) {
            0 => at.saturating_sub(draws.below(3)),
            1 => at.saturating_add(draws.below(1000)),
            _ => at,
        }
    };
    let count = if turn % 3 == 2 { 40 } else { 1 + turn % 4 };
    let pairs = (0..count).map(|_| {
        let (a, b) = (near(), near());
        if count == 40 { (a, a) } else { (a.min(b), a.max(b)) }
    });
    match turn {
        0 => Intervals::between(0, u64::MAX),
        1 => Intervals::default(),
        _ => Intervals::new(pairs.collect()),
    }
}

fn check_scan(reader: &ColumnReader, index: usize, ordinals: &[Vec<u64>], wanted: &Intervals) {
    let mut found = Mask::new();
    let last = u16::try_from(ordinals.len() - 1).unwrap();
    // What is in the mask before stays.
    found.set(last);
    reader.chunk(index).unwrap().scan(wanted, &mut found).unwrap();
    for (row, ordinals) in (0..=u16::MAX).zip(ordinals) {
        let expected = ordinals.iter().any(|it| wanted.contains(*it)) || row == last;
        assert_eq!(found.contains(row), expected, "row {row} of {wanted:?}");
    }
    assert_eq!(found.count_range(u32::from(last) + 1..u32::MAX), 0);
    check_scan_within(reader, index, ordinals, wanted);
}

/// Of rows that are not asked about some may be left out, but none is in that does not pass.
fn check_scan_within(
    reader: &ColumnReader,
    index: usize,
    ordinals: &[Vec<u64>],
    wanted: &Intervals,
) {
    let (mut within, mut found, mut open) = (Mask::new(), Mask::new(), Mask::new());
    let rows = (0..=u16::MAX).zip(ordinals);
    rows.clone().filter(|(row, _)| row / 70 % 3 == 1).for_each(|(row, _)| within.set(row));
    let chunk = reader.chunk(index).unwrap();
    chunk.scan_within(wanted, Some(&within), &mut found).unwrap();
    let lists = reader.column_type() == ColumnType::TextList;
    if !lists {
        chunk.scan_open(wanted, Some(&within), &mut open).unwrap();
    }
    for (row, ordinals) in rows {
        let passes = ordinals.iter().any(|it| wanted.contains(*it));
        let asked = within.contains(row);
        assert!(if asked { found.contains(row) == passes } else { passes || !found.contains(row) });
        let may = passes || ordinals.is_empty();
        assert!(
            lists || if asked { open.contains(row) == may } else { may || !open.contains(row) }
        );
    }
}

fn check_ordinals(reader: &ColumnReader, index: usize, ordinals: &[Vec<u64>]) {
    let chunk = reader.chunk(index).unwrap();
    let mut read = vec![1, 2, 3];
    chunk.ordinals_into(&mut read).unwrap();
    assert_eq!(read.len(), ordinals.len());
    let values = chunk.local_values().unwrap();
    let mut codes = Vec::new();
    if let Some(values) = &values {
        chunk.local_codes_into(values, &Mask::full(), &mut codes).unwrap();
        let listed: Vec<u64> = (0..values.len())
            .map(|it| values.ordinal(u16::try_from(it).unwrap()).unwrap())
            .collect();
        assert!(listed.is_sorted_by(|a, b| a < b));
    }
    for (row, expected) in (0..=u16::MAX).zip(ordinals) {
        let expected = expected.first().copied();
        assert_eq!(chunk.ordinal_at(row).unwrap(), expected, "row {row}");
        if expected.is_some() {
            assert_eq!(Some(read[usize::from(row)]), expected, "row {row}");
            if let Some(values) = &values {
                assert_eq!(values.ordinal(codes[usize::from(row)]), expected, "row {row}");
            }
        }
    }
    assert!(chunk.list_at(0, &mut Vec::new()).is_err() || ordinals[0].is_empty());
    // All rows, some of each block, and few far apart.
    for step in [1, 11, 700] {
        let rows: Vec<u16> = (0..=u16::MAX).take(ordinals.len()).step_by(step).collect();
        let expected = rows.iter().map(|row| ordinals[usize::from(*row)].first().copied());
        let mut told = Vec::new();
        let tell = |it| {
            told.push(it);
            Ok(())
        };
        chunk.each_ordinal(rows.iter().copied(), tell).unwrap();
        assert_eq!(told, expected.collect::<Vec<_>>(), "every {step} rows");
        if let Some(values) = &values {
            chunk.local_codes_of(values, &rows, &mut codes).unwrap();
            let found = codes.iter().zip(&told).filter(|(_, it)| it.is_some());
            found.for_each(|(code, it)| assert_eq!(values.ordinal(*code), *it));
            assert_eq!(codes.len(), rows.len());
        }
    }
}

fn check_lists(reader: &ColumnReader, index: usize, ordinals: &[Vec<u64>], sample: &Sample) {
    let chunk = reader.chunk(index).unwrap();
    let (mut lengths, mut codes) = (vec![9], vec![9]);
    chunk.lists_into(&mut lengths, &mut codes).unwrap();
    assert_eq!(codes, ordinals.iter().flatten().copied().collect::<Vec<_>>());
    assert_eq!(lengths, ordinals.iter().map(|it| it.len() as u64).collect::<Vec<_>>());
    for (row, expected) in (0..=u16::MAX).zip(ordinals) {
        let mut list = Vec::new();
        let there = chunk.list_at(row, &mut list).unwrap();
        assert_eq!(there, !sample.is_missing(index * CHUNK_ROWS + usize::from(row)));
        assert_eq!(list.iter().map(|it| u64::from(*it)).collect::<Vec<_>>(), *expected);
    }
    assert_eq!(chunk.local_values().unwrap().filter(|it| it.len() > 0), None::<LocalValues>);
}

fn check_counts(reader: &ColumnReader, index: usize, ordinals: &[Vec<u64>], draws: &mut Draws) {
    let share = draws.share() * 1.3;
    let mut mask = Mask::new();
    let mut expected = BTreeMap::<u64, u64>::new();
    for (row, ordinals) in (0..=u16::MAX).zip(ordinals) {
        // Whole words are counted another way.
        if draws.share() < share || row / 64 % 2 == 1 {
            mask.set(row);
            let mut once = ordinals.clone();
            once.sort_unstable();
            once.dedup();
            for it in once {
                *expected.entry(it).or_default() += 1;
            }
        }
    }
    let mut told = Vec::new();
    reader.chunk(index).unwrap().count_into(&mask, |it, count| told.push((it, count))).unwrap();
    assert_eq!(told, expected.into_iter().collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn columns_are_the_vectors_they_were_made_of(
        column_type in prop::sample::select(&ColumnType::ALL[..]),
        shape in prop::sample::select(&SHAPES[..]),
        rows in 1_usize..3000,
        seed: u64,
    ) {
        check(&sample(column_type, shape, rows, seed), seed);
    }
}

#[test]
fn columns_of_several_chunks_are_the_vectors_they_were_made_of() {
    for (at, (column_type, shape)) in
        (0..).zip(ColumnType::ALL.into_iter().zip(SHAPES.into_iter().cycle()))
    {
        check(&sample(column_type, shape, CHUNK_ROWS + 77, 42 + at), at);
    }
}

#[test]
fn a_column_of_no_rows_has_no_chunks() {
    let reader = Sample::new(ColumnType::Integer, Values::Numbers(Vec::new())).open();
    assert_eq!(reader.chunks(), 0);
    assert!(reader.chunk(0).is_err());
    reader.verify().unwrap();
}

#[test]
fn an_empty_list_is_not_a_missing_one() {
    let lists = vec![vec![], vec![1, 0], vec![], vec![1]];
    let mut sample =
        Sample::new(ColumnType::TextList, Values::Lists(texts(2, ColumnType::TextList), lists));
    sample.missing = vec![false, false, true, false];
    let reader = sample.open();
    assert_eq!(reader.value_at(0).unwrap(), Some(Value::TextList(Vec::new())));
    assert_eq!(reader.value_at(2).unwrap(), None);
    // Values keep the order in which they were given.
    let both = vec!["L000001".to_owned(), String::new()];
    assert_eq!(reader.value_at(1).unwrap(), Some(Value::TextList(both)));
    check(&sample, 1);
    let empty = Values::Lists(Vec::new(), vec![Vec::new(); 3]);
    let mut empty = Sample::new(ColumnType::TextList, empty);
    empty.missing = vec![false, true, false];
    check(&empty, 1);
}

#[test]
fn the_far_ends_of_numbers_come_back() {
    let far = vec![i64::MIN, i64::MAX, 0, -1, i64::MIN + 1, i64::MAX - 1];
    check(&Sample::new(ColumnType::Integer, Values::Numbers(far)), 3);
    let far = vec![f64::NEG_INFINITY, f64::INFINITY, 0.0, -0.0, f64::MIN, f64::NAN, 5e-324];
    check(&Sample::new(ColumnType::Float, Values::Floats(far)), 3);
}

#[test]
fn bounds_of_texts_become_ordinals() {
    let versions = ["1.2", "1.10", "1.10-hf", "2.0"].map(str::to_owned).to_vec();
    let sample = Sample::new(ColumnType::Version, Values::Texts(versions, vec![0, 1, 2, 3]));
    let reader = sample.open();
    let between = |low, high| reader.texts_between(low, high).unwrap();
    assert_eq!(between(Bound::Excluded("1.9"), Bound::Unbounded), Some((1, 3)));
    assert_eq!(between(Bound::Included("1.10"), Bound::Excluded("2.0")), Some((1, 2)));
    assert_eq!(between(Bound::Unbounded, Bound::Included("1.2")), Some((0, 0)));
    assert_eq!(between(Bound::Excluded("2.0"), Bound::Unbounded), None);
    assert_eq!(between(Bound::Included("2.0"), Bound::Included("1.2")), None);
}

type Expected = fn(f64) -> bool;

#[test]
fn bounds_of_floats_become_ordinals() {
    for known in [true, false] {
        // Few distinct numbers have a dictionary, many have none.
        let floats: Vec<f64> = (0..2000)
            .map(|row| if known { f64::from(row % 7) / 7.0 } else { f64::from(row).sqrt() })
            .collect();
        let sample = Sample::new(ColumnType::Float, Values::Floats(floats.clone()));
        let reader = sample.open();
        assert_eq!(reader.floats().is_some(), known);
        let (low, high) = (3.0 / 7.0, 5.0 / 7.0);
        let cases: [(Bound<f64>, Bound<f64>, Expected); 4] = [
            (Bound::Included(low), Bound::Excluded(high), |it| {
                (3.0 / 7.0..5.0 / 7.0).contains(&it)
            }),
            (Bound::Excluded(low), Bound::Unbounded, |it| it > 3.0 / 7.0),
            (Bound::Unbounded, Bound::Included(high), |it| it <= 5.0 / 7.0),
            (Bound::Included(high), Bound::Included(low), |_| false),
        ];
        for (low, high, expected) in cases {
            let range = reader.floats_between(low, high).unwrap();
            let wanted = Intervals::new(range.into_iter().collect());
            let mut found = Mask::new();
            reader.chunk(0).unwrap().scan(&wanted, &mut found).unwrap();
            for (row, float) in (0..=u16::MAX).zip(&floats) {
                assert_eq!(found.contains(row), expected(*float), "{low:?} {high:?} {float}");
            }
        }
        let nan = reader.floats_between(Bound::Included(f64::NAN), Bound::Unbounded);
        assert_eq!(nan.unwrap(), None);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    use crate::column::{ColumnValues, encode_column};
    use crate::pool::Halt;
    let texts = ["b", "a"].map(str::to_owned);
    let sorted = ["a", "b"].map(str::to_owned);
    let cases = [
        (ColumnType::Text, ColumnValues::Texts { dictionary: &texts, codes: &[0] }, 1),
        (ColumnType::Text, ColumnValues::Texts { dictionary: &sorted, codes: &[2] }, 1),
        (ColumnType::Text, ColumnValues::Numbers(&[1]), 1),
        (ColumnType::Integer, ColumnValues::Numbers(&[1]), 2),
        (ColumnType::Boolean, ColumnValues::Numbers(&[2]), 1),
        (ColumnType::Boolean, ColumnValues::Numbers(&[-1]), 1),
        (
            ColumnType::TextList,
            ColumnValues::Lists { dictionary: &sorted, ends: &[3], codes: &[1] },
            1,
        ),
    ];
    for (column_type, values, rows) in cases {
        assert!(
            encode_column(column_type, values, &[], rows, &Halt::default()).is_err(),
            "{values:?}"
        );
    }
    // A missing row may hold anything.
    let codes = ColumnValues::Texts { dictionary: &sorted, codes: &[9, 1] };
    assert!(encode_column(ColumnType::Text, codes, &[1], 2, &Halt::default()).is_ok());
}
