//! What the programs that register have in common.

use seriatim::{
    Families, Index, LoadOptions, Record, Registrar, RegistrarOptions, Schema, SerialFamily, Units,
};

use crate::disk::Disk;

/// The units that are registered: `A0` and so on.
pub(crate) const UNITS: u64 = 6;

/// An index of the units.
pub(crate) fn create(disk: &Disk) -> seriatim::Result<Index> {
    disk.phase("create");
    let families = Families::new(vec![SerialFamily::new("it", "A{n:D1}")?])?;
    let index = Index::create_in(disk.clone(), Schema::default().with_families(families))?;
    load(&index)?;
    Ok(index)
}

/// Loads the units.
pub(crate) fn load(index: &Index) -> seriatim::Result<()> {
    let units = (0..UNITS).map(|number| Record::of_serial(format!("A{number}")));
    let options = LoadOptions::default().threads(1);
    index.load_units(Units::records(units), options).map(drop)
}

/// Opens the registrar, whose log files are small.
pub(crate) fn open(disk: &Disk, index: &Index, entropy: u8) -> seriatim::Result<Registrar> {
    disk.phase("open");
    index.registrar(&RegistrarOptions::new([entropy; 32]).with_room_bytes(600)?)
}
