//! What the program is told.

use std::path::PathBuf;

use crate::Fallible;

/// What to do; each is measured in a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Load,
    Query,
}

/// What the program is told.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) phase: Phase,
    /// Where the input, the parameters and the expected answers lie.
    pub(crate) data: PathBuf,
    /// Where the index is made, or lies.
    pub(crate) store: PathBuf,
    /// The file of results to add to.
    pub(crate) result: PathBuf,
    pub(crate) threads: usize,
    /// The questions to put; all of them where none is named.
    pub(crate) only: Vec<String>,
    /// How often each is put, in place of what its time calls for.
    pub(crate) runs: Option<usize>,
}

const USAGE: &str = "usage: compare load|query --data FOLDER --store FOLDER --result FILE \
                     [--threads N] [--only Q1,Q2] [--runs N]";

impl Arguments {
    pub(crate) fn read(mut given: impl Iterator<Item = String>) -> Fallible<Self> {
        let phase = match given.next().as_deref() {
            Some("load") => Phase::Load,
            Some("query") => Phase::Query,
            _ => return Err(USAGE.into()),
        };
        let (mut data, mut store, mut result, mut threads) = (None, None, None, 2);
        let (mut only, mut runs) = (Vec::new(), None);
        while let Some(option) = given.next() {
            let value = given.next().ok_or_else(|| format!("{option} wants a value; {USAGE}"))?;
            match option.as_str() {
                "--data" => data = Some(value.into()),
                "--store" => store = Some(value.into()),
                "--result" => result = Some(value.into()),
                "--threads" => threads = value.parse()?,
                "--only" => only = value.split(',').map(str::to_owned).collect(),
                "--runs" => runs = Some(value.parse()?),
                _ => return Err(format!("there is no option {option}; {USAGE}").into()),
            }
        }
        let (Some(data), Some(store), Some(result)) = (data, store, result) else {
            return Err(USAGE.into());
        };
        Ok(Arguments { phase, data, store, result, threads, only, runs })
    }
    pub(crate) fn asks(&self, question: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|it| it == question)
    }
}
