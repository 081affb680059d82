//! The index: building, loading, selecting.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Instant, SystemTime};

use napi::Env;
use napi::bindgen_prelude::{Object, Uint8Array};
use napi_derive::napi;
use serde_json::{Value as Json, json};
use seriatim::Snapshot;
use seriatim::io::DiskDirectory;

use crate::convert::{count, whole};
use crate::error::OrThrow;
use crate::feed::Feed;
use crate::jobs::{promise, promise_apart};
use crate::load::{Options, Source};
use crate::registrar::{self, Registrar};
use crate::report;
use crate::schema::{BoundScope, Schema};
use crate::scope::{Parameters, Scope};
use crate::selection::{Lookup, Selection};
use crate::slot::Slot;
use crate::task::Task;
use crate::texts::Texts;
use crate::unit_set::{SegmentRows, UnitSet};

/// The open indexes of this process by their folder, and when that was made: the workers of a
/// process share one mapping of the files.
static OPEN: Mutex<BTreeMap<Key, Weak<seriatim::Index>>> = Mutex::new(BTreeMap::new());

/// The last says whether files are copied.
type Key = (PathBuf, Option<SystemTime>, bool);

fn key((path, copying): (&Path, bool)) -> Option<Key> {
    let made = fs::metadata(path).ok()?.created().ok();
    Some((fs::canonicalize(path).ok()?, made, copying))
}

fn share(place: (&Path, bool), index: seriatim::Index) -> Arc<seriatim::Index> {
    let index = Arc::new(index);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|_, index| index.strong_count() > 0);
    if let Some(key) = key(place) {
        open.insert(key, Arc::downgrade(&index));
    }
    index
}

fn open_shared(path: &Path, copying: bool) -> seriatim::Result<Arc<seriatim::Index>> {
    let known = key((path, copying)).and_then(|key| {
        let open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&key).and_then(Weak::upgrade)
    });
    if let Some(index) = known {
        index.refresh()?;
        return Ok(index);
    }
    let folder = DiskDirectory::open(path)?;
    let folder = if copying { folder.copying() } else { folder };
    Ok(share((path, copying), seriatim::Index::open_in(folder)?))
}

/// A handle: the index that the process shares, and the version that this handle reads.
#[derive(Clone)]
struct Held {
    index: Arc<seriatim::Index>,
    snapshot: Snapshot,
}

impl Held {
    fn of(index: Arc<seriatim::Index>) -> Self {
        Held { snapshot: index.snapshot(), index }
    }
}

/// A folder of units with what is known of how they were made, and of registrations.
#[napi]
pub struct Index {
    slot: Arc<Slot<Held>>,
}

impl Index {
    fn new(held: Held) -> Self {
        Index { slot: Arc::new(Slot::new(held)) }
    }

    fn snapshot(&self) -> napi::Result<Snapshot> {
        Ok(self.slot.held()?.snapshot)
    }
}

#[napi]
impl Index {
    #[napi(catch_unwind)]
    pub fn open(env: &Env, path: String, copying: bool) -> napi::Result<Object<'_>> {
        let open = move || open_shared(Path::new(&path), copying).or_throw().map(Held::of);
        promise(env, open, |_, held| Ok(Index::new(held)))
    }

    #[napi(catch_unwind)]
    pub fn create<'env>(
        env: &'env Env,
        path: String,
        schema: &Schema,
    ) -> napi::Result<Object<'env>> {
        let schema = schema.inner.clone();
        let create = move || {
            let index = seriatim::Index::create(&path, schema).or_throw()?;
            Ok(Held::of(share((Path::new(&path), false), index)))
        };
        promise(env, create, |_, held| Ok(Index::new(held)))
    }

    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.slot.close();
    }

    #[napi(getter, catch_unwind)]
    pub fn version(&self) -> napi::Result<f64> {
        Ok(count(self.snapshot()?.version()))
    }

    #[napi(getter, catch_unwind)]
    pub fn families_version(&self) -> napi::Result<f64> {
        Ok(count(self.snapshot()?.families_version()))
    }

    #[napi(getter, catch_unwind)]
    pub fn units(&self) -> napi::Result<f64> {
        Ok(count(self.snapshot()?.units()))
    }

    #[napi(getter, catch_unwind)]
    pub fn registrations(&self) -> napi::Result<f64> {
        Ok(count(self.snapshot()?.registrations().or_throw()?))
    }

    /// How many registrations and changes ever came one by one.
    #[napi(getter, catch_unwind)]
    pub fn recorded(&self) -> napi::Result<f64> {
        Ok(count(self.snapshot()?.recorded()))
    }

    #[napi(getter, catch_unwind)]
    pub fn schema(&self) -> napi::Result<Schema> {
        Ok(Schema { inner: self.snapshot()?.schema().clone() })
    }

    /// Takes the newest version; whether it is another one.
    #[napi(catch_unwind)]
    pub fn refresh<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (slot, held) = (Arc::clone(&self.slot), self.slot.held()?);
        promise(
            env,
            move || {
                held.index.refresh().or_throw()?;
                let after = Held::of(held.index);
                // What the log changes is derived here, so that nothing waits for it later.
                after.snapshot.registrations().or_throw()?;
                let shown = |it: &Snapshot| (it.version(), it.recorded());
                let changed = shown(&after.snapshot) != shown(&held.snapshot);
                slot.replace(after);
                Ok(changed)
            },
            |_, changed| Ok(changed),
        )
    }

    /// Makes few segments of many; a report as JSON.
    #[napi(catch_unwind)]
    pub fn compact<'env>(
        &self,
        env: &'env Env,
        options: String,
        task: &Task,
    ) -> napi::Result<Object<'env>> {
        let (slot, held) = (Arc::clone(&self.slot), self.slot.held()?);
        let (options, watch) = (Options::read(&options)?, task.watch());
        let compact = move || {
            watch.begin()?;
            let report = held.index.compact(options.compact(watch)).or_throw()?;
            slot.replace(Held::of(held.index));
            Ok(report::of_compaction(&report))
        };
        promise_apart(env, compact, |_, report| Ok(report))
    }

    /// The versions that can be opened.
    #[napi(catch_unwind)]
    pub fn versions<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let held = self.slot.held()?;
        let list = move || held.index.versions().or_throw();
        promise(env, list, |_, them| Ok(them.into_iter().map(count).collect::<Vec<f64>>()))
    }

    /// A handle that shows an earlier version.
    #[napi(catch_unwind)]
    pub fn snapshot_at<'env>(
        &self,
        env: &'env Env,
        version: i64,
        recorded: Option<i64>,
    ) -> napi::Result<Object<'env>> {
        let held = self.slot.held()?;
        let (version, recorded) = (whole(version)?, recorded.map(whole).transpose()?);
        let open = move || {
            let snapshot = held.index.snapshot_at(version, recorded).or_throw()?;
            Ok(Held { index: held.index, snapshot })
        };
        promise(env, open, |_, held| Ok(Index::new(held)))
    }

    /// Removes all versions but the newest so many; a report as JSON.
    #[napi(catch_unwind)]
    pub fn prune<'env>(&self, env: &'env Env, versions: i64) -> napi::Result<Object<'env>> {
        let (held, versions) = (self.slot.held()?, whole(versions)?);
        let prune = move || held.index.prune(versions).or_throw();
        promise_apart(env, prune, |_, report| Ok(report::of_pruning(&report)))
    }

    /// Becomes the one writer; `entropy` is 32 random bytes.
    #[napi(catch_unwind)]
    pub fn registrar<'env>(
        &self,
        env: &'env Env,
        entropy: Uint8Array,
        contact_text: bool,
    ) -> napi::Result<Object<'env>> {
        let (held, options) = (self.slot.held()?, registrar::options(&entropy, contact_text)?);
        let open = move || held.index.registrar(&options).or_throw();
        promise(env, open, |_, inner| Registrar::start(inner))
    }

    /// Moves what was registered one by one into a segment; a report as JSON.
    #[napi(catch_unwind)]
    pub fn fold<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let (slot, held) = (Arc::clone(&self.slot), self.slot.held()?);
        let fold = move || {
            let report = held.index.fold().or_throw()?;
            slot.replace(Held::of(held.index));
            Ok(report::of_fold(&report))
        };
        promise_apart(env, fold, |_, report| Ok(report))
    }

    /// Loads units; a report as JSON.
    #[napi(catch_unwind)]
    pub fn load_units<'env>(
        &self,
        env: &'env Env,
        source: String,
        feed: &Feed,
        options: String,
        task: &Task,
    ) -> napi::Result<Object<'env>> {
        let (slot, held) = (Arc::clone(&self.slot), self.slot.held()?);
        let (source, pieces) = (Source::read(&source)?, feed.pieces());
        let (mut options, watch) = (Options::read(&options)?, task.watch());
        let keys = options.keys(&source);
        let load = move || {
            watch.begin()?;
            let units = source.units(pieces, held.snapshot.schema(), keys);
            let report = held.index.load_units(units, options.units(watch)?).or_throw()?;
            slot.replace(Held::of(held.index));
            Ok(report::of_units(&report))
        };
        promise_apart(env, load, |_, report| Ok(report))
    }

    /// Takes units out of the index; a report as JSON.
    #[napi(catch_unwind)]
    pub fn retire_units<'env>(
        &self,
        env: &'env Env,
        source: String,
        feed: &Feed,
        options: String,
        task: &Task,
    ) -> napi::Result<Object<'env>> {
        let (slot, held) = (Arc::clone(&self.slot), self.slot.held()?);
        let (source, pieces) = (Source::read(&source)?, feed.pieces());
        let (mut options, watch) = (Options::read(&options)?, task.watch());
        let keys = options.keys(&source);
        let retire = move || {
            watch.begin()?;
            let units = source.units(pieces, held.snapshot.schema(), keys);
            let report = held.index.retire_units(units, options.retire(watch)).or_throw()?;
            slot.replace(Held::of(held.index));
            Ok(report::of_retirement(&report))
        };
        promise_apart(env, retire, |_, report| Ok(report))
    }

    /// Loads registrations; a report as JSON.
    #[napi(catch_unwind)]
    pub fn load_registrations<'env>(
        &self,
        env: &'env Env,
        source: String,
        feed: &Feed,
        options: String,
        task: &Task,
    ) -> napi::Result<Object<'env>> {
        let (slot, held) = (Arc::clone(&self.slot), self.slot.held()?);
        let (source, pieces) = (Source::read(&source)?, feed.pieces());
        let (mut options, watch) = (Options::read(&options)?, task.watch());
        let keys = options.keys(&source);
        let load = move || {
            watch.begin()?;
            let (registrations, options) =
                (source.registrations(pieces, keys), options.registrations(watch)?);
            let report = held.index.load_registrations(registrations, options).or_throw()?;
            slot.replace(Held::of(held.index));
            Ok(report::of_registrations(&report))
        };
        promise_apart(env, load, |_, report| Ok(report))
    }

    /// Puts other serial families in force; a report as JSON.
    #[napi(catch_unwind)]
    pub fn change_families<'env>(
        &self,
        env: &'env Env,
        families: &Schema,
        options: String,
        task: &Task,
    ) -> napi::Result<Object<'env>> {
        let (slot, held) = (Arc::clone(&self.slot), self.slot.held()?);
        let families = families.inner.families().clone();
        let (options, watch) = (Options::read(&options)?, task.watch());
        let change = move || {
            let options = options.families(watch);
            let report = held.index.change_families(families, options).or_throw()?;
            slot.replace(Held::of(held.index));
            Ok(report::of_family_change(&report))
        };
        promise_apart(env, change, |_, report| Ok(report))
    }

    /// The units that a scope covers, and those it may cover.
    #[napi(catch_unwind)]
    pub fn select<'env>(
        &self,
        env: &'env Env,
        scope: &Scope,
        parameters: &Parameters,
        task: &Task,
    ) -> napi::Result<Object<'env>> {
        let snapshot = self.snapshot()?;
        let (scope, parameters) = (scope.inner.clone(), parameters.inner.clone());
        let watch = task.watch();
        let select = move || {
            watch.begin()?;
            let bound = snapshot.schema().bind_with(&scope, &parameters).or_throw()?;
            snapshot.select_bound_watched(&bound, &mut watch.call()).or_throw()
        };
        promise(env, select, |_, found| Ok(Selection::from(found)))
    }

    /// Resolves a scope against the schema of the version that is read.
    #[napi(catch_unwind)]
    pub fn bind(&self, scope: &Scope, parameters: &Parameters) -> napi::Result<BoundScope> {
        self.schema()?.bind(scope, parameters)
    }

    /// Evaluates a scope and says how; JSON.
    #[napi(catch_unwind)]
    pub fn explain<'env>(
        &self,
        env: &'env Env,
        scope: &Scope,
        parameters: &Parameters,
    ) -> napi::Result<Object<'env>> {
        let snapshot = self.snapshot()?;
        let (scope, parameters) = (scope.inner.clone(), parameters.inner.clone());
        let explain = move || {
            let bound = snapshot.schema().bind_with(&scope, &parameters).or_throw()?;
            let started = Instant::now();
            let clock = move || u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
            snapshot.explain_bound(&bound, &clock).or_throw()
        };
        promise(env, explain, |_, it| Ok(report::of_explanation(&it)))
    }

    #[napi(catch_unwind)]
    pub fn all(&self) -> napi::Result<UnitSet> {
        Ok(self.snapshot()?.all().into())
    }

    /// Finds the units of many serials.
    #[napi(catch_unwind)]
    pub fn lookup<'env>(
        &self,
        env: &'env Env,
        joined: Texts,
        namespace: Option<String>,
    ) -> napi::Result<Object<'env>> {
        let snapshot = self.snapshot()?;
        let look = move || {
            let serials = joined.slices();
            match namespace {
                Some(namespace) => snapshot.lookup_in(&namespace, &serials),
                None => snapshot.lookup(&serials),
            }
            .or_throw()
        };
        promise(env, look, |_, found| Ok(Lookup::from(found)))
    }

    /// Finds the units of many identifiers of a column.
    #[napi(catch_unwind)]
    pub fn lookup_by<'env>(
        &self,
        env: &'env Env,
        column: String,
        joined: Texts,
    ) -> napi::Result<Object<'env>> {
        let snapshot = self.snapshot()?;
        let look = move || snapshot.lookup_by(&column, &joined.slices()).or_throw();
        promise(env, look, |_, found| Ok(Lookup::from(found)))
    }

    /// The set of units that these rows are.
    #[napi(catch_unwind)]
    pub fn set_from_roaring<'env>(
        &self,
        env: &'env Env,
        parts: Vec<SegmentRows>,
    ) -> napi::Result<Object<'env>> {
        let snapshot = self.snapshot()?;
        let part =
            |it: SegmentRows| seriatim::SegmentRows { segment: it.segment, rows: it.rows.to_vec() };
        let parts: Vec<seriatim::SegmentRows> = parts.into_iter().map(part).collect();
        promise(
            env,
            move || snapshot.set_from_roaring(&parts).or_throw(),
            |_, it| Ok(UnitSet::from(it)),
        )
    }

    /// Reads every byte of every file; JSON.
    #[napi(catch_unwind)]
    pub fn verify<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let held = self.slot.held()?;
        promise(
            env,
            move || held.index.verify().or_throw(),
            |_, found| {
                let damage = found.damage.iter();
                let damage: Vec<Json> =
                    damage.map(|it| json!({"path": it.path, "message": it.message})).collect();
                let told = json!({
                    "files": found.files,
                    "sizeBytes": found.size_bytes,
                    "damage": damage,
                    "isWhole": found.is_whole(),
                });
                Ok(told.to_string())
            },
        )
    }
}
