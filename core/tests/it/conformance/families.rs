//! Cases of serial families read off lists of serials.

use serde::Deserialize;
use seriatim::{Families, Inferrer};

use super::files::{Case, Problems, run};
use super::text::Serials;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FamiliesCase {
    name: String,
    /// For people: why the answer is right.
    #[serde(rename = "why")]
    _why: Option<String>,
    /// The families that exist already.
    #[serde(default)]
    existing: Families,
    serials: Vec<Serials>,
    families: Vec<Shown>,
    opaque: u64,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    layout: String,
    count: u64,
}

impl Case for FamiliesCase {
    fn name(&self) -> &str {
        &self.name
    }
}

fn check(case: &FamiliesCase, _: Option<&()>) -> Problems {
    let serials: Vec<String> = case.serials.iter().flat_map(Serials::texts).collect();
    let mut problems = Problems::new();
    // The order of a sample does not matter.
    for backwards in [false, true] {
        let mut inferrer = Inferrer::new(&case.existing);
        let mut known = 0;
        let mut observe = |serial: &String| {
            if case.existing.iter().any(|(_, family)| family.encode(serial).is_some()) {
                known += 1;
            } else {
                inferrer.observe(serial);
            }
        };
        if backwards {
            serials.iter().rev().for_each(&mut observe);
        } else {
            serials.iter().for_each(&mut observe);
        }
        inferrer.observe_known(known);
        let found = inferrer.finish();
        let shown =
            |it: &seriatim::InferredFamily| Shown { layout: it.family.layout(), count: it.count };
        let families: Vec<Shown> = found.families.iter().map(shown).collect();
        if families != case.families {
            problems.push(format!("the families are {families:?}"));
        }
        if found.opaque.count != case.opaque {
            problems.push(format!("{} serials stay opaque", found.opaque.count));
        }
    }
    problems
}

#[test]
fn families_are_those_of_the_cases() {
    run("families", check);
}
