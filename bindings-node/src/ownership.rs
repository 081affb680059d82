//! Units joined with registrations.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;
use serde_json::{Map, Value as Json, json};
use seriatim::{Channel, RegistrationField, UnreachableReason};

use crate::columns::{Columns, columns_of};
use crate::convert::{count, json, purpose};
use crate::error::{OrThrow, invalid};
use crate::frame::Frame;
use crate::jobs::promise;
use crate::slot::Slot;
use crate::unit_set::{UnitSet, terms_of};

/// Who holds the units of a set at an instant.
#[napi]
pub struct Ownership {
    slot: Slot<Arc<seriatim::Ownership>>,
}

impl From<seriatim::Ownership> for Ownership {
    fn from(inner: seriatim::Ownership) -> Self {
        Ownership { slot: Slot::new(Arc::new(inner)) }
    }
}

#[napi]
impl Ownership {
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.slot.close();
    }

    #[napi(getter, catch_unwind)]
    pub fn affected(&self) -> napi::Result<f64> {
        Ok(count(self.slot.held()?.affected()))
    }

    #[napi(getter, catch_unwind)]
    pub fn registered(&self) -> napi::Result<UnitSet> {
        Ok(self.slot.held()?.registered_units().clone().into())
    }

    #[napi(getter, catch_unwind)]
    pub fn gap(&self) -> napi::Result<UnitSet> {
        Ok(self.slot.held()?.gap_units().into())
    }

    #[napi(getter, catch_unwind)]
    pub fn as_of(&self) -> napi::Result<String> {
        Ok(self.slot.held()?.as_of().to_string())
    }

    /// Counts the units by terms: affected, registered, gap.
    #[napi(catch_unwind)]
    pub fn by<'env>(&self, env: &'env Env, terms: String) -> napi::Result<Object<'env>> {
        let (own, terms) = (self.slot.held()?, terms_of(&json(&terms)?)?);
        promise(
            env,
            move || columns_of(&own.by(&terms).and_then(|it| it.to_batch()).or_throw()?),
            |_, it| Ok::<Columns, _>(it),
        )
    }

    /// How many units can be reached for a purpose, and why the others cannot; JSON.
    #[napi(catch_unwind)]
    pub fn reach<'env>(&self, env: &'env Env, purpose: String) -> napi::Result<Object<'env>> {
        let (own, purpose) = (self.slot.held()?, crate::convert::purpose(&purpose)?);
        promise(env, move || own.reach(purpose).or_throw(), |_, it| Ok(told(&it).to_string()))
    }

    /// The units with an owner who can be reached.
    #[napi(catch_unwind)]
    pub fn reachable<'env>(&self, env: &'env Env, purpose: String) -> napi::Result<Object<'env>> {
        let (own, purpose) = (self.slot.held()?, crate::convert::purpose(&purpose)?);
        promise(env, move || own.reachable_units(purpose).or_throw(), |_, it| Ok(UnitSet::from(it)))
    }

    /// The registered units that cannot be reached for a reason.
    #[napi(catch_unwind)]
    pub fn unreachable<'env>(
        &self,
        env: &'env Env,
        reason: String,
        purpose: String,
    ) -> napi::Result<Object<'env>> {
        let (own, purpose) = (self.slot.held()?, crate::convert::purpose(&purpose)?);
        let all = UnreachableReason::ALL;
        let reason = all.into_iter().find(|it| it.code() == reason).ok_or_else(|| {
            let codes = all.map(UnreachableReason::code).join(", ");
            invalid(format!("there is no reason {reason:?}; there are {codes}"))
        })?;
        promise(
            env,
            move || own.unreachable_units(purpose, reason).or_throw(),
            |_, it| Ok(UnitSet::from(it)),
        )
    }

    #[napi(getter, catch_unwind)]
    pub fn has_contact_text(&self) -> napi::Result<bool> {
        self.slot.held()?.has_contact_text().or_throw()
    }

    /// The owners who can be reached, each once with all their units, in order of priority.
    #[napi(catch_unwind)]
    pub fn contacts<'env>(&self, env: &'env Env, for_: String) -> napi::Result<Object<'env>> {
        let (own, purpose) = (self.slot.held()?, purpose(&for_)?);
        promise(
            env,
            move || {
                let contacts = own.contacts(purpose).or_throw()?;
                Ok((contacts.batch_schema().or_throw()?, contacts))
            },
            |_, (schema, contacts)| {
                let rows = u64::try_from(contacts.len()).ok();
                Ok(Frame::new(schema, rows, move |batch_rows| {
                    Ok(Box::new(contacts.batches(batch_rows)))
                }))
            },
        )
    }

    /// Every registration of the units that holds at the instant, in serial order.
    #[napi(catch_unwind)]
    pub fn registrations(&self, fields: Vec<String>) -> napi::Result<Frame> {
        let own = self.slot.held()?;
        let fields: napi::Result<Vec<RegistrationField>> =
            fields.iter().map(|it| field(it)).collect();
        let fields = fields?;
        let schema = seriatim::Ownership::registration_schema(&fields);
        Ok(Frame::new(schema, None, move |batch_rows| {
            Ok(Box::new(own.registration_batches(&fields, batch_rows)?))
        }))
    }
}

fn told(reach: &seriatim::Reach) -> Json {
    let by_channel: Map<String, Json> = Channel::ALL
        .into_iter()
        .map(|it| (it.code().to_owned(), json!(reach.by_channel(it))))
        .collect();
    let unreachable: Map<String, Json> = UnreachableReason::ALL
        .into_iter()
        .map(|it| (it.code().to_owned(), json!(reach.unreachable(it))))
        .collect();
    json!({
        "purpose": reach.purpose().code(),
        "affected": reach.affected(),
        "reachable": reach.reachable(),
        "byUnknownConsent": reach.by_unknown_consent(),
        "byChannel": by_channel,
        "unreachable": unreachable,
        "unregistered": reach.unregistered(),
    })
}

/// A field of a registration by its name.
pub(crate) fn field(name: &str) -> napi::Result<RegistrationField> {
    let all = RegistrationField::ALL;
    all.into_iter().find(|it| it.name() == name).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|it| it.name()).collect();
        invalid(format!("there is no field {name:?}; there are {}", names.join(", ")))
    })
}
