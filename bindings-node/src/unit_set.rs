//! Sets of units.

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Object, Uint8Array};
use napi_derive::napi;
use serde_json::{Value as Json, json};
use seriatim::{By, Groups};

use crate::columns::{Columns, columns_of};
use crate::convert::{count, instant, json};
use crate::error::{OrThrow, invalid};
use crate::frame::Frame;
use crate::jobs::promise;
use crate::ownership::Ownership;
use crate::scope::Scope;
use crate::slot::Slot;

/// A set of units of one version of an index.
#[napi]
pub struct UnitSet {
    slot: Slot<seriatim::UnitSet>,
}

impl From<seriatim::UnitSet> for UnitSet {
    fn from(inner: seriatim::UnitSet) -> Self {
        UnitSet { slot: Slot::new(inner) }
    }
}

#[napi]
impl UnitSet {
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.slot.close();
    }

    #[napi(getter, catch_unwind)]
    pub fn size(&self) -> napi::Result<f64> {
        Ok(count(self.slot.held()?.len()))
    }

    #[napi(catch_unwind)]
    pub fn has(&self, serial: String, namespace: String) -> napi::Result<bool> {
        self.slot.held()?.contains(&namespace, &serial).or_throw()
    }

    /// Joins with another set: `or`, `and`, `minus` or `xor`.
    #[napi(catch_unwind)]
    pub fn join<'env>(
        &self,
        env: &'env Env,
        operator: String,
        other: &UnitSet,
    ) -> napi::Result<Object<'env>> {
        let (one, other) = (self.slot.held()?, other.slot.held()?);
        let join = move || match operator.as_str() {
            "or" => one.union(&other),
            "and" => one.intersection(&other),
            "minus" => one.difference(&other),
            _ => one.union(&other)?.difference(&one.intersection(&other)?),
        };
        promise(env, move || join().or_throw(), |_, it| Ok(UnitSet::from(it)))
    }

    #[napi(catch_unwind)]
    pub fn units(&self) -> napi::Result<UnitCursor> {
        Ok(UnitCursor { units: self.slot.held()?.iter() })
    }

    /// Counts the units by terms.
    #[napi(catch_unwind)]
    pub fn by<'env>(&self, env: &'env Env, terms: String) -> napi::Result<Object<'env>> {
        let (units, terms) = (self.slot.held()?, terms_of(&json(&terms)?)?);
        promise(
            env,
            move || columns_of(&units.by(&terms).and_then(|it| it.to_batch()).or_throw()?),
            |_, it| Ok::<Columns, _>(it),
        )
    }

    /// The units in serial order with these columns.
    #[napi(catch_unwind)]
    pub fn table(&self, columns: Option<Vec<String>>) -> napi::Result<Frame> {
        let units = self.slot.held()?;
        let columns = columns.unwrap_or_else(|| {
            let all = units.snapshot().schema().columns().iter();
            all.map(|it| it.name().to_owned()).collect()
        });
        let rows = units.len();
        let read = move |batch_rows: usize| {
            let names: Vec<&str> = columns.iter().map(String::as_str).collect();
            units.batches(&names, batch_rows)
        };
        let schema = read(1).or_throw()?.schema();
        Ok(Frame::new(schema, Some(rows), move |batch_rows| Ok(Box::new(read(batch_rows)?))))
    }

    /// The fewest serial ranges that hold these units and no others.
    #[napi(catch_unwind)]
    pub fn describe<'env>(&self, env: &'env Env, ranges_max: u32) -> napi::Result<Object<'env>> {
        let units = self.slot.held()?;
        let ranges_max = usize::try_from(ranges_max).unwrap_or(usize::MAX);
        promise(
            env,
            move || units.describe(ranges_max).or_throw(),
            |_, inner| Ok(Description { inner }),
        )
    }

    /// Joins the units with the registrations that hold at an instant.
    #[napi(catch_unwind)]
    pub fn ownership<'env>(&self, env: &'env Env, as_of: String) -> napi::Result<Object<'env>> {
        let (units, as_of) = (self.slot.held()?, instant(&as_of)?);
        promise(env, move || units.ownership(as_of).or_throw(), |_, it| Ok(Ownership::from(it)))
    }

    /// Counts several sets by the same terms, side by side.
    #[napi(catch_unwind)]
    pub fn beside<'env>(
        env: &'env Env,
        names: Vec<String>,
        sets: Vec<ClassInstance<'_, UnitSet>>,
        terms: String,
    ) -> napi::Result<Object<'env>> {
        let terms = terms_of(&json(&terms)?)?;
        let sets: Vec<seriatim::UnitSet> =
            sets.iter().map(|it| it.slot.held()).collect::<napi::Result<_>>()?;
        let count = move || {
            let groups: Vec<Groups> =
                sets.iter().map(|it| it.by(&terms)).collect::<seriatim::Result<_>>()?;
            let counts: Vec<(&str, &Groups)> =
                names.iter().map(String::as_str).zip(&groups).collect();
            Groups::beside(&counts)?.to_batch()
        };
        promise(env, move || columns_of(&count().or_throw()?), |_, it| Ok::<Columns, _>(it))
    }

    /// The rows of each segment as portable Roaring bytes.
    #[napi(catch_unwind)]
    pub fn to_roaring<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        let units = self.slot.held()?;
        promise(
            env,
            move || Ok(units.to_roaring()),
            |_, parts| {
                let part = |it: seriatim::SegmentRows| SegmentRows {
                    segment: it.segment,
                    rows: it.rows.into(),
                };
                Ok(parts.into_iter().map(part).collect::<Vec<_>>())
            },
        )
    }
}

/// Rows of a segment, as portable Roaring bytes.
#[napi(object)]
pub struct SegmentRows {
    pub segment: String,
    pub rows: Uint8Array,
}

/// Units one by one, in serial order.
#[napi]
pub struct UnitCursor {
    units: seriatim::UnitIter,
}

#[napi]
impl UnitCursor {
    /// The next units: namespaces and serials in turn. Fewer than asked for where there are no more.
    #[napi(catch_unwind)]
    pub fn next_units(&mut self, count: u32) -> napi::Result<Vec<String>> {
        let mut texts = Vec::new();
        for unit in self.units.by_ref().take(usize::try_from(count).unwrap_or(usize::MAX)) {
            let unit = unit.or_throw()?;
            texts.push(unit.namespace().to_owned());
            texts.push(unit.serial().to_owned());
        }
        Ok(texts)
    }
}

/// Serial ranges that say which units a set has.
#[napi]
pub struct Description {
    inner: seriatim::Description,
}

#[napi]
impl Description {
    /// The ranges and single units; JSON.
    #[napi(catch_unwind)]
    pub fn report(&self) -> String {
        let range = |it: &seriatim::DescribedRange| {
            json!({
                "namespace": it.namespace,
                "first": it.first,
                "last": it.last,
                "unitsAdded": it.units_added,
            })
        };
        let single =
            |it: &seriatim::Unit| json!({"namespace": it.namespace(), "serial": it.serial()});
        json!({
            "ranges": self.inner.ranges().iter().map(range).collect::<Vec<_>>(),
            "singles": self.inner.singles().iter().map(single).collect::<Vec<_>>(),
            "unitsAdded": self.inner.units_added(),
        })
        .to_string()
    }

    #[napi(catch_unwind)]
    pub fn to_scope(&self) -> Scope {
        self.inner.to_scope().into()
    }
}

/// What units are counted by: names of columns, and objects with a period or a field.
pub(crate) fn terms_of(terms: &Json) -> napi::Result<Vec<By>> {
    let term = |it: &Json| {
        let text = |key: &str| it.get(key).and_then(Json::as_str);
        if let Some(name) = it.as_str() {
            return Ok(By::column(name));
        }
        let column = text("column").unwrap_or_default();
        Ok(match text("by") {
            Some("day") => By::day(column),
            Some("week") => By::week(column),
            Some("month") => By::month(column),
            Some("year") => By::year(column),
            Some("serial_field") => By::serial_field(column),
            Some("namespace") => By::namespace(),
            _ => return Err(invalid("units are counted by names of columns and by terms of By")),
        })
    };
    terms.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(term).collect()
}
