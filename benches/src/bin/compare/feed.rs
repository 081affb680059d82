//! The folder of the data: its files, and what is said of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Fallible;

/// What `params.json` says of the data.
#[derive(Debug, Deserialize)]
pub(crate) struct Params {
    pub(crate) units: u64,
    q6: Lookups,
}

#[derive(Debug, Deserialize)]
struct Lookups {
    keys: Vec<String>,
}

impl Params {
    pub(crate) fn read(folder: &Path) -> Fallible<Self> {
        json(&folder.join("params.json"))
    }

    /// The serials of Q6, each once.
    pub(crate) fn serials(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        self.q6.keys.iter().map(String::as_str).filter(|serial| seen.insert(*serial)).collect()
    }
}

/// What `expected.json` says of the answers, by question.
#[derive(Debug, Deserialize)]
pub(crate) struct Expected {
    queries: BTreeMap<String, Expectation>,
}

/// What is known of the answer to one question.
#[derive(Debug, Deserialize)]
pub(crate) struct Expectation {
    /// What every engine answers.
    pub(crate) answer: Value,
    /// The scope as SQL text, where the question has one of its own.
    scope: Option<String>,
    /// Counts, and groups.
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

impl Expected {
    pub(crate) fn read(folder: &Path) -> Fallible<Self> {
        json(&folder.join("expected.json"))
    }

    pub(crate) fn of(&self, question: &str) -> Fallible<&Expectation> {
        Ok(self.queries.get(question).ok_or_else(|| format!("no answer to {question} is known"))?)
    }
}

impl Expectation {
    pub(crate) fn scope(&self) -> Fallible<&str> {
        Ok(self.scope.as_deref().ok_or("the question has no scope of its own")?)
    }

    /// The columns of a list of registrations.
    pub(crate) fn columns(&self) -> Fallible<Vec<&str>> {
        let columns = self.more.get("columns").and_then(Value::as_array);
        let columns = columns.ok_or("the question has no columns")?;
        Ok(columns.iter().filter_map(Value::as_str).collect())
    }

    /// Compares what was found with what is known of it.
    pub(crate) fn check(&self, question: &str, name: &str, found: &Value) -> Fallible {
        let expected = if name == "answer" { Some(&self.answer) } else { self.more.get(name) };
        match expected {
            Some(expected) if expected == found => Ok(()),
            Some(expected) => Err(format!(
                "{question}: {name} is {}, but {} is right",
                shortened(found),
                shortened(expected)
            )
            .into()),
            None => Err(format!("{question}: nothing is known of {name}").into()),
        }
    }
}

fn shortened(value: &Value) -> String {
    const MOST: usize = 300;
    let text = value.to_string();
    if text.len() <= MOST { text } else { text.chars().take(MOST).chain("..".chars()).collect() }
}

/// The Parquet files of a folder whose names begin so, in order of their names.
pub(crate) fn parquet(folder: &Path, prefix: &str) -> Fallible<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with(prefix) && name.ends_with(".parquet") {
            found.push(path);
        }
    }
    if found.is_empty() {
        return Err(format!("no {prefix}*.parquet in {}", folder.display()).into());
    }
    found.sort();
    Ok(found)
}

/// What a file of JSON holds.
pub(crate) fn json<T: DeserializeOwned>(path: &Path) -> Fallible<T> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// The bytes of a folder's files and of its folders'.
pub(crate) fn size_bytes(folder: &Path) -> Fallible<u64> {
    let mut total = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        total += if about.is_dir() { size_bytes(&entry.path())? } else { about.len() };
    }
    Ok(total)
}
