//! The file of results, in the shape that `benches/peers/run_all.py` reads.
#![expect(clippy::disallowed_methods, reason = "the file is no file of an index")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::Fallible;
use crate::feed;

/// The file of results.
#[derive(Debug)]
pub(crate) struct Outcome {
    path: PathBuf,
    all: Map<String, Value>,
}

impl Outcome {
    /// What the file holds already, or nothing.
    pub(crate) fn open(path: &Path, units: u64) -> Fallible<Self> {
        let mut all: Map<_, _> = if path.exists() { feed::json(path)? } else { Map::new() };
        all.insert("engine".to_owned(), "seriatim".into());
        all.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
        all.insert("units".to_owned(), units.into());
        Ok(Outcome { path: path.to_owned(), all })
    }

    /// A part of the results as it was; empty where there is none.
    pub(crate) fn part(&self, part: &str) -> Map<String, Value> {
        self.all.get(part).and_then(Value::as_object).cloned().unwrap_or_default()
    }

    /// Writes a part of the results, in place of what it was.
    pub(crate) fn save(&mut self, part: &str, value: Value) -> Fallible {
        self.all.insert(part.to_owned(), value);
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.path, serde_json::to_string_pretty(&self.all)?)?;
        Ok(())
    }
}
