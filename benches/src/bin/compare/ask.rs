//! Opens the index, puts the questions and checks the answers.

use serde_json::{Map, Value, json};
use seriatim::{Index, Scope, Snapshot, Verdict};

use crate::arguments::Arguments;
use crate::feed::{Expected, Params};
use crate::outcome::Outcome;
use crate::timing::{Report, Watch, measure, measure_each, milliseconds};
use crate::{Fallible, memory, pages};

pub(crate) fn run(arguments: &Arguments) -> Fallible {
    let params = Params::read(&arguments.data)?;
    let expected = Expected::read(&arguments.data)?;
    let mut outcome = Outcome::open(&arguments.result, params.units)?;
    outcome.save("open", open(arguments, &expected)?)?;

    let snapshot = Index::open(&arguments.store)?.snapshot();
    let mut asking = Asking { snapshot, expected, reports: Map::new(), wrong: Vec::new() };
    for question in ["Q1", "Q2", "Q3", "Q4", "Q7", "Q8", "Q9"] {
        asking.select(question)?;
    }
    let serials = params.serials();
    asking.look_up(&serials)?;
    asking.look_up_singly(serials.get(..1000).unwrap_or(&serials))?;

    outcome.save("queries", Value::Object(asking.reports))?;
    outcome.save("query_rss", memory::now())?;
    if asking.wrong.is_empty() {
        return Ok(());
    }
    Err(format!("wrong answers:\n  {}", asking.wrong.join("\n  ")).into())
}

/// Opens the index from a cold page cache, and again from a warm one.
fn open(arguments: &Arguments, expected: &Expected) -> Fallible<Value> {
    let scope: Scope = expected.of("Q1")?.scope()?.parse()?;
    pages::evict(&arguments.store)?;
    let watch = Watch::start();
    let index = Index::open(&arguments.store)?;
    let cold = watch.wall();
    index.snapshot().select(&scope)?;
    let with_first = watch.wall();
    drop(index);
    let (warm, _) = measure(|| Ok(Index::open(&arguments.store)?))?;
    let warm_ms = warm.get("ms").and_then(Value::as_f64).unwrap_or_default();
    let (cold, with_first) = (milliseconds(cold), milliseconds(with_first));
    println!("  open: cold {cold:.2} ms, with first Q1 {with_first:.2} ms, warm {warm_ms:.3} ms");
    Ok(json!({
        "open_ms": cold, "open_plus_first_q1_ms": with_first, "warm_ms": warm_ms,
    }))
}

/// What is asked, and what came of it.
struct Asking {
    snapshot: Snapshot,
    expected: Expected,
    reports: Map<String, Value>,
    wrong: Vec<String>,
}

impl Asking {
    fn select(&mut self, question: &str) -> Fallible {
        let text = self.expected.of(question)?.scope()?.to_owned();
        let (read, scope) = measure(|| Ok(text.parse::<Scope>()?))?;
        let (mut report, found) = measure(|| Ok(self.snapshot.select(&scope)?))?;
        report.extend(read.get("ms").map(|it| ("read_ms".to_owned(), it.clone())));
        self.check(question, "affected", &found.affected.len().into())?;
        self.check(question, "undetermined", &found.undetermined.len().into())?;
        self.report(question, report);
        Ok(())
    }

    /// Q6: which serials are known, and which are in the scope of Q2?
    fn look_up(&mut self, serials: &[&str]) -> Fallible {
        let scope: Scope = self.expected.of("Q2")?.scope()?.parse()?;
        let (mut report, [known, affected, undetermined]) = measure(|| {
            let found = self.snapshot.lookup(serials)?.found;
            let selection = self.snapshot.select(&scope)?;
            let affected = found.intersection(&selection.affected)?.len();
            let undetermined = found.intersection(&selection.undetermined)?.len();
            Ok([found.len(), affected, undetermined])
        })?;
        let answer = json!([known, affected]);
        self.check("Q6", "answer", &answer)?;
        self.check("Q6", "undetermined", &undetermined.into())?;
        report.insert("answer".to_owned(), answer);
        self.report("Q6", report);
        Ok(())
    }

    /// Q6s: the same of one serial at a time.
    fn look_up_singly(&mut self, serials: &[&str]) -> Fallible {
        let scope: Scope = self.expected.of("Q2")?.scope()?.parse()?;
        let selection = self.snapshot.select(&scope)?;
        let (mut report, verdicts) = measure_each(serials, |serial| Ok(selection.status(serial)?))?;
        let none = |it: &&Verdict| matches!(it, Verdict::UnknownSerial | Verdict::InvalidSerial);
        let known = Value::from(verdicts.len() - verdicts.iter().filter(none).count());
        self.check("Q6s", "answer", &known)?;
        report.insert("answer".to_owned(), known);
        self.report("Q6s", report);
        Ok(())
    }

    fn check(&mut self, question: &str, name: &str, found: &Value) -> Fallible {
        if let Err(wrong) = self.expected.of(question)?.check(question, name, found) {
            self.wrong.push(wrong.to_string());
        }
        Ok(())
    }

    fn report(&mut self, question: &str, report: Report) {
        let figure = |name: &str| report.get(name).and_then(Value::as_f64).unwrap_or_default();
        println!(
            "  {question:4} {:10.4} ms  (min {:.4}, cpu {:.4}, first {:.3})",
            figure("ms"),
            figure("min_ms"),
            figure("cpu_ms"),
            figure("first_ms")
        );
        self.reports.insert(question.to_owned(), report.into());
    }
}
