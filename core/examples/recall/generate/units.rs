//! Units as Arrow record batches.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, ListBuilder, StringBuilder,
    TimestampMicrosecondBuilder,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};

use super::production::{Components, Unit, batch_number, firmware};
use super::random::Random;
use super::scenario::{DAY, Facility, MARKETS, MODELS, RECALLED_BATCH, RECALLED_COMPONENT};

/// Timestamps of the files: microseconds, UTC.
pub(super) fn timestamp() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// Lists of text of the files.
pub(super) fn texts() -> DataType {
    DataType::List(Arc::new(Field::new("item", DataType::Utf8, true)))
}

/// The columns of the unit files.
pub(super) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("serial", DataType::Utf8, false),
        Field::new("product", DataType::Utf8, true),
        Field::new("model", DataType::Utf8, true),
        Field::new("facility", DataType::Utf8, true),
        Field::new("line", DataType::Int64, true),
        Field::new("made_at", timestamp(), true),
        Field::new("lot", DataType::Utf8, true),
        Field::new("component_batch", texts(), true),
        Field::new("firmware", DataType::Utf8, true),
        Field::new("pull_test", DataType::Float64, true),
        Field::new("reworked", DataType::Boolean, true),
        Field::new("shipped_on", DataType::Date32, true),
        Field::new("market", DataType::Utf8, true),
        Field::new("retailer", DataType::Utf8, true),
    ]))
}

/// Writes the serial of a number made in a year at a plant.
pub(super) fn write_serial(text: &mut String, plant: &str, year: i64, number: u64) {
    text.clear();
    // Writing to a String never fails.
    let _ = write!(text, "{plant}{year:02}{number:010}");
}

/// Collects units of one plant into a record batch.
#[derive(Debug)]
pub(super) struct UnitRows {
    facility: &'static Facility,
    random: Random,
    text: String,
    serial: StringBuilder,
    product: StringBuilder,
    model: StringBuilder,
    plant: StringBuilder,
    line: Int64Builder,
    made_at: TimestampMicrosecondBuilder,
    lot: StringBuilder,
    component_batch: ListBuilder<StringBuilder>,
    firmware: StringBuilder,
    pull_test: Float64Builder,
    reworked: BooleanBuilder,
    shipped_on: Date32Builder,
    market: StringBuilder,
    retailer: StringBuilder,
}

impl UnitRows {
    pub(super) fn new(facility: &'static Facility, random: Random) -> Self {
        UnitRows {
            facility,
            random,
            text: String::new(),
            serial: StringBuilder::new(),
            product: StringBuilder::new(),
            model: StringBuilder::new(),
            plant: StringBuilder::new(),
            line: Int64Builder::new(),
            made_at: TimestampMicrosecondBuilder::new().with_timezone("UTC"),
            lot: StringBuilder::new(),
            component_batch: ListBuilder::new(StringBuilder::new()),
            firmware: StringBuilder::new(),
            pull_test: Float64Builder::new(),
            reworked: BooleanBuilder::new(),
            shipped_on: Date32Builder::new(),
            market: StringBuilder::new(),
            retailer: StringBuilder::new(),
        }
    }

    pub(super) fn push(&mut self, unit: &Unit) {
        let model = &MODELS[unit.model];
        write_serial(&mut self.text, self.facility.plant, unit.year, unit.number);
        self.serial.append_value(&self.text);
        self.product.append_value(model.product);
        self.model.append_value(model.name);
        self.plant.append_value(self.facility.name);
        self.line.append_value(unit.line.cast_signed());
        self.made_at.append_value(unit.made_at * 1_000_000);
        self.push_lot(unit);
        self.push_components(unit, model.components);
        self.push_measured(unit, model.pull);
        self.market.append_option(unit.market.map(|it| MARKETS[it].country));
        match unit.retailer {
            Some(retailer) => {
                self.text.clear();
                let _ = write!(self.text, "R-{retailer:02}");
                self.retailer.append_value(&self.text);
            }
            None => self.retailer.append_null(),
        }
    }

    /// A lot is a week of a line.
    fn push_lot(&mut self, unit: &Unit) {
        self.text.clear();
        let (plant, week) = (self.facility.plant, unit.day / 7);
        let _ = write!(self.text, "{plant}-{week:03}-{}", unit.line);
        self.lot.append_value(&self.text);
    }

    fn push_components(&mut self, unit: &Unit, components: &[&str]) {
        if unit.components == Components::Missing {
            self.component_batch.append_null();
            return;
        }
        if unit.components != Components::Empty {
            for &component in components {
                let recalled =
                    unit.components == Components::Recalled && component == RECALLED_COMPONENT;
                let number = if recalled {
                    RECALLED_BATCH
                } else {
                    batch_number(self.facility, component, unit.day)
                };
                self.text.clear();
                let _ = write!(self.text, "{component}-{number:04}");
                self.component_batch.values().append_value(&self.text);
            }
        }
        self.component_batch.append(true);
    }

    fn push_measured(&mut self, unit: &Unit, pull: f64) {
        let random = &mut self.random;
        let (major, minor, patch) = firmware(unit, random);
        self.text.clear();
        let _ = write!(self.text, "{major}.{minor}.{patch}");
        if random.per_mille(3) {
            self.firmware.append_null();
        } else {
            self.firmware.append_value(&self.text);
        }
        let bad_cable = if unit.components == Components::Recalled { 0.82 } else { 1.0 };
        let measured = pull * bad_cable * (1.0 + 0.04 * random.normal());
        // The tester shows half newtons.
        let shown = (measured * 2.0).round() / 2.0;
        self.pull_test.append_option((!random.per_mille(5)).then_some(shown));
        self.reworked.append_value(random.per_mille(15));
        let shipped_on = unit.made_at / DAY + 2 + random.below(19).cast_signed();
        let shipped_on = i32::try_from(shipped_on).ok();
        self.shipped_on.append_option(shipped_on.filter(|_| !random.per_mille(10)));
    }

    /// The rows so far as a batch; the next push begins a new one.
    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(
            schema(),
            vec![
                Arc::new(self.serial.finish()),
                Arc::new(self.product.finish()),
                Arc::new(self.model.finish()),
                Arc::new(self.plant.finish()),
                Arc::new(self.line.finish()),
                Arc::new(self.made_at.finish()),
                Arc::new(self.lot.finish()),
                Arc::new(self.component_batch.finish()),
                Arc::new(self.firmware.finish()),
                Arc::new(self.pull_test.finish()),
                Arc::new(self.reworked.finish()),
                Arc::new(self.shipped_on.finish()),
                Arc::new(self.market.finish()),
                Arc::new(self.retailer.finish()),
            ],
        )
    }
}
