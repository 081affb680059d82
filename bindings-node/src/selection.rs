//! What comes back from a scope and from serials.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Object, Uint8Array};
use napi_derive::napi;
use serde_json::{Value as Json, json};
use seriatim::{Reason, Verdict};

use crate::convert::count;
use crate::error::{OrThrow, invalid};
use crate::jobs::promise;
use crate::schema::{decision_of, notices_of};
use crate::scope::Scope;
use crate::slot::Slot;
use crate::texts::Texts;
use crate::unit_set::UnitSet;

/// The units that a scope covers, and those it may cover.
#[napi]
pub struct Selection {
    slot: Slot<Arc<seriatim::Selection>>,
}

impl From<seriatim::Selection> for Selection {
    fn from(inner: seriatim::Selection) -> Self {
        Selection { slot: Slot::new(Arc::new(inner)) }
    }
}

/// The number of a verdict in `lib/selection.ts`: its place here.
fn number(verdict: Verdict) -> u8 {
    let place = VERDICTS.iter().position(|it| *it == verdict);
    place.and_then(|it| u8::try_from(it).ok()).unwrap_or(u8::MAX)
}

const VERDICTS: [Verdict; 5] = [
    Verdict::Affected,
    Verdict::NotAffected,
    Verdict::Undetermined,
    Verdict::UnknownSerial,
    Verdict::InvalidSerial,
];

fn verdict(code: &str) -> napi::Result<Verdict> {
    VERDICTS.into_iter().find(|it| it.code() == code).ok_or_else(|| {
        let codes = VERDICTS.map(Verdict::code).join(", ");
        invalid(format!("there is no verdict {code:?}; there are {codes}"))
    })
}

#[napi]
impl Selection {
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.slot.close();
    }

    /// What the scope says that most likely is not what is meant; JSON.
    #[napi(catch_unwind)]
    pub fn notices(&self) -> napi::Result<String> {
        Ok(notices_of(self.slot.held()?.scope()))
    }

    /// Units for which the scope is TRUE.
    #[napi(getter, catch_unwind)]
    pub fn affected(&self) -> napi::Result<UnitSet> {
        Ok(self.slot.held()?.affected.clone().into())
    }

    /// Units for which it is UNKNOWN.
    #[napi(getter, catch_unwind)]
    pub fn undetermined(&self) -> napi::Result<UnitSet> {
        Ok(self.slot.held()?.undetermined.clone().into_units().into())
    }

    #[napi(getter, catch_unwind)]
    pub fn scope(&self) -> napi::Result<Scope> {
        Ok(self.slot.held()?.scope().scope().clone().into())
    }

    /// The version of the index that it was made on.
    #[napi(getter, catch_unwind)]
    pub fn version(&self) -> napi::Result<f64> {
        Ok(count(self.slot.held()?.affected.snapshot().version()))
    }

    /// How many registrations and changes had come one by one by then.
    #[napi(getter, catch_unwind)]
    pub fn recorded(&self) -> napi::Result<f64> {
        Ok(count(self.slot.held()?.affected.snapshot().recorded()))
    }

    #[napi(getter, catch_unwind)]
    pub fn digest(&self) -> napi::Result<String> {
        Ok(self.slot.held()?.scope().digest())
    }

    /// What the scope says of one unit.
    #[napi(catch_unwind)]
    pub fn status(&self, serial: String, namespace: Option<String>) -> napi::Result<u8> {
        let selection = self.slot.held()?;
        match namespace {
            Some(namespace) => selection.status_in(&namespace, &serial),
            None => selection.status(&serial),
        }
        .map(number)
        .or_throw()
    }

    /// What the scope says of the unit of an identifier in a column.
    #[napi(catch_unwind)]
    pub fn status_by(&self, column: String, identifier: String) -> napi::Result<u8> {
        self.slot.held()?.status_by(&column, &identifier).map(number).or_throw()
    }

    /// What the scope says of many serials.
    #[napi(catch_unwind)]
    pub fn status_many(
        &self,
        joined: Texts,
        namespace: Option<String>,
    ) -> napi::Result<Uint8Array> {
        let selection = self.slot.held()?;
        let serials = joined.slices();
        let found = match namespace {
            Some(namespace) => selection.status_many_in(&namespace, &serials),
            None => selection.status_many(&serials),
        };
        let numbers = |it: Vec<Verdict>| it.into_iter().map(number).collect::<Vec<u8>>();
        found.or_throw().map(|it| numbers(it).into())
    }

    /// The verdict on one unit of the index with the clauses that decide; JSON.
    #[napi(catch_unwind)]
    pub fn explain_unit(&self, serial: String, namespace: String) -> napi::Result<String> {
        let decision = self.slot.held()?.explain_unit(&namespace, &serial).or_throw()?;
        Ok(decision_of(&decision).to_string())
    }

    /// Why units are undetermined; JSON.
    #[napi(catch_unwind)]
    pub fn by_reason<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let selection = self.slot.held()?;
        promise(
            env,
            move || selection.undetermined.by_reason().or_throw(),
            |_, reasons| {
                let told = |(reason, units): (Reason, u64)| {
                    json!({
                        "reason": reason.code(),
                        "column": reason.column(),
                        "text": reason.to_string(),
                        "units": units,
                    })
                };
                Ok(Json::from(reasons.into_iter().map(told).collect::<Vec<_>>()).to_string())
            },
        )
    }

    /// What became of the units between this selection and a newer one.
    #[napi(catch_unwind)]
    pub fn diff<'env>(&self, env: &'env Env, newer: &Selection) -> napi::Result<Object<'env>> {
        let (older, newer) = (self.slot.held()?, newer.slot.held()?);
        promise(
            env,
            move || {
                let diff = older.diff(&newer).or_throw()?;
                let moves = diff.moves().or_throw()?;
                Ok((diff, moves))
            },
            |_, (inner, moves)| Ok(ScopeDiff { inner, moves }),
        )
    }

    /// The units whose serials may be misread ones of a range in the scope.
    #[napi(catch_unwind)]
    pub fn near_misses<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let selection = self.slot.held()?;
        promise(env, move || selection.near_misses().or_throw(), |_, it| Ok(UnitSet::from(it)))
    }
}

/// What a newer selection has that an older one has not, and the other way round.
#[napi]
pub struct ScopeDiff {
    inner: seriatim::ScopeDiff,
    moves: Vec<(Verdict, Verdict, u64)>,
}

#[napi]
impl ScopeDiff {
    #[napi(getter, catch_unwind)]
    pub fn added(&self) -> UnitSet {
        self.inner.added.clone().into()
    }

    #[napi(getter, catch_unwind)]
    pub fn removed(&self) -> UnitSet {
        self.inner.removed.clone().into()
    }

    #[napi(getter, catch_unwind)]
    pub fn kept(&self) -> UnitSet {
        self.inner.kept.clone().into()
    }

    /// The units of which the verdict moved from one to another.
    #[napi(catch_unwind)]
    pub fn moved<'env>(
        &self,
        env: &'env Env,
        from: String,
        to: String,
    ) -> napi::Result<Object<'env>> {
        let (diff, from, to) = (self.inner.clone(), verdict(&from)?, verdict(&to)?);
        promise(env, move || diff.moved(from, to).or_throw(), |_, it| Ok(UnitSet::from(it)))
    }

    /// How verdicts moved; JSON.
    #[napi(catch_unwind)]
    pub fn moves(&self) -> String {
        let told = |(from, to, units): &(Verdict, Verdict, u64)| json!({"from": from.code(), "to": to.code(), "units": count(*units)});
        Json::from(self.moves.iter().map(told).collect::<Vec<_>>()).to_string()
    }
}

/// What became of serials that were looked up.
#[napi]
pub struct Lookup {
    inner: seriatim::Lookup,
}

impl From<seriatim::Lookup> for Lookup {
    fn from(inner: seriatim::Lookup) -> Self {
        Lookup { inner }
    }
}

#[napi]
impl Lookup {
    #[napi(getter, catch_unwind)]
    pub fn found(&self) -> UnitSet {
        self.inner.found.clone().into()
    }

    /// The places of the serials that were not found, and near misses; JSON.
    #[napi(catch_unwind)]
    pub fn report(&self) -> String {
        let it = &self.inner;
        let near = it.near_misses.iter().map(|near| {
            let unit = near.unit.as_ref();
            let unit = unit.map(|it| json!({"serial": it.serial(), "namespace": it.namespace()}));
            json!({"place": near.place, "family": near.family, "unit": unit})
        });
        json!({
            "unknown": it.unknown,
            "invalid": it.invalid,
            "duplicate": it.duplicate,
            "ambiguous": it.ambiguous,
            "nearMisses": near.collect::<Vec<_>>(),
        })
        .to_string()
    }
}
