//! The files of the demo.

use std::error::Error;
use std::fs::{File, create_dir_all};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use rayon::prelude::*;

use super::owners::{Claim, Registering, shuffled};
use super::production::Production;
use super::random::Random;
use super::scenario::{FACILITIES, UNITS_MIN};
use super::units::UnitRows;
use super::{registrations, units};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Rows of a record batch.
const BATCH_ROWS: usize = 65_536;
/// Columns with few repeated values, for which a dictionary is a waste.
const DISTINCT: [&str; 8] =
    ["serial", "made_at", "registration_id", "owner", "email", "phone", "street", "recorded_at"];

/// What was written.
#[derive(Debug)]
pub(crate) struct Generated {
    /// The unit files, one a plant, each in the order the units were made.
    pub(crate) unit_files: Vec<PathBuf>,
    /// The registrations, in no order.
    pub(crate) registration_file: PathBuf,
    pub(crate) units: u64,
    pub(crate) registrations: u64,
    /// Registrations of serials that no unit has.
    pub(crate) unknown_serials: u64,
}

/// Writes so many units and their registrations into a folder, as Parquet, over what is there.
/// Takes about two seconds of one core a million units, and 20 bytes of memory a registration.
///
/// # Errors
///
/// When there are fewer than [`UNITS_MIN`] units or a billion and more, or a file cannot be written.
pub(crate) fn generate(folder: &Path, units: u64) -> Outcome<Generated> {
    if !(UNITS_MIN..1_000_000_000).contains(&units) {
        return Err(format!(
            "{units} units are not possible; make at least {UNITS_MIN} and less than a billion"
        )
        .into());
    }
    create_dir_all(folder)?;
    let plants = (0..FACILITIES.len())
        .into_par_iter()
        .map(|place| write_units(folder, place, units))
        .collect::<Outcome<Vec<_>>>()?;
    let mut unit_files = Vec::new();
    let mut claims = Vec::new();
    for (file, of_plant) in plants {
        unit_files.push(file);
        claims.extend(of_plant);
    }
    let claims = shuffled(claims, Random::stream(100));
    let registration_file = folder.join("registrations.parquet");
    write_registrations(&registration_file, &claims)?;
    Ok(Generated {
        unit_files,
        registration_file,
        units,
        registrations: claims.len() as u64,
        unknown_serials: claims.iter().filter(|it| it.is_of_unknown_serial()).count() as u64,
    })
}

fn write_units(folder: &Path, place: usize, units: u64) -> Outcome<(PathBuf, Vec<Claim>)> {
    let facility = &FACILITIES[place];
    let path = folder.join(format!("units-{}.parquet", facility.file));
    let mut writer = writer(&path, units::schema())?;
    let mut rows = UnitRows::new(facility, Random::stream(11 + place as u64));
    let mut registering = Registering::new(place, Random::stream(21 + place as u64));
    let mut production = Production::new(place, units).peekable();
    while production.peek().is_some() {
        for unit in production.by_ref().take(BATCH_ROWS) {
            rows.push(&unit);
            registering.push(&unit);
        }
        writer.write(&rows.finish()?)?;
    }
    writer.close()?;
    Ok((path, registering.finish()))
}

/// Builds batches on all threads while one writes.
fn write_registrations(path: &Path, claims: &[Claim]) -> Outcome<()> {
    let mut writer = writer(path, registrations::schema())?;
    let batch = |nth: usize, claims: &[Claim]| {
        let mut random = Random::stream(1_000 + nth as u64);
        registrations::batch(claims, nth * BATCH_ROWS, &mut random)
    };
    let mut ready: Option<Result<RecordBatch, ArrowError>> = None;
    for (nth, claims) in claims.chunks(BATCH_ROWS).enumerate() {
        let before = ready.take();
        let (written, next) = rayon::join(
            || -> Outcome<()> { before.map_or(Ok(()), |it| Ok(writer.write(&it?)?)) },
            || batch(nth, claims),
        );
        written?;
        ready = Some(next);
    }
    if let Some(last) = ready {
        writer.write(&last?)?;
    }
    writer.close()?;
    Ok(())
}

fn writer(path: &Path, schema: SchemaRef) -> Outcome<ArrowWriter<File>> {
    let mut properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?));
    for column in DISTINCT {
        properties = properties.set_column_dictionary_enabled(column.into(), false);
    }
    let file = File::create(path)?;
    Ok(ArrowWriter::try_new(file, schema, Some(properties.build()))?)
}
