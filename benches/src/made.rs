//! Units of four plants, in serial order: what is clustered in real production is clustered here.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::missing_panics_doc,
    reason = "every number is within bounds that are stated beside it"
)]

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float32Array, RecordBatch, StringArray, TimestampMicrosecondArray,
    UInt32Array,
};
use seriatim::{Instant, Record, Value};

use crate::random::Random;

/// How many units the benches ask: four plants of eight chunks each.
pub const UNITS: u64 = 4 * PLANT_UNITS;
const PLANT_UNITS: u64 = 1 << 19;
const BATCH_ROWS: u64 = 1 << 16;
const PLANTS: [(&str, &str); 4] =
    [("AX25", "Austin"), ("BK25", "Brno"), ("GT25", "Gdansk"), ("HV25", "Hanoi")];
const MARKETS: [&str; 12] =
    ["US", "DE", "JP", "GB", "FR", "CA", "KR", "IT", "ES", "AU", "NL", "PL"];
/// 2025-01-01, and the length of a year, in seconds.
const YEAR_START: u64 = 1_735_689_600;
const YEAR: u64 = 365 * 86_400;

/// One made-up unit; `made_at` in microseconds.
struct Unit {
    serial: String,
    facility: &'static str,
    model: String,
    line: u32,
    made_at: i64,
    lot: String,
    cell_batch: String,
    torque: f32,
    market: &'static str,
    retailer: String,
}

/// The unit at a place in serial order.
fn unit(place: u64) -> Unit {
    let random = &mut Random::new(place);
    let (plant, counter) = (place / PLANT_UNITS, place % PLANT_UNITS);
    let (prefix, facility) = PLANTS[plant as usize];
    // Two units in a thousand were scrapped, so that numbers are left out.
    let number = counter + counter / 500 + 1;
    let line = plant * 8 + random.below(8);
    let second = YEAR_START + counter * YEAR / PLANT_UNITS;
    let spread = (0..6).map(|_| random.fraction()).sum::<f64>() - 3.0;
    Unit {
        serial: format!("{prefix}{number:09}"),
        facility,
        model: format!("M{:02}", Random::new(plant * PLANT_UNITS + counter / 5000).skewed(40)),
        line: line as u32,
        made_at: second.cast_signed() * 1_000_000,
        lot: format!("L{line:02}-{:04}", counter / 40_000),
        cell_batch: format!("CB{:05}", (counter / 8192 + random.below(4)) * 64 + line),
        // As a torque driver records it: to thousandths, in single precision.
        torque: ((4200.0 + 200.0 * spread).round() / 1000.0) as f32,
        market: MARKETS[random.skewed(12) as usize],
        retailer: format!("R{:03}", random.skewed(200)),
    }
}

/// The first `units` units, described one by one.
pub fn records(units: u64) -> impl Iterator<Item = Record> {
    (0..units.min(UNITS)).map(|place| {
        let it = unit(place);
        Record::of_serial(it.serial)
            .with("facility", Value::Text(it.facility.to_owned()))
            .with("model", Value::Text(it.model))
            .with("line", Value::Integer(it.line.into()))
            .with("made_at", Value::Timestamp(Instant::from_micros(it.made_at).unwrap()))
            .with("lot", Value::Text(it.lot))
            .with("cell_batch", Value::Text(it.cell_batch))
            .with("torque", Value::Float(it.torque.into()))
            .with("market", Value::Text(it.market.to_owned()))
            .with("retailer", Value::Text(it.retailer))
    })
}

/// The first `units` units as Arrow record batches.
pub fn unit_batches(units: u64) -> Vec<RecordBatch> {
    let units = units.min(UNITS);
    let starts = (0..units).step_by(BATCH_ROWS as usize);
    starts.map(|start| unit_batch(start..units.min(start + BATCH_ROWS))).collect()
}

/// A registration for two of five of the first `units` units, in no order of serials, as one Arrow
/// record batch.
pub fn registrations(units: u64) -> RecordBatch {
    let random = &mut Random::new(u64::MAX);
    let mut places: Vec<u64> = (0..units.min(UNITS)).filter(|_| random.below(5) < 2).collect();
    for at in (1..places.len()).rev() {
        places.swap(at, random.below(at as u64 + 1) as usize);
    }
    let texts = |of: &dyn Fn(u64) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(places.iter().map(|place| of(*place))))
    };
    let consents = |of_ten: u64, salt: u64| -> ArrayRef {
        let given = places.iter().map(|place| Random::new(place ^ salt).below(10) < of_ten);
        Arc::new(given.map(Some).collect::<BooleanArray>())
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("serial", texts(&|place| unit(place).serial)),
        ("owner", texts(&|place| format!("o-{place}"))),
        ("name", texts(&|place| format!("Owner Number{}", place % 5000))),
        ("email", texts(&|place| format!("owner.{place}@example.org"))),
        (
            "phone",
            texts(&|place| format!("+49{}", 100_000_000 + Random::new(place).below(899_999_999))),
        ),
        ("email_consent", consents(8, 1 << 40)),
        ("sms_consent", consents(5, 1 << 41)),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// `count` serials in no order, half of them of units, half of none.
pub fn serials(count: u64) -> Vec<String> {
    let random = &mut Random::new(UNITS);
    let mut serial = |at: u64| {
        let serial = unit(random.below(UNITS)).serial;
        if at.is_multiple_of(2) { serial } else { serial.replacen("000", "900", 1) }
    };
    (0..count).map(&mut serial).collect()
}

fn unit_batch(places: Range<u64>) -> RecordBatch {
    let units: Vec<Unit> = places.map(unit).collect();
    let texts = |of: &dyn Fn(&Unit) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(units.iter().map(of)))
    };
    let made_at = units.iter().map(|it| it.made_at);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("serial", texts(&|it| &it.serial)),
        ("facility", texts(&|it| it.facility)),
        ("model", texts(&|it| &it.model)),
        ("line", Arc::new(UInt32Array::from_iter_values(units.iter().map(|it| it.line)))),
        ("made_at", Arc::new(TimestampMicrosecondArray::from_iter_values(made_at))),
        ("lot", texts(&|it| &it.lot)),
        ("cell_batch", texts(&|it| &it.cell_batch)),
        ("torque", Arc::new(Float32Array::from_iter_values(units.iter().map(|it| it.torque)))),
        ("market", texts(&|it| it.market)),
        ("retailer", texts(&|it| &it.retailer)),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}
