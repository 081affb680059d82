//! The files, read back and counted row by row.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, read};
use std::path::Path;
use std::sync::LazyLock;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use seriatim::{Date, Instant};
use tempfile::TempDir;

use super::scenario::{AS_OF_SECONDS, FIRST_DAY, NEW_YEARS, RECALL_WEEK, RECALL_WEEKS, UNITS_MIN};
use super::{AFFECTED, AS_OF, GAP, Generated, REGISTERED, SCOPE, UNDETERMINED, generate};

/// The smallest data, generated once for all tests.
static SMALLEST: LazyLock<(TempDir, Generated)> = LazyLock::new(|| made(UNITS_MIN));

fn made(units: u64) -> (TempDir, Generated) {
    let folder = TempDir::new().expect("a temporary folder");
    let generated = generate(folder.path(), units).expect("the files are written");
    (folder, generated)
}

fn batches(path: &Path) -> impl Iterator<Item = RecordBatch> {
    let file = File::open(path).expect("the file is there");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build);
    reader.expect("a Parquet file").map(|it| it.expect("a batch"))
}

fn text<'a>(batch: &'a RecordBatch, column: &str, row: usize) -> Option<&'a str> {
    let texts = batch.column_by_name(column).expect("the column").as_string::<i32>();
    texts.is_valid(row).then(|| texts.value(row))
}

fn micros(batch: &RecordBatch, column: &str, row: usize) -> Option<i64> {
    let column = batch.column_by_name(column).expect("the column");
    let instants = column.as_primitive::<TimestampMicrosecondType>();
    instants.is_valid(row).then(|| instants.value(row))
}

fn list(batch: &RecordBatch, column: &str, row: usize) -> Option<Vec<String>> {
    let lists = batch.column_by_name(column).expect("the column").as_list::<i32>();
    let texts = lists.is_valid(row).then(|| lists.value(row))?;
    Some(texts.as_string::<i32>().iter().flatten().map(str::to_owned).collect())
}

/// The units as the scope sorts them, without a line of the library.
#[derive(Debug, Default)]
struct Sorted {
    serials: BTreeSet<String>,
    affected: BTreeSet<String>,
    undetermined: u64,
    known_none: u64,
    elsewhere: u64,
}

fn sorted(generated: &Generated) -> Sorted {
    let from = "2025-03-03T00:00:00Z".parse::<Instant>().expect("an instant").micros();
    let to = "2025-04-14T00:00:00Z".parse::<Instant>().expect("an instant").micros();
    let mut sorted = Sorted::default();
    for batch in generated.unit_files.iter().flat_map(|it| batches(it)) {
        for row in 0..batch.num_rows() {
            let serial = text(&batch, "serial", row).expect("every unit has a serial").to_owned();
            let made_at = micros(&batch, "made_at", row).expect("every unit was made");
            let asked = text(&batch, "model", row) == Some("PT-300")
                && text(&batch, "facility", row) == Some("Leipzig")
                && (from..to).contains(&made_at);
            let of_batch = list(&batch, "component_batch", row)
                .map(|it| it.iter().any(|batch| batch == "CB-7781"));
            let none = list(&batch, "component_batch", row).is_some_and(|it| it.is_empty());
            match of_batch {
                Some(true) if asked => _ = sorted.affected.insert(serial.clone()),
                None if asked => sorted.undetermined += 1,
                Some(true) => sorted.elsewhere += 1,
                _ => sorted.known_none += u64::from(asked && none),
            }
            assert!(sorted.serials.insert(serial), "two units have one serial");
        }
    }
    sorted
}

fn check_figures(generated: &Generated, units: u64) {
    let sorted = sorted(generated);
    assert_eq!((sorted.serials.len() as u64, generated.units), (units, units));
    assert_eq!(sorted.affected.len() as u64, AFFECTED);
    assert_eq!(sorted.undetermined, UNDETERMINED);
    assert_eq!(sorted.known_none, super::scenario::KNOWN_NONE);
    assert_eq!(sorted.elsewhere, 0);
    let as_of = AS_OF.parse::<Instant>().expect("an instant").micros();
    let (mut held, mut known, mut rows, mut unknown) = (BTreeSet::new(), BTreeSet::new(), 0, 0);
    for batch in batches(&generated.registration_file) {
        for row in 0..batch.num_rows() {
            let serial = text(&batch, "serial", row).expect("every registration has a serial");
            rows += 1;
            if !sorted.serials.contains(serial) {
                unknown += 1;
                continue;
            }
            let owning = matches!(text(&batch, "role", row), Some("owner" | "gift_recipient"));
            let begun = micros(&batch, "valid_from", row).is_some_and(|it| it <= as_of);
            let over = micros(&batch, "valid_to", row).is_some_and(|it| it <= as_of);
            if owning && begun && !over {
                known.insert(serial.to_owned());
                if sorted.affected.contains(serial) {
                    held.insert(serial.to_owned());
                }
            }
        }
    }
    assert_eq!(held.len() as u64, REGISTERED);
    assert_eq!((sorted.affected.len() - held.len()) as u64, GAP);
    assert_eq!((rows, unknown), (generated.registrations, generated.unknown_serials));
    assert!(unknown * 500 > rows / 2, "some serials are unknown");
    let share = known.len() as f64 / units as f64;
    assert!((0.40..0.70).contains(&share), "{share} of the units are registered");
}

#[test]
fn figures() {
    check_figures(&SMALLEST.1, UNITS_MIN);
}

#[test]
fn figures_do_not_depend_on_the_number_of_units() {
    let (_folder, generated) = made(431_037);
    check_figures(&generated, 431_037);
}

#[test]
fn same_bytes_every_time() {
    let (_folder, again) = made(UNITS_MIN);
    let files = |it: &Generated| {
        let paths = it.unit_files.iter().chain([&it.registration_file]);
        paths.map(|path| read(path).expect("the file is there")).collect::<Vec<_>>()
    };
    assert!(files(&SMALLEST.1) == files(&again), "the files differ");
}

#[test]
fn serials_fit_their_layout_and_tell_the_year() {
    for batch in SMALLEST.1.unit_files.iter().flat_map(|it| batches(it)) {
        let mut before = String::new();
        for row in 0..batch.num_rows() {
            let serial = text(&batch, "serial", row).expect("a serial");
            let (plant, digits) = serial.split_at(2);
            assert!(plant.bytes().all(|it| it.is_ascii_uppercase()), "{serial}");
            assert!(digits.len() == 12 && digits.bytes().all(|it| it.is_ascii_digit()), "{serial}");
            // The plants' clocks are at most seven hours from UTC.
            let made_at = micros(&batch, "made_at", row).expect("an instant");
            let year = |hours: i64| {
                let at = Instant::from_micros(made_at + hours * 3_600_000_000).expect("an instant");
                at.to_string()[2..4].to_owned()
            };
            assert!([year(-7), year(7)].contains(&digits[..2].to_owned()), "{serial}");
            assert!(*before < *serial, "{serial} comes after {before}");
            before = serial.to_owned();
        }
    }
}

#[test]
fn registrations_have_every_kind_of_case() {
    let mut cases = BTreeMap::<&str, u64>::new();
    let mut holders = BTreeMap::<String, u64>::new();
    let (mut ids, mut ordered, mut before) = (BTreeSet::new(), true, String::new());
    let as_of = AS_OF.parse::<Instant>().expect("an instant").micros();
    for batch in batches(&SMALLEST.1.registration_file) {
        for row in 0..batch.num_rows() {
            let it = |column| text(&batch, column, row);
            let from = micros(&batch, "valid_from", row).expect("an instant");
            let to = micros(&batch, "valid_to", row);
            let recorded_at = micros(&batch, "recorded_at", row).expect("an instant");
            assert!(recorded_at < as_of, "recorded before the recall looks");
            assert!(to.is_none_or(|to| to > from), "ends after it began");
            let channels = list(&batch, "channels", row).expect("channels are known");
            for (channel, column) in [("email", "email"), ("phone", "phone"), ("post", "city")] {
                assert_eq!(channels.iter().any(|it| it == channel), it(column).is_some());
            }
            let safety = batch.column_by_name("consent_safety").expect("the column").as_boolean();
            for (case, is_so) in [
                ("over", to.is_some_and(|it| it < as_of)),
                ("running", to.is_some_and(|it| it > as_of)),
                ("future", from > as_of),
                ("owner", it("role") == Some("owner")),
                ("gift recipient", it("role") == Some("gift_recipient")),
                ("reseller", it("role") == Some("reseller")),
                ("no name", it("name").is_none()),
                ("no channel", channels.is_empty()),
                ("push only", channels == ["push"]),
                ("consent not known", safety.is_null(row)),
                ("consent refused", safety.is_valid(row) && !safety.value(row)),
            ] {
                *cases.entry(case).or_default() += u64::from(is_so);
            }
            assert!(ids.insert(it("registration_id").map(str::to_owned)), "an id is used twice");
            *holders.entry(it("owner").expect("an owner").to_owned()).or_default() += 1;
            let serial = it("serial").expect("a serial");
            ordered &= *before <= *serial;
            before = serial.to_owned();
        }
    }
    assert!(cases.values().all(|&count| count > 0), "{cases:?}");
    assert!(holders.values().any(|&count| count > 1), "nobody holds two units");
    assert!(!ordered, "the registrations are in serial order");
}

#[test]
fn days_written_as_numbers() {
    let day = |text: &str| i64::from(text.parse::<Date>().expect("a day").days());
    let of_production = |text: &str| day(text) - FIRST_DAY;
    assert_eq!(of_production("2021-01-04"), 0);
    let new_years = ["2022-01-01", "2023-01-01", "2024-01-01", "2025-01-01"].map(of_production);
    assert_eq!(new_years, NEW_YEARS);
    assert_eq!(of_production("2025-03-03"), RECALL_WEEK * 7);
    assert_eq!(of_production("2025-04-13"), (RECALL_WEEK + RECALL_WEEKS) * 7 - 1);
    assert!(SCOPE.ends_with("made_at BETWEEN '2025-03-03' AND '2025-04-13'"), "{SCOPE}");
    let as_of = AS_OF.parse::<Instant>().expect("an instant");
    assert_eq!(as_of.micros(), AS_OF_SECONDS * 1_000_000);
}

#[test]
fn too_few_and_too_many_units() {
    let folder = TempDir::new().expect("a temporary folder");
    for units in [0, UNITS_MIN - 1, 1_000_000_000] {
        let error = generate(folder.path(), units).expect_err("not possible").to_string();
        let expected =
            format!("{units} units are not possible; make at least 200000 and less than a billion");
        assert_eq!(error, expected);
    }
}
