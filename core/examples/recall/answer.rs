//! The recall itself: from the files to the affected units, their owners, and the gap.

use std::path::Path;

use seriatim::{
    By, Channel, Column, ColumnType, Families, Index, LoadOptions, Purpose, Reach,
    RegistrationOptions, Registrations, Schema, Scope, Selection, SerialFamily, UnitSet, Units,
    UnreachableReason,
};

use crate::generate::{
    AFFECTED, AS_OF, GAP, Generated, REGISTERED, SCOPE, SERIAL_LAYOUT, UNDETERMINED,
};
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
    say_owners(&found.affected)?;
    say_ranges(&found.affected)
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
    let unknown = report.unknown_serials + report.invalid_serials;
    expect("registrations of serials never made", unknown, generated.unknown_serials)
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

/// Says who owns the affected units, who of them can be reached, and where nobody is known.
fn say_owners(affected: &UnitSet) -> Outcome<()> {
    let step = Step::begin("ownership");
    let ownership = affected.ownership(AS_OF.parse()?)?;
    step.end(&format!(
        "as of {AS_OF}: {} registered, gap {}",
        thousands(ownership.registered()),
        thousands(ownership.gap()),
    ));
    expect("registered", ownership.registered(), REGISTERED)?;
    expect("in the gap", ownership.gap(), GAP)?;
    say_reach(&ownership.reach(Purpose::Safety)?);

    let step = Step::begin("gap by month");
    let gap = ownership.gap_units().by(&[By::column("market"), By::month("made_at")])?;
    step.end("units nobody registered, by market and month made, the first ten of them");
    for line in gap.to_string().lines().take(11) {
        println!("    {line}");
    }

    let step = Step::begin("contacts");
    let contacts = ownership.contacts(Purpose::Safety)?;
    step.end(&format!("{} owners to tell, the first five:", thousands(contacts.len() as u64)));
    for contact in contacts.iter().take(5) {
        let contact = contact?;
        let channels: Vec<&str> = contact.channels.iter().map(|it| it.code()).collect();
        let serials: Vec<&str> = contact.units.iter().map(|(_, serial)| serial.as_str()).collect();
        println!(
            "    {}   {:<22} {:<34} {:<28} {}",
            contact.owner,
            contact.contact.name.as_deref().unwrap_or("-"),
            contact.contact.email.as_deref().unwrap_or("-"),
            channels.join(" "),
            serials.join(" "),
        );
    }
    Ok(())
}

/// Says by which channels owners can be reached, and why some cannot.
fn say_reach(reach: &Reach) {
    let channels: Vec<String> = Channel::ALL
        .iter()
        .map(|channel| format!("{} {}", channel.code(), thousands(reach.by_channel(*channel))))
        .collect();
    println!("    {} reachable: {}", thousands(reach.reachable()), channels.join(", "));
    let reasons: Vec<String> = UnreachableReason::ALL
        .iter()
        .filter(|reason| reach.unreachable(**reason) > 0)
        .map(|reason| format!("{} {}", reason.code(), thousands(reach.unreachable(*reason))))
        .collect();
    println!("    not reachable: {}", reasons.join(", "));
}

/// Says which serial ranges a notice would print.
fn say_ranges(affected: &UnitSet) -> Outcome<()> {
    let step = Step::begin("exact ranges");
    let exact = affected.describe(usize::MAX)?;
    step.end(&format!(
        "{} serial ranges hold all of the affected units and no other",
        exact.ranges().len()
    ));
    let step = Step::begin("five ranges");
    let rough = affected.describe(5)?;
    step.end(&format!("would take in {} units too many:", thousands(rough.units_added())));
    for line in rough.to_string().lines() {
        println!("    {line}");
    }
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
