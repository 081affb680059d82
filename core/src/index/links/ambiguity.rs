//! Serials that came without a namespace and that several namespaces have.

use std::collections::BTreeSet;

use super::matches::{Side, each_match};
use crate::bitmap::RowSet;
use crate::error::Result;
use crate::index::snapshot::LiveSegment;
use crate::segment::RegistrationSegment;
use crate::serial::Families;

/// The places of the serials that came without a namespace and that units of several namespaces
/// have.
pub(super) fn ambiguous(
    registrations: &RegistrationSegment,
    units: &[LiveSegment],
    families: &Families,
) -> Result<RowSet> {
    let names: BTreeSet<&str> =
        units.iter().flat_map(|it| it.units.namespaces()).map(String::as_str).collect();
    let mut ambiguous = RowSet::new();
    if !registrations.has_bare() || names.len() < 2 {
        return Ok(ambiguous);
    }
    let mut matched = RowSet::new();
    for name in names {
        let mut of_name = RowSet::new();
        for LiveSegment { units, retired } in units {
            let only = |asked: Option<&str>| match asked {
                Some(_) => Vec::new(),
                None => units.namespace(name).into_iter().collect(),
            };
            let side = Side { keys: units.keys(), namespaces: &only, grew_families: false };
            let mut places = Vec::new();
            each_match(registrations, &side, families, |found| {
                if !retired.contains(found.row) {
                    places.push(found.position);
                }
                Ok(())
            })?;
            places.sort_unstable();
            of_name = of_name.union(&RowSet::from_sorted(places));
        }
        ambiguous = ambiguous.union(&matched.intersection(&of_name));
        matched = matched.union(&of_name);
    }
    Ok(ambiguous)
}
