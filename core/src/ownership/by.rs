//! Counts of groups, with who is registered and who is not.

use super::Ownership;
use crate::error::Result;
use crate::query::{By, Groups, count_sets};

impl Ownership {
    /// How many units there are of each value of a column, or of each combination of several, side
    /// by side: `affected`, `registered`, and the `gap` between them. Terms are those of
    /// [`UnitSet::by`](crate::UnitSet::by).
    ///
    /// What they are counted by is read once.
    ///
    /// # Errors
    ///
    /// As [`UnitSet::by`](crate::UnitSet::by).
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{
    ///     By, Column, ColumnType, Index, LoadOptions, Record, RegistrationOptions, Registrations,
    ///     Schema, Units, Value,
    /// };
    ///
    /// let schema = Schema::new(vec![Column::new("market", ColumnType::Text)?])?;
    /// let index = Index::create_in(MemoryDirectory::new(), schema)?;
    /// let unit = |serial: &str, market: &str| {
    ///     Record::of_serial(serial).with("market", Value::Text(market.into()))
    /// };
    /// let units = [unit("A1", "SE"), unit("A2", "DE"), unit("A3", "SE")];
    /// index.load_units(Units::records(units), LoadOptions::default())?;
    /// let owner = Record::of_serial("A3").with("owner", Value::Text("o-1".into()));
    /// index.load_registrations(Registrations::records([owner]), RegistrationOptions::default())?;
    ///
    /// let ownership = index.snapshot().all().ownership("2025-06-01T00:00:00Z".parse()?)?;
    /// assert_eq!(
    ///     ownership.by(&[By::column("market")])?.to_string(),
    ///     "market  affected  registered  gap\n\
    ///      DE             1           0    1\n\
    ///      SE             2           1    1\n"
    /// );
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn by(&self, terms: &[By]) -> Result<Groups> {
        let (affected, parts) = count_sets(&self.affected, &[self.registered_units()], terms)?;
        let registered = parts.iter().map(|groups| ("registered", groups));
        let counts: Vec<_> = [("affected", &affected)].into_iter().chain(registered).collect();
        Ok(Groups::beside(&counts)?.with_difference("gap"))
    }
}
