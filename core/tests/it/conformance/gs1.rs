//! Cases of data of GS1, and of what a scanner gives.

use serde::Deserialize;
use seriatim::{ElementString, Families, Scanned};

use super::files::{Case, Problems, run};
use super::scopes::Refusal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ElementCase {
    name: String,
    /// For people: why the answer is right.
    #[serde(rename = "why")]
    _why: Option<String>,
    text: String,
    /// As a scanner transmits it, with FNC1.
    element_string: Option<String>,
    bracketed: Option<String>,
    digital_link: Option<Link>,
    sgtin: Option<Sgtin>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    stem: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sgtin {
    company_prefix_digits: usize,
    text: String,
}

impl Case for ElementCase {
    fn name(&self) -> &str {
        &self.name
    }
}

fn check_elements(case: &ElementCase, _: Option<&()>) -> Problems {
    let mut problems = Problems::new();
    match (case.text.parse::<ElementString>(), &case.error, &case.element_string) {
        (Ok(read), None, Some(expected)) => case.compare(&read, expected, &mut problems),
        (Err(error), Some(refusal), None) => refusal.compare(&error, &mut problems),
        (read, _, _) => problems.push(format!("it is read as {read:?}")),
    }
    problems
}

impl ElementCase {
    fn compare(&self, read: &ElementString, transmitted: &str, problems: &mut Problems) {
        let mut expect = |form: &str, expected: &str, found: String| {
            if expected != found {
                problems.push(format!("{form} is {found:?}"));
            }
            if found.parse().ok().as_ref().map(sorted) != Some(sorted(read)) {
                problems.push(format!("{form} is read as something else: {found:?}"));
            }
        };
        expect("element_string", transmitted, read.to_fnc1());
        let bracketed = read.to_string();
        expect("bracketed", self.bracketed.as_ref().unwrap_or(&bracketed), bracketed.clone());
        if let Some(Link { stem, text }) = &self.digital_link {
            expect("digital_link", text, read.to_digital_link(stem).unwrap());
        }
        if let Some(Sgtin { company_prefix_digits, text }) = &self.sgtin {
            expect("sgtin", text, read.to_sgtin(*company_prefix_digits).unwrap());
        }
    }
}

/// Identifiers and values without their order, which a link does not keep.
fn sorted(elements: &ElementString) -> Vec<(&str, &str)> {
    let mut all: Vec<_> = elements.elements().collect();
    all.sort_unstable();
    all
}

#[test]
fn data_of_gs1_are_read_as_the_cases_say() {
    run("gs1", check_elements);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScannedCase {
    name: String,
    /// For people: why the answer is right.
    #[serde(rename = "why")]
    _why: Option<String>,
    #[serde(default)]
    families: Families,
    text: String,
    namespace: Option<String>,
    serial: Option<String>,
    error: Option<Refusal>,
}

impl Case for ScannedCase {
    fn name(&self) -> &str {
        &self.name
    }
}

fn check_scanned(case: &ScannedCase, _: Option<&()>) -> Problems {
    let mut problems = Problems::new();
    match (Scanned::read(&case.text, &case.families), &case.error) {
        (Err(error), Some(refusal)) => refusal.compare(&error, &mut problems),
        (Ok(read), None)
            if read.namespace() == case.namespace.as_deref()
                && Some(read.serial()) == case.serial.as_deref() => {}
        (read, _) => problems.push(format!("it is read as {read:?}")),
    }
    problems
}

#[test]
fn scans_are_read_as_the_cases_say() {
    run("scanned", check_scanned);
}
