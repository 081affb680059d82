//! Which models a row is about.

use super::reason::{Finding, RowReason};
use crate::scope::Scope;

/// The models of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Models {
    /// A table without models, or a row about all of them.
    Every,
    /// Sorted, each once.
    These(Vec<String>),
    /// Each a pattern, sorted.
    Like(Vec<String>),
}

const EVERY: [&str; 5] = ["all", "all models", "any", "any model", "every model"];

/// The models that a cell names.
pub(super) fn models(cell: &str, findings: &mut Vec<Finding>) -> Models {
    let whole = cell.trim();
    if EVERY.iter().any(|it| whole.eq_ignore_ascii_case(it)) {
        findings
            .push(Finding::flag(RowReason::EveryModel, "the row is read as one of every model"));
        return Models::Every;
    }
    let parts = whole.split(['\n', ';', ',']).map(str::trim).filter(|it| !it.is_empty());
    let mut names: Vec<String> = parts.map(str::to_owned).collect();
    names.sort();
    names.dedup();
    if names.len() > 1 {
        findings.push(Finding::flag(
            RowReason::SeveralModels,
            format!("the cell is read as {} models: {}", names.len(), names.join(", ")),
        ));
    }
    if !names.iter().any(|it| it.contains('*')) {
        return Models::These(names);
    }
    let patterns: Vec<String> = names.iter().map(|it| pattern(it)).collect();
    findings.push(Finding::flag(
        RowReason::ModelPattern,
        format!("models are compared with the pattern {}", patterns.join(", ")),
    ));
    Models::Like(patterns)
}

/// The pattern of a name in which `*` stands for any run of characters.
fn pattern(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for it in name.chars() {
        match it {
            '*' => out.push('%'),
            '%' | '_' | '\\' => out.extend(['\\', it]),
            other => out.push(other),
        }
    }
    out
}

impl Models {
    /// The condition on the model; none where there is none.
    pub(super) fn scope(&self, column: &str) -> Option<Scope> {
        match self {
            Models::Every => None,
            Models::These(names) => match names.as_slice() {
                [only] => Some(Scope::column(column).eq(only.as_str())),
                names => Some(Scope::column(column).is_in(names.iter().map(String::as_str))),
            },
            Models::Like(patterns) => {
                let like = |it: &String| Scope::column(column).like(it.as_str());
                patterns.iter().map(like).reduce(Scope::or)
            }
        }
    }

    /// The names by which rows of one model are found; empty for every model.
    pub(super) fn names(&self) -> &[String] {
        match self {
            Models::Every => &[],
            Models::These(names) | Models::Like(names) => names,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, expected: &str, reasons: &[RowReason]) {
        let mut findings = Vec::new();
        let scope = models(cell, &mut findings).scope("model");
        assert_eq!(scope.map(|it| it.to_sql()).unwrap_or_default(), expected, "{cell}");
        let found: Vec<RowReason> = findings.iter().map(|it| it.reason).collect();
        assert_eq!(found, reasons, "{cell}");
    }

    #[test]
    fn cells_of_models_are_read() {
        use RowReason::{EveryModel, ModelPattern, SeveralModels};
        check(" FAB 38 ", "model = 'FAB 38'", &[]);
        check("B, A\nB", "model IN ('A', 'B')", &[SeveralModels]);
        check("All models", "", &[EveryModel]);
        check("FAB38U*", "model LIKE 'FAB38U%'", &[ModelPattern]);
        check(
            "A_1*; 100%",
            "model LIKE '100\\%' OR model LIKE 'A\\_1%'",
            &[SeveralModels, ModelPattern],
        );
    }
}
