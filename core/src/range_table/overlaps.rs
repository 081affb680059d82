//! Rows that say what others say.

use std::collections::BTreeMap;

use super::reason::{Finding, RowReason};
use super::row::TableRow;
use super::span::{Extent, Point, SpanTest, Within};

/// Flags rows that say the same as an earlier one, and rows that cover some of the serials of
/// another. Costs a sort of the ranges.
pub(super) fn flag_overlaps(rows: &mut [TableRow]) {
    let mut found: Vec<(usize, Finding)> = Vec::new();
    let twins = duplicates(rows, &mut found);
    let lines: Vec<u64> = rows.iter().map(TableRow::line).collect();
    let line = |row: usize| lines.get(row).copied().unwrap_or_default();
    let mut told: Vec<(usize, usize)> = Vec::new();
    for spans in by_model(rows, &twins).into_values() {
        overlapping(spans, &mut told);
    }
    let whole = whole_models(rows, &twins);
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| !twins.contains_key(at)) {
        let names = row.covers.iter().flat_map(|it| it.models.names());
        let others = names.filter_map(|name| whole.get(name)).filter(|other| **other != at);
        told.extend(others.map(|other| (at.max(*other), at.min(*other))));
    }
    told.sort_unstable();
    told.dedup();
    for (later, earlier) in told {
        let message = format!("the row covers some of the serials of line {}", line(earlier));
        found.push((later, Finding::flag(RowReason::Overlap, message)));
    }
    for (row, finding) in found {
        if let Some(row) = rows.get_mut(row) {
            row.findings.push(finding);
        }
    }
}

/// The rows that say the same as an earlier one, with that one.
fn duplicates(rows: &[TableRow], found: &mut Vec<(usize, Finding)>) -> BTreeMap<usize, usize> {
    let mut seen = BTreeMap::new();
    let mut twins = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let Some(covers) = &row.covers else { continue };
        let first = *seen.entry((&covers.models, &covers.spans, &covers.except)).or_insert(at);
        if first != at {
            let line = rows.get(first).map(TableRow::line).unwrap_or_default();
            let message = format!("the row says the same as line {line}");
            found.push((at, Finding::flag(RowReason::Duplicate, message)));
            twins.insert(at, first);
        }
    }
    twins
}

type Spans<'r> = Vec<(&'r Extent, usize)>;

/// The spans of each model within each order; of rows without models, those of the empty name.
fn by_model<'r>(
    rows: &'r [TableRow],
    twins: &BTreeMap<usize, usize>,
) -> BTreeMap<(&'r str, &'r Within), Spans<'r>> {
    let mut spans: BTreeMap<(&str, &Within), Spans<'_>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| !twins.contains_key(at)) {
        let Some(covers) = &row.covers else { continue };
        for extent in covers.spans.iter().filter_map(|it| it.extent.as_ref()) {
            let mut add =
                |name| spans.entry((name, &extent.within)).or_default().push((extent, at));
            match covers.models.names() {
                [] => add(""),
                names => names.iter().for_each(|name| add(name)),
            }
        }
    }
    spans
}

/// Which of these overlap one that begins no later: one pair for each that does.
fn overlapping(mut spans: Spans<'_>, told: &mut Vec<(usize, usize)>) {
    spans.sort_by(|(a, i), (b, j)| (&a.first, i).cmp(&(&b.first, j)));
    let mut furthest: Option<(&Point, usize)> = None;
    for (extent, row) in spans {
        if let Some((last, other)) = furthest
            && extent.first <= *last
            && other != row
        {
            told.push((row.max(other), row.min(other)));
        }
        if furthest.is_none_or(|(last, _)| extent.last > *last) {
            furthest = Some((&extent.last, row));
        }
    }
}

/// The models of which a row covers every serial, and the first such row.
fn whole_models(rows: &[TableRow], twins: &BTreeMap<usize, usize>) -> BTreeMap<String, usize> {
    let mut whole = BTreeMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| !twins.contains_key(at)) {
        let Some(covers) = &row.covers else { continue };
        if covers.spans.iter().any(|it| it.test == SpanTest::Whole) {
            for name in covers.models.names() {
                whole.entry(name.clone()).or_insert(at);
            }
        }
    }
    whole
}
