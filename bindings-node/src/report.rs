//! What loads and explanations come to, as JSON.

use serde_json::{Map, Value as Json, json};
use seriatim::{
    CompactReport, Explanation, FamilyChangeReport, FoldReport, IdentifierReport, LoadReport,
    PruneReport, RegistrationReport, RetireReport,
};

fn families(families: &[(String, u64)]) -> Json {
    let told: Map<String, Json> =
        families.iter().map(|(name, units)| (name.clone(), json!(units))).collect();
    Json::Object(told)
}

pub(crate) fn of_units(report: &LoadReport) -> String {
    json!({
        "version": report.version,
        "read": report.read,
        "loaded": report.loaded,
        "replacedInLoad": report.duplicates.within_load,
        "replacedInIndex": report.duplicates.against_index,
        "duplicateExamples": report.duplicates.examples,
        "rejected": report.rejected.rows,
        "rejectedExamples": report.rejected.examples,
        "families": families(&report.families),
        "opaque": report.opaque,
        "identifiers": report.identifiers.iter().map(of_identifiers).collect::<Vec<_>>(),
        "inference": report.inference,
        "absentColumns": report.absent_columns,
    })
    .to_string()
}

fn of_identifiers(report: &IdentifierReport) -> Json {
    json!({
        "column": report.column,
        "families": families(&report.families),
        "opaque": report.opaque,
    })
}

pub(crate) fn of_registrations(report: &RegistrationReport) -> String {
    json!({
        "version": report.version,
        "read": report.read,
        "loaded": report.loaded,
        "replacedInLoad": report.replaced_in_load,
        "replacedInIndex": report.replaced_in_index,
        "unknownSerials": report.unknown_serials,
        "invalidSerials": report.invalid_serials,
        "ambiguous": report.ambiguous,
        "rejected": report.rejected.rows,
        "rejectedExamples": report.rejected.examples,
    })
    .to_string()
}

pub(crate) fn of_compaction(report: &CompactReport) -> String {
    json!({
        "version": report.version,
        "unitSegmentsBefore": report.unit_segments.0,
        "unitSegments": report.unit_segments.1,
        "units": report.units,
        "registrationSegmentsBefore": report.registration_segments.0,
        "registrationSegments": report.registration_segments.1,
        "registrations": report.registrations,
    })
    .to_string()
}

pub(crate) fn of_pruning(report: &PruneReport) -> String {
    json!({"versionsRemoved": report.versions_removed, "filesRemoved": report.files_removed})
        .to_string()
}

pub(crate) fn of_retirement(report: &RetireReport) -> String {
    json!({
        "version": report.version,
        "read": report.read,
        "retired": report.retired,
        "unknown": report.unknown,
        "unknownExamples": report.unknown_examples,
    })
    .to_string()
}

pub(crate) fn of_fold(report: &FoldReport) -> String {
    json!({
        "version": report.version,
        "records": report.records,
        "registrations": report.registrations,
    })
    .to_string()
}

pub(crate) fn of_family_change(report: &FamilyChangeReport) -> String {
    json!({
        "version": report.version,
        "familiesVersion": report.families_version,
        "recoded": report.recoded,
        "unchanged": report.unchanged,
        "nowCoded": report.now_coded,
        "nowOpaque": report.now_opaque,
        "nowOpaqueExamples": report.now_opaque_examples,
        "registrationsRecoded": report.registrations_recoded,
        "families": families(&report.families),
        "opaque": report.opaque,
    })
    .to_string()
}

pub(crate) fn of_explanation(it: &Explanation) -> String {
    let clause = |it: &seriatim::Clause| {
        json!({
            "text": it.text,
            "depth": it.depth,
            "rowsTrue": it.rows_true,
            "rowsUnknown": it.rows_unknown,
            "chunksPruned": it.chunks_pruned,
            "chunksConstant": it.chunks_constant,
            "chunksScanned": it.chunks_scanned,
            "nanos": it.nanos,
        })
    };
    json!({
        "affected": it.affected,
        "undetermined": it.undetermined,
        "chunks": it.chunks,
        "chunksInRange": it.chunks_in_range,
        "planNanos": it.plan_nanos,
        "evaluateNanos": it.evaluate_nanos,
        "clauses": it.clauses.iter().map(clause).collect::<Vec<_>>(),
    })
    .to_string()
}
