//! What a scanner reads.

use napi_derive::napi;
use serde_json::json;

use crate::error::OrThrow;
use crate::schema::Schema;

/// Data of GS1: application identifiers with their values.
#[napi]
pub struct ElementString {
    inner: seriatim::ElementString,
}

#[napi]
impl ElementString {
    #[napi(factory, catch_unwind)]
    pub fn of_text(text: String) -> napi::Result<Self> {
        text.parse().or_throw().map(|inner| ElementString { inner })
    }

    #[napi(factory, catch_unwind)]
    pub fn of_unit(gtin: String, serial: String) -> napi::Result<Self> {
        let inner = seriatim::ElementString::of_unit(&gtin, &serial).or_throw()?;
        Ok(ElementString { inner })
    }

    /// Identifiers and values; JSON.
    #[napi(catch_unwind)]
    pub fn elements(&self) -> String {
        json!(self.inner.elements().collect::<Vec<_>>()).to_string()
    }

    #[napi(getter, catch_unwind)]
    pub fn gtin(&self) -> Option<String> {
        self.inner.gtin().map(str::to_owned)
    }

    #[napi(getter, catch_unwind)]
    pub fn serial(&self) -> Option<String> {
        self.inner.serial().map(str::to_owned)
    }

    /// With the identifiers in brackets.
    #[napi(catch_unwind)]
    pub fn to_text(&self) -> String {
        self.inner.to_string()
    }

    #[napi(catch_unwind)]
    pub fn to_fnc1(&self) -> String {
        self.inner.to_fnc1()
    }

    #[napi(catch_unwind)]
    pub fn to_digital_link(&self, stem: String) -> napi::Result<String> {
        self.inner.to_digital_link(&stem).or_throw()
    }

    #[napi(catch_unwind)]
    pub fn to_sgtin(&self, company_prefix_digits: u32) -> napi::Result<String> {
        let digits = usize::try_from(company_prefix_digits).unwrap_or(usize::MAX);
        self.inner.to_sgtin(digits).or_throw()
    }
}

/// One unit as a scanner names it.
#[napi]
pub struct Scanned {
    inner: seriatim::Scanned,
}

#[napi]
impl Scanned {
    #[napi(factory, catch_unwind)]
    pub fn read(text: String, families: &Schema) -> napi::Result<Self> {
        let inner = seriatim::Scanned::read(&text, families.inner.families()).or_throw()?;
        Ok(Scanned { inner })
    }

    #[napi(getter, catch_unwind)]
    pub fn namespace(&self) -> Option<String> {
        self.inner.namespace().map(str::to_owned)
    }

    #[napi(getter, catch_unwind)]
    pub fn serial(&self) -> String {
        self.inner.serial().to_owned()
    }

    #[napi(getter, catch_unwind)]
    pub fn elements(&self) -> Option<ElementString> {
        self.inner.elements().map(|it| ElementString { inner: it.clone() })
    }
}
