//! What loads, explanations and checks come to, as classes of `seriatim._results`.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use seriatim::{
    CompactReport, Explanation, FamilyChangeReport, FoldReport, IdentifierReport, Inference,
    LoadReport, PruneReport, RegistrationReport, RetireReport, Verification,
};

use crate::convert::result;
use crate::error::invalid;

pub(crate) fn unit_report<'py>(
    py: Python<'py>,
    report: &LoadReport,
) -> PyResult<Bound<'py, PyAny>> {
    let told = PyDict::new(py);
    told.set_item("version", report.version)?;
    told.set_item("read", report.read)?;
    told.set_item("loaded", report.loaded)?;
    told.set_item("replaced_in_load", report.duplicates.within_load)?;
    told.set_item("replaced_in_index", report.duplicates.against_index)?;
    told.set_item("duplicate_examples", report.duplicates.examples.clone())?;
    told.set_item("rejected", report.rejected.rows)?;
    told.set_item("rejected_examples", report.rejected.examples.clone())?;
    told.set_item("families", report.families.clone())?;
    told.set_item("opaque", report.opaque)?;
    let identifiers = report.identifiers.iter().map(|it| identifier_report(py, it));
    told.set_item("identifiers", identifiers.collect::<PyResult<Vec<_>>>()?)?;
    told.set_item("inference", inference(py, &report.inference)?)?;
    told.set_item("absent_columns", report.absent_columns.clone())?;
    result(py, "LoadReport", &told)
}

fn identifier_report<'py>(
    py: Python<'py>,
    report: &IdentifierReport,
) -> PyResult<Bound<'py, PyAny>> {
    let told = PyDict::new(py);
    told.set_item("column", &report.column)?;
    told.set_item("families", report.families.clone())?;
    told.set_item("opaque", report.opaque)?;
    result(py, "IdentifierReport", &told)
}

/// What was read off a sample of serials, as a dict.
pub(crate) fn inference<'py>(py: Python<'py>, it: &Inference) -> PyResult<Bound<'py, PyAny>> {
    let text = serde_json::to_string(it).map_err(|error| invalid(error.to_string()))?;
    py.import("json")?.call_method1("loads", (text,))
}

pub(crate) fn compact_report<'py>(
    py: Python<'py>,
    report: &CompactReport,
) -> PyResult<Bound<'py, PyAny>> {
    let told = PyDict::new(py);
    told.set_item("version", report.version)?;
    told.set_item("unit_segments_before", report.unit_segments.0)?;
    told.set_item("unit_segments", report.unit_segments.1)?;
    told.set_item("units", report.units)?;
    told.set_item("registration_segments_before", report.registration_segments.0)?;
    told.set_item("registration_segments", report.registration_segments.1)?;
    told.set_item("registrations", report.registrations)?;
    result(py, "CompactReport", &told)
}

pub(crate) fn prune_report<'py>(
    py: Python<'py>,
    report: &PruneReport,
) -> PyResult<Bound<'py, PyAny>> {
    let told = PyDict::new(py);
    told.set_item("versions_removed", report.versions_removed)?;
    told.set_item("files_removed", report.files_removed)?;
    result(py, "PruneReport", &told)
}

pub(crate) fn retire_report<'py>(
    py: Python<'py>,
    report: &RetireReport,
) -> PyResult<Bound<'py, PyAny>> {
    let told = PyDict::new(py);
    told.set_item("version", report.version)?;
    told.set_item("read", report.read)?;
    told.set_item("retired", report.retired)?;
    told.set_item("unknown", report.unknown)?;
    told.set_item("unknown_examples", report.unknown_examples.clone())?;
    result(py, "RetireReport", &told)
}

pub(crate) fn fold_report<'py>(
    py: Python<'py>,
    report: &FoldReport,
) -> PyResult<Bound<'py, PyAny>> {
    let told = PyDict::new(py);
    told.set_item("version", report.version)?;
    told.set_item("records", report.records)?;
    told.set_item("registrations", report.registrations)?;
    result(py, "FoldReport", &told)
}

pub(crate) fn registration_report<'py>(
    py: Python<'py>,
    report: &RegistrationReport,
) -> PyResult<Bound<'py, PyAny>> {
    let told = PyDict::new(py);
    told.set_item("version", report.version)?;
    told.set_item("read", report.read)?;
    told.set_item("loaded", report.loaded)?;
    told.set_item("replaced_in_load", report.replaced_in_load)?;
    told.set_item("replaced_in_index", report.replaced_in_index)?;
    told.set_item("unknown_serials", report.unknown_serials)?;
    told.set_item("invalid_serials", report.invalid_serials)?;
    told.set_item("ambiguous", report.ambiguous)?;
    told.set_item("rejected", report.rejected.rows)?;
    told.set_item("rejected_examples", report.rejected.examples.clone())?;
    result(py, "RegistrationReport", &told)
}

pub(crate) fn family_change_report<'py>(
    py: Python<'py>,
    report: &FamilyChangeReport,
) -> PyResult<Bound<'py, PyAny>> {
    let told = PyDict::new(py);
    told.set_item("version", report.version)?;
    told.set_item("families_version", report.families_version)?;
    told.set_item("recoded", report.recoded)?;
    told.set_item("unchanged", report.unchanged)?;
    told.set_item("now_coded", report.now_coded)?;
    told.set_item("now_opaque", report.now_opaque)?;
    told.set_item("now_opaque_examples", report.now_opaque_examples.clone())?;
    told.set_item("registrations_recoded", report.registrations_recoded)?;
    told.set_item("families", report.families.clone())?;
    told.set_item("opaque", report.opaque)?;
    result(py, "FamilyChangeReport", &told)
}

pub(crate) fn explanation<'py>(py: Python<'py>, it: &Explanation) -> PyResult<Bound<'py, PyAny>> {
    let clauses: PyResult<Vec<Bound<'py, PyAny>>> = it
        .clauses
        .iter()
        .map(|clause| {
            let row = PyDict::new(py);
            row.set_item("text", &clause.text)?;
            row.set_item("depth", clause.depth)?;
            row.set_item("rows_true", clause.rows_true)?;
            row.set_item("rows_unknown", clause.rows_unknown)?;
            row.set_item("chunks_pruned", clause.chunks_pruned)?;
            row.set_item("chunks_constant", clause.chunks_constant)?;
            row.set_item("chunks_scanned", clause.chunks_scanned)?;
            row.set_item("nanos", clause.nanos)?;
            result(py, "Clause", &row)
        })
        .collect();
    let explained = PyDict::new(py);
    explained.set_item("affected", it.affected)?;
    explained.set_item("undetermined", it.undetermined)?;
    explained.set_item("chunks", it.chunks)?;
    explained.set_item("chunks_in_range", it.chunks_in_range)?;
    explained.set_item("plan_nanos", it.plan_nanos)?;
    explained.set_item("evaluate_nanos", it.evaluate_nanos)?;
    explained.set_item("clauses", clauses?)?;
    result(py, "Explanation", &explained)
}

pub(crate) fn verification<'py>(
    py: Python<'py>,
    found: &Verification,
) -> PyResult<Bound<'py, PyAny>> {
    let damage: Vec<(String, String)> =
        found.damage.iter().map(|it| (it.path.clone(), it.message.clone())).collect();
    let told = PyDict::new(py);
    told.set_item("files", found.files)?;
    told.set_item("size_bytes", found.size_bytes)?;
    told.set_item("damage", damage)?;
    result(py, "Verification", &told)
}
