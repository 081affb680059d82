//! Units enough to fill chunks, made from nothing.

use seriatim::{Column, ColumnType, Date, Instant, Record, Schema, Value, Version};

/// Numbers that look random and never change.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

pub(crate) fn wide_schema() -> Schema {
    let column = |name: &str, column_type| Column::new(name, column_type).unwrap();
    Schema::new(vec![
        column("market", ColumnType::Text),
        column("count", ColumnType::Integer),
        column("torque", ColumnType::Float),
        column("sold_on", ColumnType::Date),
        column("made_at", ColumnType::Timestamp).in_zone("Europe/Berlin").unwrap(),
        column("firmware", ColumnType::Version),
        column("cells", ColumnType::TextList),
        column("line", ColumnType::Text),
    ])
    .unwrap()
}

/// Units of several chunks, some columns clustered and some not, some values missing.
pub(crate) fn wide_units(rows: u64, first: u64) -> Vec<Record> {
    let mut dice = Dice(rows);
    let unit = |at: u64| {
        let at = first + at;
        let made_at = 1_700_000_000_000_000 + i64::try_from(at * 90_000_000).unwrap();
        let mut unit = Record::of_serial(format!("A{at:07}"))
            .in_namespace(if at < 30_000 { "one" } else { "two" })
            .with("market", Value::Text(format!("M{}", dice.below(first % 7 + 20))))
            .with("made_at", Value::Timestamp(Instant::from_micros(made_at).unwrap()))
            .with("line", Value::Text("L1".into()))
            .with("firmware", Value::Version(Version::from(format!("4.{}", at / 20_000).as_str())));
        if dice.below(10) > 0 {
            unit = unit.with("count", Value::Integer(i64::try_from(dice.below(1 << 40)).unwrap()));
        }
        if dice.below(20) > 0 {
            let torque = 4.0 + f64::from(u32::try_from(dice.below(300)).unwrap()) / 1000.0;
            unit = unit.with("torque", Value::Float(torque));
        }
        if dice.below(3) > 0 {
            let day = i32::try_from(dice.below(4_000)).unwrap();
            unit = unit.with("sold_on", Value::Date(Date::from_days(16_000 + day).unwrap()));
        }
        if dice.below(8) > 0 {
            let cells = (0..dice.below(4)).map(|_| format!("C{}", dice.below(9)));
            unit = unit.with("cells", Value::TextList(cells.collect()));
        }
        unit
    };
    (0..rows).map(unit).collect()
}
