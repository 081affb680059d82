//! Cases of the scope language.

use serde::Deserialize;
use serde_json::Value as Json;
use seriatim::{BoundScope, DecidingClause, Decision, Error, Place, Schema, Scope};

use super::files::{Case, Problems, run};
use super::text::Text;
use super::units::{Declared, Described, record};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopeCase {
    name: String,
    /// For people: why the answer is right.
    #[serde(rename = "why")]
    _why: Option<String>,
    schema: Option<Declared>,
    scope: Forms,
    canonical: Option<Canonical>,
    notices: Option<Vec<Noticed>>,
    #[serde(default)]
    records: Vec<Asked>,
    error: Option<Refusal>,
}

/// A scope in one form or more, which are all the same scope.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Forms {
    sql: Option<Text>,
    /// Further SQL that says the same.
    #[serde(default)]
    spellings: Vec<String>,
    json: Option<Json>,
    /// JSON that is none, or that a reader of JSON would change.
    json_text: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Canonical {
    sql: String,
    json: Json,
    digest: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    unit: Described,
    verdict: Option<String>,
    truth: Option<String>,
    /// What decides.
    clauses: Option<Vec<Deciding>>,
    error: Option<Refusal>,
}

/// What most likely is not meant.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Noticed {
    code: String,
    clause: String,
    message: String,
}

/// A clause that decides.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deciding {
    text: String,
    truth: String,
    line: Option<usize>,
    column: Option<usize>,
}

/// An error that must arise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refusal {
    code: String,
    /// The whole message.
    message: Option<String>,
    /// What the message must have in it.
    #[serde(default)]
    mentions: Vec<String>,
    /// Where in the text.
    line: Option<usize>,
    column: Option<usize>,
    /// The two rows of the picture.
    caret: Option<[String; 2]>,
    /// Where in the JSON.
    path: Option<String>,
}

/// What the scopes of a file have in common.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    schema: Declared,
}

impl Case for ScopeCase {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Forms {
    /// Every form, by its name, as it was read.
    pub(super) fn read(&self) -> Vec<(&'static str, seriatim::Result<Scope>)> {
        let sql = self.sql.iter().map(|text| ("sql", text.whole().parse()));
        let spellings = self.spellings.iter().map(|text| ("spellings", text.parse()));
        let json = self.json.iter().map(|json| ("json", Scope::from_json(&json.to_string())));
        let text = self.json_text.iter().map(|it| ("json_text", Scope::from_json(&it.whole())));
        sql.chain(spellings).chain(json).chain(text).collect()
    }
}

impl Refusal {
    pub(super) fn compare(&self, error: &Error, problems: &mut Problems) {
        let mut expect = |what: &str, expected: &str, found: &str| {
            if expected != found {
                problems.push(format!("{what} is\n{found}\nand not\n{expected}"));
            }
        };
        expect("the code", &self.code, error.kind().code());
        if let Some(message) = &self.message {
            expect("the message", message, error.message());
        }
        let place = match error.place() {
            Some(Place::Text { line, column, caret }) => {
                if let (Some(expected_line), Some(expected_column)) = (self.line, self.column) {
                    let expected = format!("{expected_line}:{expected_column}");
                    expect("the place", &expected, &format!("{line}:{column}"));
                }
                if let Some(rows) = &self.caret {
                    expect("the picture", &rows.join("\n"), caret);
                }
                self.line.is_some()
            }
            Some(Place::Json { path }) => {
                let expected = self.path.as_deref().unwrap_or("no path");
                expect("the path", expected, path);
                true
            }
            _ => self.line.is_none() && self.path.is_none(),
        };
        if !place {
            problems.push(format!("the place is another: {error}"));
        }
        for part in self.mentions.iter().filter(|part| !error.message().contains(&***part)) {
            problems.push(format!("the message does not mention {part:?}: {}", error.message()));
        }
    }
}

fn check(case: &ScopeCase, shared: Option<&Shared>) -> Problems {
    let declared = case.schema.as_ref().or(shared.map(|it| &it.schema));
    let schema = match declared.map_or_else(|| Ok(Schema::default()), Declared::schema) {
        Ok(schema) => schema,
        Err(problem) => return vec![problem],
    };
    let read = case.scope.read();
    let says_nothing = case.canonical.is_none() && case.records.is_empty();
    if read.is_empty() || case.error.is_some() != says_nothing {
        return vec!["a case has a scope, and either an error or records and canonical".into()];
    }
    let mut problems = Problems::new();
    match &case.error {
        Some(refusal) => {
            for (form, scope) in read {
                match scope.and_then(|scope| schema.bind(&scope)) {
                    Ok(_) => problems.push(format!("{form} is a scope, and not an error")),
                    Err(error) => refusal.compare(&error, &mut problems),
                }
            }
        }
        None => answers(case, &schema, read, &mut problems),
    }
    problems
}

/// A case whose scope is one.
fn answers(
    case: &ScopeCase,
    schema: &Schema,
    read: Vec<(&'static str, seriatim::Result<Scope>)>,
    problems: &mut Problems,
) {
    let mut scopes: Vec<Scope> = Vec::new();
    for (form, scope) in read {
        match scope {
            Err(error) => problems.push(format!("{form}: {error}")),
            Ok(scope) => {
                if scopes.first().is_some_and(|first| *first != scope) {
                    problems.push(format!("{form} says another thing: {scope}"));
                }
                scopes.push(scope);
            }
        }
    }
    let Some(scope) = scopes.first() else { return };
    round_trip(scope, problems);
    if let Some(canonical) = &case.canonical {
        if scope.to_sql() != canonical.sql {
            problems.push(format!("as SQL it is {scope}"));
        }
        let json = scope.to_json();
        if serde_json::from_str::<Json>(&json).unwrap() != canonical.json {
            problems.push(format!("as JSON it is {json}"));
        }
        if canonical.digest.as_ref().is_some_and(|it| *it != scope.digest()) {
            problems.push(format!("the digest is {}", scope.digest()));
        }
    }
    match schema.bind(scope) {
        Err(error) => problems.push(error.to_string()),
        Ok(bound) => {
            let notices = bound.notices().into_iter().map(|it| {
                let (code, clause, message) = (it.code.to_owned(), it.clause, it.message);
                Noticed { code, clause, message }
            });
            let notices: Vec<Noticed> = notices.collect();
            if case.notices.as_ref().is_some_and(|expected| *expected != notices) {
                problems.push(format!("its notices are {notices:?}"));
            }
            case.records.iter().for_each(|it| decide(&bound, it, problems));
        }
    }
}

pub(super) fn round_trip(scope: &Scope, problems: &mut Problems) {
    let (sql, json) = (scope.to_sql(), scope.to_json());
    let again = [("SQL", sql.parse::<Scope>()), ("JSON", Scope::from_json(&json))];
    for (form, read) in again {
        match read {
            Ok(read) if read == *scope && read.to_sql() == sql && read.to_json() == json => {}
            Ok(read) => problems.push(format!("through {form} it becomes {read}")),
            Err(error) => problems.push(format!("its own {form} is refused: {error}")),
        }
    }
}

pub(super) fn decide(bound: &BoundScope, asked: &Asked, problems: &mut Problems) {
    let unit = serde_json::to_string(&asked.unit).unwrap();
    let record = match record(&asked.unit, bound.schema()) {
        Ok(record) => record,
        Err(problem) => return problems.push(format!("{unit}: {problem}")),
    };
    if asked.verdict.is_some() == asked.error.is_some() {
        problems.push(format!("{unit}: a record has either a verdict or an error"));
    }
    match (bound.decide(&record), &asked.error) {
        (Err(error), Some(refusal)) => refusal.compare(&error, problems),
        (Err(error), None) => problems.push(format!("{unit}: {error}")),
        (Ok(found), expected) => {
            if expected.is_some() || asked.verdict.as_deref() != Some(found.code()) {
                problems.push(format!("{unit} is {}", found.code()));
            }
            let truth = format!("{:?}", bound.truth(&record).unwrap()).to_lowercase();
            if asked.truth.as_ref().is_some_and(|it| *it != truth) {
                problems.push(format!("for {unit} it is {truth}"));
            }
            if let Some(expected) = &asked.clauses
                && let Some(problem) =
                    decided_otherwise(&bound.explain_record(&record).unwrap(), expected)
            {
                problems.push(format!("{unit} is {problem}"));
            }
        }
    }
}

/// How a decision differs from what is expected; the place of a clause counts where it is given.
fn decided_otherwise(found: &Decision, expected: &[Deciding]) -> Option<String> {
    let same = |(found, expected): (&DecidingClause, &Deciding)| {
        let truth = format!("{:?}", found.truth).to_lowercase();
        let at = match &found.place {
            Some(Place::Text { line, column, .. }) => Some((*line, *column)),
            _ => None,
        };
        let place = expected.line.zip(expected.column);
        found.text == expected.text && truth == expected.truth && (place.is_none() || place == at)
    };
    let clauses = &found.clauses;
    let all = clauses.len() == expected.len() && clauses.iter().zip(expected).all(same);
    (!all).then(|| format!("decided by {clauses:?}"))
}

#[test]
fn scopes_say_what_the_cases_say() {
    run("scopes", check);
}
