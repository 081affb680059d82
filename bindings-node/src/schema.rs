//! Columns and serial families.

use napi_derive::napi;
use serde_json::{Map, Value as Json, json};
use seriatim::{
    Column, ColumnType, Families, FieldValue, Inferrer, Place, SerialFamily as CoreFamily, Truth,
};

use crate::convert::json;
use crate::error::{OrThrow, invalid};
use crate::records::record_of;
use crate::scope::{Parameters, Scope};
use crate::texts::Texts;

/// How a maker writes and orders serials.
#[napi]
pub struct SerialFamily {
    inner: CoreFamily,
}

#[napi]
impl SerialFamily {
    /// Reads a family from its JSON.
    #[napi(factory, catch_unwind)]
    pub fn of_json(text: String) -> napi::Result<Self> {
        Ok(SerialFamily { inner: family(json(&text)?)? })
    }

    /// A ready-made family: the name of its constructor, with its arguments.
    #[napi(factory, catch_unwind)]
    pub fn known(
        kind: String,
        name: String,
        number: Option<u32>,
        prefix: Option<String>,
    ) -> napi::Result<Self> {
        let digits = usize::try_from(number.unwrap_or(0)).unwrap_or(usize::MAX);
        let inner = match kind.as_str() {
            "counter" => CoreFamily::counter(&name, digits),
            "prefixed_counter" => {
                CoreFamily::prefixed_counter(&name, &prefix.unwrap_or_default(), digits)
            }
            "vin" => {
                let year = i16::try_from(number.unwrap_or(0)).unwrap_or(i16::MAX);
                CoreFamily::vin(&name, year)
            }
            "vin_without_model_year" => CoreFamily::vin_without_model_year(&name),
            "imei" => CoreFamily::imei(&name),
            "imeisv" => CoreFamily::imeisv(&name),
            "gs1" => CoreFamily::gs1(&name),
            _ => return Err(invalid(format!("there is no ready-made family {kind:?}"))),
        };
        Ok(SerialFamily { inner: inner.or_throw()? })
    }

    #[napi(catch_unwind)]
    pub fn to_json(&self) -> napi::Result<String> {
        serde_json::to_string(&self.inner).map_err(|error| invalid(error.to_string()))
    }

    #[napi(getter, catch_unwind)]
    pub fn name(&self) -> String {
        self.inner.name().to_owned()
    }

    #[napi(getter, catch_unwind)]
    pub fn layout(&self) -> String {
        self.inner.layout()
    }

    #[napi(getter, catch_unwind)]
    pub fn order(&self) -> Vec<String> {
        self.inner.order().map(str::to_owned).collect()
    }

    /// The fields of a serial as JSON; none where it does not fit.
    #[napi(catch_unwind)]
    pub fn fields(&self, serial: String) -> napi::Result<Option<String>> {
        let Some(code) = self.inner.encode(&serial) else { return Ok(None) };
        let value = |value: FieldValue| match value {
            FieldValue::Number(number) => json!(number),
            FieldValue::Text(text) => json!(text),
        };
        let fields = self.inner.values(code).or_throw()?.into_iter();
        let fields: Map<String, Json> =
            fields.map(|(name, it)| (name.to_owned(), value(it))).collect();
        Ok(Some(Json::Object(fields).to_string()))
    }

    /// Whether the check character of a serial is right.
    #[napi(catch_unwind)]
    pub fn check(&self, serial: String) -> Option<bool> {
        self.inner.check(&serial)
    }

    /// The number of a serial in the family's order, in digits; none where it does not fit.
    #[napi(catch_unwind)]
    pub fn encode(&self, serial: String) -> Option<String> {
        self.inner.encode(&serial).map(|it| it.to_string())
    }

    /// The serial of a number, as the family writes it.
    #[napi(catch_unwind)]
    pub fn decode(&self, code: String) -> napi::Result<String> {
        let code = code.parse().map_err(|_| invalid(format!("{code} is no code of a serial")))?;
        self.inner.decode(code).or_throw()
    }
}

fn family(document: Json) -> napi::Result<CoreFamily> {
    serde_json::from_value(document).map_err(|error| invalid(error.to_string()))
}

/// The columns and serial families of an index.
#[napi]
pub struct Schema {
    pub(crate) inner: seriatim::Schema,
}

#[napi]
impl Schema {
    /// Reads a schema from JSON: `columns` with `name`, `type` and `zone`, and `families`.
    #[napi(factory, catch_unwind)]
    pub fn of_json(text: String) -> napi::Result<Self> {
        Ok(Schema { inner: schema(&json(&text)?)? })
    }

    #[napi(catch_unwind)]
    pub fn to_json(&self) -> napi::Result<String> {
        let column = |it: &Column| -> napi::Result<Json> {
            let mut told = json!({"name": it.name(), "type": it.column_type().name()});
            if let (ColumnType::Timestamp, Some(told)) = (it.column_type(), told.as_object_mut()) {
                told.insert("zone".to_owned(), json!(it.zone().or_throw()?.name()));
            }
            if let (Some(families), Some(told)) = (it.identifier(), told.as_object_mut()) {
                let families: Vec<&CoreFamily> = families.iter().map(|(_, it)| it).collect();
                told.insert("identifier".to_owned(), json!(families));
            }
            Ok(told)
        };
        let columns: napi::Result<Vec<Json>> = self.inner.columns().iter().map(column).collect();
        let families: Vec<&CoreFamily> = self.inner.families().iter().map(|(_, it)| it).collect();
        Ok(json!({"columns": columns?, "families": families}).to_string())
    }

    /// Resolves a scope against the schema.
    #[napi(catch_unwind)]
    pub fn bind(&self, scope: &Scope, parameters: &Parameters) -> napi::Result<BoundScope> {
        let inner = self.inner.bind_with(&scope.inner, &parameters.inner).or_throw()?;
        Ok(BoundScope { inner })
    }

    /// Reads families off a sample, beside those of the schema; JSON.
    #[napi(catch_unwind)]
    pub fn infer(&self, joined: Texts) -> napi::Result<String> {
        let existing = self.inner.families();
        let mut inferrer = Inferrer::new(existing);
        for serial in joined.slices() {
            if existing.iter().any(|(_, family)| family.encode(serial).is_some()) {
                inferrer.observe_known(1);
            } else {
                inferrer.observe(serial);
            }
        }
        serde_json::to_string(&inferrer.finish()).map_err(|error| invalid(error.to_string()))
    }
}

fn schema(document: &Json) -> napi::Result<seriatim::Schema> {
    let list = |key: &str| {
        document.get(key).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default()
    };
    let columns: napi::Result<Vec<Column>> = list("columns").iter().map(column).collect();
    let families = families(list("families"))?;
    Ok(seriatim::Schema::new(columns?).or_throw()?.with_families(families))
}

fn families(declared: &[Json]) -> napi::Result<Families> {
    let families: napi::Result<Vec<CoreFamily>> =
        declared.iter().map(|it| family(it.clone())).collect();
    Families::new(families?).or_throw()
}

fn column(document: &Json) -> napi::Result<Column> {
    let text = |key: &str| document.get(key).and_then(Json::as_str);
    let found = text("type").unwrap_or_default().parse().or_throw()?;
    let column = Column::new(text("name").unwrap_or_default(), found).or_throw()?;
    let column = match text("zone") {
        Some(zone) => column.in_zone(zone).or_throw()?,
        None => column,
    };
    match document.get("identifier").and_then(Json::as_array) {
        Some(declared) => column.as_identifier(families(declared)?).or_throw(),
        None => Ok(column),
    }
}

/// A scope that knows its columns.
#[napi]
pub struct BoundScope {
    pub(crate) inner: seriatim::BoundScope,
}

#[napi]
impl BoundScope {
    /// What the scope says of a unit, as the code of the verdict.
    #[napi(catch_unwind)]
    pub fn decide(&self, unit: String) -> napi::Result<String> {
        let verdict = self.inner.decide(&self.record(&unit)?).or_throw()?;
        Ok(verdict.code().to_owned())
    }

    /// Whether the scope holds: true, false, or none where data is missing.
    #[napi(catch_unwind)]
    pub fn truth(&self, unit: String) -> napi::Result<Option<bool>> {
        Ok(truth_of(self.inner.truth(&self.record(&unit)?).or_throw()?))
    }

    /// What the scope says of a unit, and which clauses decide; JSON.
    #[napi(catch_unwind)]
    pub fn explain(&self, unit: String) -> napi::Result<String> {
        let decision = self.inner.explain_record(&self.record(&unit)?).or_throw()?;
        Ok(decision_of(&decision).to_string())
    }

    /// What the scope says that most likely is not what is meant; JSON.
    #[napi(catch_unwind)]
    pub fn notices(&self) -> String {
        notices_of(&self.inner)
    }

    #[napi(getter, catch_unwind)]
    pub fn digest(&self) -> String {
        self.inner.digest()
    }
}

impl BoundScope {
    fn record(&self, unit: &str) -> napi::Result<seriatim::Record> {
        let unit = json(unit)?;
        let unit = unit.as_object().ok_or_else(|| invalid("a described unit is an object"))?;
        record_of(unit, self.inner.schema()).or_throw()
    }
}

fn truth_of(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}

/// A decision with its clauses.
pub(crate) fn decision_of(decision: &seriatim::Decision) -> Json {
    let clause = |it: &seriatim::DecidingClause| match &it.place {
        Some(Place::Text { line, column, .. }) => {
            json!({"text": it.text, "truth": truth_of(it.truth), "line": line, "column": column})
        }
        Some(Place::Json { path }) => {
            json!({"text": it.text, "truth": truth_of(it.truth), "path": path})
        }
        _ => json!({"text": it.text, "truth": truth_of(it.truth)}),
    };
    let clauses: Vec<Json> = decision.clauses.iter().map(clause).collect();
    json!({
        "verdict": decision.verdict.code(),
        "truth": truth_of(decision.truth),
        "clauses": clauses,
    })
}

/// What a scope says that most likely is not what is meant; JSON.
pub(crate) fn notices_of(scope: &seriatim::BoundScope) -> String {
    let notice = |it: &seriatim::Notice| json!({"code": it.code, "clause": it.clause, "message": it.message});
    Json::Array(scope.notices().iter().map(notice).collect()).to_string()
}
