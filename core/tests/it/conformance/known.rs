//! Cases of the ready-made families.

use std::collections::BTreeMap;

use serde::Deserialize;
use seriatim::{FieldValue, Result, SerialFamily};

use super::files::{Case, Problems, run};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KnownCase {
    name: String,
    /// For people: why the answer is right.
    #[serde(rename = "why")]
    _why: Option<String>,
    family: Constructor,
    layout: Option<String>,
    order: Option<Vec<String>>,
    #[serde(default)]
    fits: Vec<Fitting>,
    #[serde(default)]
    misfits: Vec<String>,
    /// Serials in the family's order.
    #[serde(default)]
    ascending: Vec<String>,
    /// What the message of the constructor's error has in it.
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Constructor {
    Counter { digits_max: usize },
    PrefixedCounter { prefix: String, digits_max: usize },
    Vin { first_model_year: i16 },
    VinWithoutModelYear {},
    Imei {},
    Imeisv {},
    Gs1 {},
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fitting {
    serial: String,
    /// As the family writes it, where that is another text.
    canonical: Option<String>,
    check: Option<bool>,
    #[serde(default)]
    fields: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Number(i64),
    Text(Box<str>),
}

impl Case for KnownCase {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Constructor {
    fn family(&self) -> Result<SerialFamily> {
        let name = "it";
        match self {
            Constructor::Counter { digits_max } => SerialFamily::counter(name, *digits_max),
            Constructor::PrefixedCounter { prefix, digits_max } => {
                SerialFamily::prefixed_counter(name, prefix, *digits_max)
            }
            Constructor::Vin { first_model_year } => SerialFamily::vin(name, *first_model_year),
            Constructor::VinWithoutModelYear {} => SerialFamily::vin_without_model_year(name),
            Constructor::Imei {} => SerialFamily::imei(name),
            Constructor::Imeisv {} => SerialFamily::imeisv(name),
            Constructor::Gs1 {} => SerialFamily::gs1(name),
        }
    }
}

impl Fitting {
    fn compare(&self, family: &SerialFamily, problems: &mut Problems) {
        let serial = &self.serial;
        let Some(code) = family.encode(serial) else {
            problems.push(format!("{serial:?} does not fit"));
            return;
        };
        let written = family.decode(code).unwrap();
        if written != *self.canonical.as_ref().unwrap_or(serial) {
            problems.push(format!("{serial:?} is written {written:?}"));
        }
        let check = family.check(serial);
        if check != self.check {
            problems.push(format!("the check of {serial:?} is {check:?}"));
        }
        for (name, value) in &self.fields {
            let found = family.field(name).map(|it| it.value(it.number_of(code)));
            let expected = match value {
                Value::Number(number) => FieldValue::Number(*number),
                Value::Text(text) => FieldValue::Text(text.clone()),
            };
            if found.as_ref() != Some(&expected) {
                problems.push(format!("{name} of {serial:?} is {found:?}"));
            }
        }
    }
}

fn check(case: &KnownCase, _: Option<&()>) -> Problems {
    let family = match (case.family.family(), &case.error) {
        (Ok(family), None) => family,
        (Err(error), Some(part)) if error.message().contains(&**part) => return Problems::new(),
        (made, _) => return vec![format!("the family is {made:?}")],
    };
    let mut problems = Problems::new();
    if case.layout.as_ref().is_some_and(|it| *it != family.layout()) {
        problems.push(format!("the layout is {}", family.layout()));
    }
    if case.order.as_ref().is_some_and(|it| !family.order().eq(it.iter().map(String::as_str))) {
        problems.push(format!("the order is {:?}", family.order().collect::<Vec<_>>()));
    }
    for serial in &case.fits {
        serial.compare(&family, &mut problems);
    }
    let fitting = case.misfits.iter().filter(|it| family.encode(it).is_some());
    problems.extend(fitting.map(|it| format!("{it:?} fits")));
    let codes: Vec<_> = case.ascending.iter().map(|it| family.encode(it)).collect();
    if codes.contains(&None) || !codes.is_sorted_by(|a, b| a < b) {
        problems.push(format!("the codes are {codes:?}"));
    }
    problems
}

#[test]
fn ready_made_families_are_as_the_cases_say() {
    run("known", check);
}
