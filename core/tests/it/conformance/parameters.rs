//! Cases of parameters: values that a scope names and is given when it is bound.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;
use seriatim::{Literal, Parameters, Schema, Scope, SerialSet};

use super::files::{Case, Problems, run};
use super::scopes::{Asked, Forms, Refusal, decide, round_trip};
use super::units::Declared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterCase {
    name: String,
    /// For people: why the answer is right.
    #[serde(rename = "why")]
    _why: Option<String>,
    schema: Option<Declared>,
    scope: Forms,
    parameters: BTreeMap<String, Given>,
    /// SQL with the values in the places of the parameters.
    same_as: Option<String>,
    #[serde(default)]
    records: Vec<Asked>,
    error: Option<Refusal>,
}

/// What a parameter is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Given {
    Value(Json),
    Mask(String),
    List(Vec<Json>),
    Serials(Vec<String>),
}

impl Case for ParameterCase {
    fn name(&self) -> &str {
        &self.name
    }
}

fn literal(given: &Json) -> Result<Literal, String> {
    match given {
        Json::String(text) => Ok(Literal::from(text.as_str())),
        Json::Bool(truth) => Ok(Literal::from(*truth)),
        Json::Number(number) => number
            .as_i64()
            .map(Literal::from)
            .or_else(|| number.as_f64().map(Literal::from))
            .ok_or_else(|| format!("{number} is no value")),
        other => Err(format!("{other} is no value")),
    }
}

fn parameters(given: &BTreeMap<String, Given>) -> Result<Parameters, String> {
    given.iter().try_fold(Parameters::new(), |parameters, (name, given)| {
        Ok(match given {
            Given::Value(value) => parameters.with(name, literal(value)?),
            Given::Mask(mask) => parameters.with(name, Literal::mask(mask)),
            Given::List(list) => {
                let values: Result<Vec<Literal>, String> = list.iter().map(literal).collect();
                parameters.with_list(name, values?)
            }
            Given::Serials(serials) => {
                let set = SerialSet::new(serials).map_err(|error| error.to_string())?;
                parameters.with_serials(name, set)
            }
        })
    })
}

fn check(case: &ParameterCase, shared: Option<&Json>) -> Problems {
    let given = case.schema.as_ref().map_or_else(|| Ok(Schema::default()), Declared::schema);
    let (schema, parameters) = match given.and_then(|it| Ok((it, parameters(&case.parameters)?))) {
        Ok(both) => both,
        Err(problem) => return vec![problem],
    };
    if shared.is_some()
        || case.error.is_some() != (case.records.is_empty() && case.same_as.is_none())
    {
        return vec![
            "a case has either an error, or records and same_as; nothing is shared".into(),
        ];
    }
    let mut problems = Problems::new();
    for (form, scope) in case.scope.read() {
        let scope = match scope {
            Ok(scope) => scope,
            Err(error) => return vec![format!("{form}: {error}")],
        };
        round_trip(&scope, &mut problems);
        match (schema.bind_with(&scope, &parameters), &case.error) {
            (Err(error), Some(refusal)) => refusal.compare(&error, &mut problems),
            (Err(error), None) => problems.push(format!("{form}: {error}")),
            (Ok(_), Some(_)) => problems.push(format!("{form} is bound, and not an error")),
            (Ok(bound), None) => {
                case.records.iter().for_each(|it| decide(&bound, it, &mut problems));
                let same = case.same_as.iter().map(|it| it.parse::<Scope>().unwrap());
                for same in same.filter(|same| same.digest() != bound.digest()) {
                    problems.push(format!("{form} has not the digest of {same}"));
                }
            }
        }
    }
    problems
}

#[test]
fn parameters_are_what_the_cases_say() {
    run("parameters", check);
}
