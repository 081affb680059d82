//! The recall itself: from the files to the affected units, their owners, and the gap.

use std::path::Path;

use seriatim::{
    Column, ColumnType, Families, Index, LoadOptions, RegistrationOptions, Registrations, Schema,
    Scope, Selection, SerialFamily, Units,
};

use crate::generate::{AFFECTED, Generated, SCOPE, SERIAL_LAYOUT, UNDETERMINED};
use crate::print::{Step, thousands};

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Builds an index of the files and answers the recall from it.
pub(crate) fn answer(folder: &Path, generated: &Generated) -> Outcome<()> {
    let path = folder.join("demo.seriatim");
    build(&path, generated)?;

    let step = Step::begin("open");
    let snapshot = Index::open(&path)?.snapshot();
    step.end(&format!("{} units", thousands(snapshot.units())));

    println!("\n    {SCOPE}\n");
    let scope: Scope = SCOPE.parse()?;
    let step = Step::begin("select");
    let found = snapshot.select(&scope)?;
    let (affected, undetermined) = (found.affected.len(), found.undetermined.len());
    step.end(&format!(
        "{} affected, {} undetermined",
        thousands(affected),
        thousands(undetermined)
    ));
    expect("affected", affected, AFFECTED)?;
    expect("undetermined", undetermined, UNDETERMINED)?;
    say_why(&found)?;
    Ok(())
}

/// Loads units and registrations into a new index.
fn build(path: &Path, generated: &Generated) -> Outcome<()> {
    if path.exists() {
        std::fs::remove_dir_all(path)?;
    }
    let index = Index::create(path, schema()?)?;
    let step = Step::begin("load units");
    let report = index.load_units(Units::parquet(&generated.unit_files), LoadOptions::default())?;
    let bytes = size(&path.join("units"))?;
    step.end(&format!(
        "{} units, {:.1} bytes each; {} serials fit no family",
        thousands(report.loaded),
        bytes as f64 / report.loaded as f64,
        thousands(report.opaque),
    ));
    let step = Step::begin("load owners");
    let registrations = Registrations::parquet([&generated.registration_file]);
    let report = index.load_registrations(registrations, RegistrationOptions::default())?;
    step.end(&format!(
        "{} registrations; {} of serials that were never made",
        thousands(report.loaded),
        thousands(report.unknown_serials + report.invalid_serials),
    ));
    Ok(())
}

/// What is known of a unit. Types could be inferred; here a version is ordered as one, and the
/// maker's serials are declared.
fn schema() -> Outcome<Schema> {
    use ColumnType::{Boolean, Date, Float, Integer, Text, TextList, Timestamp, Version};
    let columns = [
        ("product", Text),
        ("model", Text),
        ("facility", Text),
        ("line", Integer),
        ("made_at", Timestamp),
        ("lot", Text),
        ("component_batch", TextList),
        ("firmware", Version),
        ("pull_test", Float),
        ("reworked", Boolean),
        ("shipped_on", Date),
        ("market", Text),
        ("retailer", Text),
    ];
    let columns = columns.map(|(name, column_type)| Column::new(name, column_type));
    let family = SerialFamily::new("unit", SERIAL_LAYOUT)?;
    let schema = Schema::new(columns.into_iter().collect::<Result<_, _>>()?)?;
    Ok(schema.with_families(Families::new(vec![family])?))
}

/// Says why units are undetermined.
fn say_why(found: &Selection) -> Outcome<()> {
    let step = Step::begin("why");
    let reasons = found.undetermined.by_reason()?;
    let reasons: Vec<String> = reasons
        .iter()
        .map(|(reason, units)| format!("{} units: {reason}", thousands(*units)))
        .collect();
    step.end(&reasons.join(", "));
    Ok(())
}

/// The demonstration knows what must come out, and says so when it does not.
fn expect(what: &str, found: u64, made: u64) -> Outcome<()> {
    if found == made {
        return Ok(());
    }
    Err(format!("{found} {what}, but the data was made with {made}").into())
}

/// The bytes of the files in a folder.
fn size(folder: &Path) -> Outcome<u64> {
    let mut bytes = 0;
    for file in std::fs::read_dir(folder)? {
        bytes += file?.metadata()?.len();
    }
    Ok(bytes)
}
