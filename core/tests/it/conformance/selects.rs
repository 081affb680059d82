//! Cases of small indexes: what is loaded, and what a scope then finds.

use serde::Deserialize;
use serde_json::Value as Json;
use seriatim::io::MemoryDirectory;
use seriatim::{
    DuplicatePolicy, Index, LoadOptions, LoadReport, Record, RetireOptions, Schema, Selection,
    Snapshot, UnitSet, Units, Verdict,
};

use super::files::{Case, Problems, run};
use super::scopes::{Forms, Refusal};
use super::text::NumberedRun;
use super::units::{Declared, Described, record};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SelectCase {
    name: String,
    /// For people: why the answer is right.
    #[serde(rename = "why")]
    _why: Option<String>,
    schema: Option<Declared>,
    loads: Option<Vec<Load>>,
    /// The layouts of the families after all loads.
    families: Option<Vec<String>>,
    scope: Forms,
    affected: Expected,
    undetermined: Expected,
    by_reason: Option<Vec<ReasonCount>>,
    #[serde(default)]
    status: Vec<Status>,
    #[serde(default)]
    lookups: Vec<LookedUp>,
}

/// What the cases of a file have in common.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    schema: Option<Declared>,
    loads: Option<Vec<Load>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Load {
    units: Vec<LoadedUnits>,
    #[serde(default)]
    duplicates: Duplicates,
    segment_rows_max: Option<u64>,
    #[serde(default)]
    declared_families_only: bool,
    report: Option<Report>,
    /// The units are retired instead.
    retires: Option<Retired>,
    /// The load fails, and leaves the index as it was.
    error: Option<Refusal>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum Duplicates {
    #[default]
    Refuse,
    LatestWins,
    Amend,
}

/// How many units are retired, and how many serials no unit has.
#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Retired {
    retired: u64,
    unknown: u64,
}

/// A unit, or a run of units that differ in their serials.
#[derive(Deserialize)]
#[serde(untagged)]
enum LoadedUnits {
    Run(RunOfUnits),
    One(Described),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunOfUnits {
    run: NumberedRun,
    with: Described,
}

#[derive(Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Report {
    loaded: u64,
    within_load: u64,
    against_index: u64,
    opaque: u64,
}

/// Units in serial order, or how many.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Units(Vec<Key>),
    Count(Count),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    count: u64,
}

/// A serial, or a namespace and a serial.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Key {
    Serial(String),
    InNamespace(String, String),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonCount {
    reason: String,
    column: Option<String>,
    units: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    serial: String,
    namespace: Option<String>,
    /// An identifier column: what is asked is one of its identifiers.
    by: Option<String>,
    verdict: Option<String>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LookedUp {
    serials: Vec<String>,
    namespace: Option<String>,
    /// An identifier column: what is asked is one of its identifiers.
    by: Option<String>,
    found: Vec<Key>,
    /// Places in `serials`, from 0.
    #[serde(default)]
    unknown: Vec<usize>,
    #[serde(default)]
    invalid: Vec<usize>,
    #[serde(default)]
    duplicate: Vec<usize>,
    #[serde(default)]
    ambiguous: Vec<usize>,
}

impl Case for SelectCase {
    fn name(&self) -> &str {
        &self.name
    }
}

impl LoadedUnits {
    fn records(&self, schema: &Schema) -> Result<Vec<Record>, String> {
        match self {
            LoadedUnits::One(unit) => Ok(vec![record(unit, schema)?]),
            LoadedUnits::Run(RunOfUnits { run, with }) => run
                .texts()
                .into_iter()
                .map(|serial| {
                    let mut unit = with.clone();
                    unit.insert("serial".into(), Json::String(serial));
                    record(&unit, schema)
                })
                .collect(),
        }
    }
}

impl Load {
    fn run(&self, index: &Index, schema: &Schema, problems: &mut Problems) {
        let records: Result<Vec<Vec<Record>>, String> =
            self.units.iter().map(|units| units.records(schema)).collect();
        let records = match records {
            Ok(records) => records.into_iter().flatten(),
            Err(problem) => return problems.push(problem),
        };
        if let Some(expected) = &self.retires {
            let report = index.retire_units(Units::records(records), RetireOptions::default());
            let found = report.map(|it| Retired { retired: it.retired, unknown: it.unknown });
            if !found.as_ref().is_ok_and(|found| found == expected) {
                problems.push(format!("what is retired is {found:?}"));
            }
            return;
        }
        let mut options = LoadOptions::default().duplicates(match self.duplicates {
            Duplicates::Refuse => DuplicatePolicy::Refuse,
            Duplicates::LatestWins => DuplicatePolicy::LatestWins,
            Duplicates::Amend => DuplicatePolicy::Amend,
        });
        if let Some(rows) = self.segment_rows_max {
            options = options.segment_rows_max(rows);
        }
        if self.declared_families_only {
            options = options.declared_families_only();
        }
        match (index.load_units(Units::records(records), options), &self.error) {
            (Ok(report), None) => self.compare(&report, problems),
            (Ok(_), Some(_)) => problems.push("the load succeeds".into()),
            (Err(error), Some(refusal)) => refusal.compare(&error, problems),
            (Err(error), None) => problems.push(format!("the load fails: {error}")),
        }
    }

    fn compare(&self, report: &LoadReport, problems: &mut Problems) {
        let found = Report {
            loaded: report.loaded,
            within_load: report.duplicates.within_load,
            against_index: report.duplicates.against_index,
            opaque: report.opaque,
        };
        if self.report.as_ref().is_some_and(|expected| *expected != found) {
            problems.push(format!("the report is {report:?}"));
        }
    }
}

impl Expected {
    fn compare(&self, what: &str, found: &UnitSet, problems: &mut Problems) {
        match self {
            Expected::Count(Count { count }) if *count == found.len() => {}
            Expected::Count(_) => problems.push(format!("{} units are {what}", found.len())),
            Expected::Units(keys) => {
                let found = keys_of(found);
                if found != *keys {
                    problems.push(format!("{what} are {found:?}"));
                }
            }
        }
    }
}

fn keys_of(units: &UnitSet) -> Vec<Key> {
    let keys = units.iter().map(|unit| {
        let unit = unit.unwrap();
        let serial = unit.serial().to_owned();
        match unit.namespace() {
            "" => Key::Serial(serial),
            namespace => Key::InNamespace(namespace.to_owned(), serial),
        }
    });
    let keys: Vec<Key> = keys.collect();
    assert_eq!(keys.len() as u64, units.len());
    keys
}

fn check(case: &SelectCase, shared: Option<&Shared>) -> Problems {
    let mut problems = Problems::new();
    let declared = case.schema.as_ref().or(shared.and_then(|it| it.schema.as_ref()));
    let schema = match declared.map_or_else(|| Ok(Schema::default()), Declared::schema) {
        Ok(schema) => schema,
        Err(problem) => return vec![problem],
    };
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), schema.clone()).unwrap();
    let loads = case.loads.as_ref().or(shared.and_then(|it| it.loads.as_ref()));
    for load in loads.into_iter().flatten() {
        load.run(&index, &schema, &mut problems);
    }
    let snapshot = Index::open_in(directory).unwrap().snapshot();
    let families: Vec<String> =
        snapshot.schema().families().iter().map(|(_, family)| family.layout()).collect();
    if case.families.as_ref().is_some_and(|it| *it != families) {
        problems.push(format!("the families are {families:?}"));
    }
    let forms = case.scope.read();
    if forms.is_empty() {
        problems.push("there is no scope".into());
    }
    for (form, scope) in forms {
        match scope.and_then(|scope| snapshot.select(&scope)) {
            Err(error) => problems.push(format!("{form}: {error}")),
            Ok(found) => compare(case, &found, &mut problems),
        }
    }
    for asked in &case.lookups {
        look_up(asked, &snapshot, &mut problems);
    }
    problems
}

fn compare(case: &SelectCase, found: &Selection, problems: &mut Problems) {
    case.affected.compare("affected", &found.affected, problems);
    case.undetermined.compare("undetermined", &found.undetermined, problems);
    if let Some(expected) = &case.by_reason {
        let reasons = found.undetermined.by_reason().unwrap().into_iter();
        let reasons: Vec<ReasonCount> = reasons
            .map(|(reason, units)| ReasonCount {
                reason: reason.code().to_owned(),
                column: reason.column(),
                units,
            })
            .collect();
        if reasons != *expected {
            problems.push(format!("the reasons are {reasons:?}"));
        }
    }
    for Status { serial, namespace, by, verdict, error } in &case.status {
        let status = match (by, namespace) {
            (Some(column), _) => found.status_by(column, serial),
            (None, Some(namespace)) => found.status_in(namespace, serial),
            (None, None) => found.status(serial),
        };
        match (status, error) {
            (Err(found), Some(refusal)) => refusal.compare(&found, problems),
            (Err(error), None) => problems.push(format!("status of {serial}: {error}")),
            (Ok(found), None) if verdict.as_deref() == Some(Verdict::code(found)) => {}
            (Ok(found), _) => problems.push(format!("{serial} is {}", found.code())),
        }
    }
}

fn look_up(asked: &LookedUp, snapshot: &Snapshot, problems: &mut Problems) {
    let answer = match (&asked.by, &asked.namespace) {
        (Some(column), _) => snapshot.lookup_by(column, &asked.serials),
        (None, Some(namespace)) => snapshot.lookup_in(namespace, &asked.serials),
        (None, None) => snapshot.lookup(&asked.serials),
    };
    let answer = answer.unwrap();
    if keys_of(&answer.found) != asked.found {
        problems.push(format!("found are {:?}", keys_of(&answer.found)));
    }
    let rows = [
        ("unknown", &asked.unknown, &answer.unknown),
        ("invalid", &asked.invalid, &answer.invalid),
        ("duplicate", &asked.duplicate, &answer.duplicate),
        ("ambiguous", &asked.ambiguous, &answer.ambiguous),
    ];
    for (what, expected, found) in rows {
        if expected != found {
            problems.push(format!("{what} are {found:?} of {:?}", asked.serials));
        }
    }
}

#[test]
fn indexes_answer_what_the_cases_say() {
    run("selects", check);
}
