//! Inputs and options of loads.

use std::path::PathBuf;

use serde::Deserialize;
use seriatim::{
    CompactOptions, DuplicatePolicy, FamilyChangeOptions, LoadOptions, RegistrationOptions,
    Registrations, RejectPolicy, RetireOptions, Schema, Units,
};

use crate::error::invalid;
use crate::feed::Pieces;
use crate::ownership::field;
use crate::records::Keys;
use crate::task::Watch;

/// Where the rows come from, as `lib/load.ts` says.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    Parquet(Vec<PathBuf>),
    Csv(Vec<PathBuf>),
    /// Objects that are fed.
    Rows,
    /// Arrow IPC that is fed.
    Arrow,
}

impl Source {
    pub(crate) fn read(text: &str) -> napi::Result<Self> {
        serde_json::from_str(text).map_err(|error| invalid(error.to_string()))
    }

    pub(crate) fn units(self, feed: Pieces, schema: &Schema, keys: Keys) -> Units<'static> {
        match self {
            Source::Parquet(paths) => Units::parquet(paths),
            Source::Csv(paths) => Units::csv(paths),
            Source::Rows => Units::try_records(feed.records(schema.clone(), keys)),
            Source::Arrow => Units::batches(feed.batches()),
        }
    }

    pub(crate) fn registrations(self, feed: Pieces, keys: Keys) -> Registrations<'static> {
        match self {
            Source::Parquet(paths) => Registrations::parquet(paths),
            Source::Csv(paths) => Registrations::csv(paths),
            Source::Rows => Registrations::try_records(feed.records(Schema::default(), keys)),
            Source::Arrow => Registrations::batches(feed.batches()),
        }
    }
}

/// The options of every kind of load; `lib/load.ts` says which of them a kind has.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Options {
    serial: Option<String>,
    namespace_column: Option<String>,
    namespace: Option<String>,
    rename: Vec<(String, String)>,
    map: Vec<(String, String)>,
    ignore: Vec<String>,
    duplicates: Option<String>,
    rejects: Option<PathBuf>,
    infer_families: Option<bool>,
    contact_text: Option<bool>,
    segment_rows_max: Option<u64>,
    memory_bytes_max: Option<usize>,
    threads: Option<usize>,
}

impl Options {
    pub(crate) fn read(text: &str) -> napi::Result<Self> {
        serde_json::from_str(text).map_err(|error| invalid(error.to_string()))
    }

    /// Takes out what names the columns of rows: objects are read by these names, and the core
    /// sees records, which have its own.
    pub(crate) fn keys(&mut self, source: &Source) -> Keys {
        let mut keys = Keys::default();
        if !matches!(source, Source::Rows) {
            return keys;
        }
        let mapped = |map: &[(String, String)], wanted: &str| {
            map.iter().find(|(_, field)| field == wanted).map(|(column, _)| column.clone())
        };
        if let Some(name) = self.serial.take().or_else(|| mapped(&self.map, "serial")) {
            keys.serial = name;
        }
        if let Some(name) = self.namespace_column.take().or_else(|| mapped(&self.map, "namespace"))
        {
            keys.namespace = name;
        }
        keys.elsewhere = self.namespace.take();
        keys.renamed = self.rename.drain(..).collect();
        self.map.retain(|(_, field)| field != "serial" && field != "namespace");
        keys
    }

    pub(crate) fn units(self, watch: Watch) -> napi::Result<LoadOptions<'static>> {
        let mut options = LoadOptions::default().on_progress(watch.call());
        if let Some(name) = self.serial {
            options = options.serial_column(name);
        }
        if let Some(name) = self.namespace_column {
            options = options.namespace_column(name);
        }
        if let Some(namespace) = self.namespace {
            options = options.namespace(namespace);
        }
        options = self.rename.into_iter().fold(options, |it, (from, to)| it.rename(from, to));
        options = self.ignore.into_iter().fold(options, LoadOptions::ignore);
        match self.duplicates.as_deref() {
            None | Some("refuse") => {}
            Some("latest_wins") => options = options.duplicates(DuplicatePolicy::LatestWins),
            Some("amend") => options = options.duplicates(DuplicatePolicy::Amend),
            Some(other) => {
                let told = format!(
                    "duplicates is \"refuse\", \"latest_wins\" or \"amend\", not {other:?}"
                );
                return Err(invalid(told));
            }
        }
        if let Some(path) = self.rejects {
            options = options.rejects(RejectPolicy::CollectIn(path));
        }
        if self.infer_families == Some(false) {
            options = options.declared_families_only();
        }
        if let Some(rows) = self.segment_rows_max {
            options = options.segment_rows_max(rows);
        }
        if let Some(bytes) = self.memory_bytes_max {
            options = options.memory_bytes_max(bytes);
        }
        if let Some(threads) = self.threads {
            options = options.threads(threads);
        }
        Ok(options)
    }

    pub(crate) fn registrations(self, watch: Watch) -> napi::Result<RegistrationOptions<'static>> {
        let mut options = RegistrationOptions::default().on_progress(watch.call());
        for (column, name) in self.map {
            options = options.map(column, field(&name)?);
        }
        options = self.ignore.into_iter().fold(options, RegistrationOptions::ignore);
        if let Some(namespace) = self.namespace {
            options = options.namespace(namespace);
        }
        if self.contact_text == Some(false) {
            options = options.without_contact_text();
        }
        if let Some(path) = self.rejects {
            options = options.rejects(RejectPolicy::CollectIn(path));
        }
        if let Some(rows) = self.segment_rows_max {
            options = options.segment_rows_max(rows);
        }
        if let Some(bytes) = self.memory_bytes_max {
            options = options.memory_bytes_max(bytes);
        }
        if let Some(threads) = self.threads {
            options = options.threads(threads);
        }
        Ok(options)
    }

    pub(crate) fn retire(self, watch: Watch) -> RetireOptions<'static> {
        let mut options = RetireOptions::default().on_progress(watch.call());
        if let Some(name) = self.serial {
            options = options.serial_column(name);
        }
        if let Some(name) = self.namespace_column {
            options = options.namespace_column(name);
        }
        if let Some(namespace) = self.namespace {
            options = options.namespace(namespace);
        }
        options
    }

    pub(crate) fn compact(self, watch: Watch) -> CompactOptions<'static> {
        let mut options = CompactOptions::default().on_progress(watch.call());
        if let Some(rows) = self.segment_rows_max {
            options = options.segment_rows_max(rows);
        }
        if let Some(bytes) = self.memory_bytes_max {
            options = options.memory_bytes_max(bytes);
        }
        if let Some(threads) = self.threads {
            options = options.threads(threads);
        }
        options
    }

    pub(crate) fn families(self, watch: Watch) -> FamilyChangeOptions<'static> {
        let mut options = FamilyChangeOptions::default().on_progress(watch.call());
        if self.contact_text == Some(false) {
            options = options.without_contact_text();
        }
        if let Some(rows) = self.segment_rows_max {
            options = options.segment_rows_max(rows);
        }
        if let Some(bytes) = self.memory_bytes_max {
            options = options.memory_bytes_max(bytes);
        }
        if let Some(threads) = self.threads {
            options = options.threads(threads);
        }
        options
    }
}
