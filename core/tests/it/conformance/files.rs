//! Files of cases: how they are found and read, and what becomes of cases that fail.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File<C, Shared> {
    /// What the cases are about, for people.
    about: String,
    /// What cases take that do not give their own.
    #[serde(default = "Option::default")]
    pub(super) shared: Option<Shared>,
    cases: Vec<C>,
}

/// A case with a name.
pub(super) trait Case {
    fn name(&self) -> &str;
}

/// What does not come out as a case says.
pub(super) type Problems = Vec<String>;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance").join(name)
}

/// Reads the text of a file; a file without cases or without a subject is refused.
pub(super) fn read<C: Case + DeserializeOwned, S: DeserializeOwned>(
    text: &str,
) -> Result<File<C, S>, String> {
    let file: File<C, S> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if file.about.is_empty() {
        return Err("the file does not say what it is about".into());
    }
    if file.cases.is_empty() {
        return Err("the file has no cases".into());
    }
    let mut names = BTreeSet::new();
    match file.cases.iter().find(|case| !names.insert(case.name())) {
        Some(twin) => Err(format!("two cases are named `{}`", twin.name())),
        None => Ok(file),
    }
}

/// Runs every case of a folder, and fails with all that do not come out, by name.
pub(super) fn run<C: Case + DeserializeOwned, S: DeserializeOwned>(
    name: &str,
    check: impl Fn(&C, Option<&S>) -> Problems,
) {
    let found = run_in(&folder(name), check);
    let (cases, problems) = found.unwrap_or_else(|problem| (0, vec![problem]));
    assert!(
        problems.is_empty(),
        "conformance/{name}: {} problems in {cases} cases:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

/// Runs every case of a folder: how many there are, and the problems of all.
fn run_in<C: Case + DeserializeOwned, S: DeserializeOwned>(
    folder: &Path,
    check: impl Fn(&C, Option<&S>) -> Problems,
) -> Result<(usize, Problems), String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    if paths.is_empty() {
        return Err(format!("{} is empty", folder.display()));
    }
    let (mut cases, mut problems) = (0, Problems::new());
    for path in paths {
        let file_name = path.file_name().unwrap().to_string_lossy();
        if path.extension().is_none_or(|it| it != "json") {
            problems.push(format!("{file_name} is no file of cases"));
            continue;
        }
        match read::<C, S>(&fs::read_to_string(&path).unwrap()) {
            Err(problem) => problems.push(format!("{file_name}: {problem}")),
            Ok(file) => {
                cases += file.cases.len();
                for case in &file.cases {
                    let found = check(case, file.shared.as_ref());
                    let name = case.name();
                    problems.extend(found.iter().map(|it| format!("{file_name}: {name}: {it}")));
                }
            }
        }
    }
    Ok((cases, problems))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {
    name: String,
}

impl Case for Empty {
    fn name(&self) -> &str {
        &self.name
    }
}

#[test]
fn what_is_no_file_of_cases_is_refused() {
    let rows = [
        (r#"{"about": "a", "cases": []}"#, "no cases"),
        (r#"{"about": "", "cases": [{"name": "a"}]}"#, "does not say what it is about"),
        (r#"{"about": "a", "cases": [{"name": "a", "recods": []}]}"#, "unknown field `recods`"),
        (r#"{"about": "a", "cases": [{"name": "a"}], "case": []}"#, "unknown field `case`"),
        (r#"{"about": "a", "cases": [{"name": "a"}, {"name": "a"}]}"#, "two cases are named `a`"),
        (r#"{"about": "a"}"#, "missing field `cases`"),
    ];
    for (text, part) in rows {
        let problem = read::<Empty, ()>(text).err().unwrap();
        assert!(problem.contains(part), "{problem}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a file of cases is no file of an index")]
fn a_folder_without_files_is_refused_and_every_failing_case_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = || run_in::<Empty, ()>(folder.path(), |_, _| vec!["it fails".into()]);
    assert!(run().unwrap_err().ends_with("is empty"));
    let cases = r#"{"about": "a", "cases": [{"name": "one"}, {"name": "two"}]}"#;
    fs::write(folder.path().join("a.json"), cases).unwrap();
    fs::write(folder.path().join("b.txt"), "").unwrap();
    let (count, problems) = run().unwrap();
    assert_eq!(count, 2);
    let expected = ["a.json: one: it fails", "a.json: two: it fails", "b.txt is no file of cases"];
    assert_eq!(problems, expected);
}
