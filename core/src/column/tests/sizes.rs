//! Which encoding is chosen for what, and what a value costs.

use super::sample::{Draws, Sample, Values};
use crate::column::{ColumnReport, Encoding};
use crate::limits::CHUNK_ROWS;
use crate::schema::ColumnType;

const ROWS: usize = 4 * CHUNK_ROWS;

fn texts(count: usize) -> Vec<String> {
    (0..count).map(|it| format!("T{it:06}")).collect()
}

/// Texts of a column, by a rule from row and draws to code.
fn of_texts(count: usize, mut code: impl FnMut(u64, &mut Draws) -> u64) -> Sample {
    let mut draws = Draws(1);
    let codes = (0..ROWS as u64).map(|row| u32::try_from(code(row, &mut draws)).unwrap()).collect();
    Sample::new(ColumnType::Text, Values::Texts(texts(count), codes))
}

fn of_numbers(column_type: ColumnType, mut number: impl FnMut(u64, &mut Draws) -> i64) -> Sample {
    let mut draws = Draws(1);
    let numbers = (0..ROWS as u64).map(|row| number(row, &mut draws)).collect();
    Sample::new(column_type, Values::Numbers(numbers))
}

fn bits(report: &ColumnReport) -> f64 {
    report.bytes() as f64 * 8.0 / ROWS as f64
}

/// Every chunk is in this encoding and a value takes at most so many bits, dictionary and all.
fn check(name: &str, sample: &Sample, encoding: Encoding, most: f64) {
    let report = sample.encode().1;
    assert_eq!(sample.open().chunk(0).unwrap().encoding(), encoding, "{name}");
    assert_eq!(report.encodings.keys().collect::<Vec<_>>(), [&encoding], "{name}: {report:?}");
    assert!(bits(&report) <= most, "{name}: {} bits, not {most}", bits(&report));
}

/// Twelve numbers from 0 to 1 added up are nearly normal.
fn torque(draws: &mut Draws) -> f64 {
    let sum: f64 = (0..12).map(|_| draws.share()).sum();
    let newton_metres = (sum - 6.0) * 0.15 + 4.2;
    // As a driver stores it: to the thousandth, in single precision.
    #[expect(clippy::cast_possible_truncation, reason = "single precision is meant")]
    let single = ((newton_metres * 1000.0).round() / 1000.0) as f32;
    f64::from(single)
}

fn seconds_apart(mean: f64, draws: &mut Draws) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "some minutes at most")]
    let gap = (-(1.0 - draws.share()).ln() * mean) as i64;
    gap * 1_000_000
}

#[test]
fn one_value_costs_nothing() {
    check("facility", &of_texts(1, |_, _| 0), Encoding::Constant, 0.01);
}

#[test]
fn long_runs_cost_next_to_nothing() {
    let mut model = 0;
    let sample = of_texts(40, |row, draws| {
        if row % 4000 == 0 {
            model = draws.below(40);
        }
        model
    });
    check("model", &sample, Encoding::Runs, 0.03);
}

#[test]
fn small_codes_take_their_bits() {
    check("market", &of_texts(30, |_, draws| draws.below(30)), Encoding::Frame, 5.02);
    check("retailer", &of_texts(200, |_, draws| draws.below(200)), Encoding::Frame, 8.1);
    check("line", &of_texts(64, |_, draws| 24 + draws.below(8)), Encoding::Frame, 3.1);
    let codes = of_numbers(ColumnType::Integer, |_, draws| (draws.below(64) * 500).cast_signed());
    check("integers in steps", &codes, Encoding::Frame, 6.01);
}

#[test]
fn a_chunk_has_a_dictionary_of_its_own() {
    // Eight lines, each with a lot of 5,000: codes lie far apart.
    let mut made = [0; 8];
    let sample = of_texts(10_000, |_, draws| {
        let line = draws.place(8);
        made[line] += 1;
        line as u64 * 1250 + made[line] / 5000
    });
    check("lot", &sample, Encoding::Dictionary, 5.02 + 2.2);
    let without_texts = sample.encode().1.data_bytes as f64 * 8.0 / ROWS as f64;
    assert!(without_texts <= 5.01, "{without_texts}");
    let batch =
        of_texts(20_288, |row, draws| (row / 10_000 + draws.below(4)) * 64 + draws.below(8));
    let report = batch.encode().1;
    assert_eq!(report.encodings.keys().collect::<Vec<_>>(), [&Encoding::Dictionary]);
    assert!(report.data_bytes as f64 * 8.0 / ROWS as f64 <= 7.05);
}

#[test]
fn distinct_wide_numbers_have_a_dictionary() {
    let known: Vec<i64> = (0..200).map(|it| (it * it * 999_983 + it) * 77_777_777).collect();
    let sample = of_numbers(ColumnType::Integer, |_, draws| known[draws.place(200)]);
    check("wide and few", &sample, Encoding::Dictionary, 8.3);
}

#[test]
fn measurements_are_places_in_a_dictionary() {
    let mut draws = Draws(1);
    let floats = (0..ROWS).map(|_| torque(&mut draws)).collect();
    let sample = Sample::new(ColumnType::Float, Values::Floats(floats));
    assert!(sample.open().floats().is_some());
    let report = sample.encode().1;
    assert!(report.data_bytes as f64 * 8.0 / ROWS as f64 <= 11.01, "{report:?}");
    assert!(report.dictionary_bytes < 12_000, "{report:?}");
}

#[test]
fn distinct_measurements_keep_their_bits() {
    let mut draws = Draws(1);
    let floats = (0..ROWS).map(|_| draws.share()).collect();
    let sample = Sample::new(ColumnType::Float, Values::Floats(floats));
    assert!(sample.open().floats().is_none());
    check("distinct", &sample, Encoding::Frame, 64.1);
}

#[test]
fn ascending_instants_cost_their_gaps() {
    let mut at = 1_700_000_000_000_000;
    let slow = of_numbers(ColumnType::Timestamp, |_, draws| {
        at += seconds_apart(126.0, draws);
        at
    });
    check("made_at, 126 s", &slow, Encoding::Ascending, 10.4);
    let fast = of_numbers(ColumnType::Timestamp, |_, draws| {
        at += seconds_apart(1.3, draws);
        at
    });
    check("made_at, 1.3 s", &fast, Encoding::Ascending, 4.1);
}

#[test]
fn instants_that_nearly_ascend_are_kept_in_blocks() {
    let sample = of_numbers(ColumnType::Timestamp, |row, draws| {
        (row * 126 + draws.below(900)).cast_signed() * 1_000_000
    });
    check("nearly", &sample, Encoding::Blocks, 14.2);
}

#[test]
fn few_missing_rows_cost_little() {
    let mut sample = of_texts(30, |_, draws| draws.below(30));
    let mut draws = Draws(2);
    sample.missing = (0..ROWS).map(|_| draws.below(100) == 0).collect();
    check("market, 1 % missing", &sample, Encoding::Frame, 5.02 + 0.17);
    let mut ascending = of_numbers(ColumnType::Timestamp, |row, _| row.cast_signed() * 1_000_000);
    ascending.missing.clone_from(&sample.missing);
    check("missing rows keep the order", &ascending, Encoding::Ascending, 2.5);
}

#[test]
fn nothing_known_costs_nothing() {
    let mut sample = of_texts(30, |_, draws| draws.below(30));
    sample.missing = vec![true; ROWS];
    check("all missing", &sample, Encoding::Empty, 0.02);
}

#[test]
fn lists_cost_their_values() {
    let mut draws = Draws(1);
    let lists =
        (0..ROWS).map(|_| (0..4).map(|_| u32::try_from(draws.below(64)).unwrap()).collect());
    let sample = Sample::new(ColumnType::TextList, Values::Lists(texts(64), lists.collect()));
    check("four batches", &sample, Encoding::Lists, 24.1);
}
