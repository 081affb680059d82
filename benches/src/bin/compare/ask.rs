//! Opens the index, puts the questions and checks the answers.

use serde_json::{Map, Value, json};
use seriatim::{Index, Scope, Snapshot, Verdict};

use crate::arguments::Arguments;
use crate::digest::{groups_digest, groups_json};
use crate::feed::{Expected, Params};
use crate::outcome::Outcome;
use crate::questions::{self, Answer, Ask};
use crate::timing::{Report, Watch, measure, measure_each, milliseconds};
use crate::{Fallible, memory, pages};

/// The questions that have a scope of their own.
const SELECTIONS: [(&str, Ask); 11] = [
    ("Q1", Ask::Registered),
    ("Q2", Ask::Owners),
    ("Q3", Ask::ByMarket),
    ("Q4", Ask::Registered),
    ("Q7", Ask::ByMonthAndMarket),
    ("Q8", Ask::Units),
    ("Q9", Ask::Units),
    ("Q10", Ask::Units),
    ("Q11", Ask::Units),
    ("Q12", Ask::Units),
    ("Q13", Ask::Units),
];
/// Serials that Q6s asks for.
const SINGLE: usize = 1000;

pub(crate) fn run(arguments: &Arguments) -> Fallible {
    let params = Params::read(&arguments.data)?;
    let expected = Expected::read(&arguments.data)?;
    let mut outcome = Outcome::open(&arguments.result, params.units)?;
    outcome.save("open", open(arguments, &expected)?)?;

    let snapshot = Index::open(&arguments.store)?.snapshot();
    // What is not asked this time keeps its last answer.
    let before = if arguments.only.is_empty() { Map::new() } else { outcome.part("queries") };
    let (reports, wrong) = (before, Vec::new());
    let mut asking = Asking { snapshot, expected, runs: arguments.runs, reports, wrong };
    for (question, ask) in SELECTIONS.iter().filter(|(question, _)| arguments.asks(question)) {
        asking.select(question, *ask)?;
    }
    let serials = params.serials();
    if arguments.asks("Q5") {
        asking.list_contacts()?;
    }
    if arguments.asks("Q6") {
        asking.look_up(&serials)?;
    }
    if arguments.asks("Q6s") {
        asking.look_up_singly(serials.get(..SINGLE).unwrap_or(&serials))?;
    }
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
    questions::answer(&index.snapshot(), &scope, Ask::Registered)?;
    let with_first = watch.wall();
    drop(index);
    let (warm, _) = measure(None, || Ok(Index::open(&arguments.store)?))?;
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
    runs: Option<usize>,
    reports: Map<String, Value>,
    wrong: Vec<String>,
}

impl Asking {
    fn scope(&self, question: &str) -> Fallible<Scope> {
        Ok(self.expected.of(question)?.scope()?.parse()?)
    }

    /// A question with a scope of its own.
    fn select(&mut self, question: &str, ask: Ask) -> Fallible {
        let (read, scope) = measure(self.runs, || self.scope(question))?;
        let (mut report, found) =
            measure(self.runs, || questions::answer(&self.snapshot, &scope, ask))?;
        report.extend(read.get("ms").map(|it| ("read_ms".to_owned(), it.clone())));
        let answer = match found {
            Answer::Counts(counts) => json!(counts),
            Answer::Groups(groups) => {
                let groups = questions::groups(&groups)?;
                self.check(question, "groups", &groups_json(&groups))?;
                groups_digest(&groups)
            }
        };
        for (name, count) in questions::counts(&self.snapshot.select(&scope)?)? {
            self.check(question, name, &count)?;
        }
        self.report(question, report, answer)
    }

    /// Q5: the registrations of Q2's units.
    fn list_contacts(&mut self) -> Fallible {
        let scope = self.scope("Q2")?;
        let columns = self.expected.of("Q5")?.columns()?;
        let columns = columns.into_iter().map(questions::field).collect::<Fallible<Vec<_>>>()?;
        let (report, batches) =
            measure(self.runs, || questions::contact_list(&self.snapshot, &scope, &columns))?;
        self.report("Q5", report, questions::contact_digest(&batches)?)
    }

    /// Q6: which serials are known, and which are in the scope of Q2?
    fn look_up(&mut self, serials: &[&str]) -> Fallible {
        let scope = self.scope("Q2")?;
        let (report, [known, affected, undetermined]) = measure(self.runs, || {
            let found = self.snapshot.lookup(serials)?.found;
            let selection = self.snapshot.select(&scope)?;
            let affected = found.intersection(&selection.affected)?.len();
            let undetermined = found.intersection(&selection.undetermined)?.len();
            Ok([found.len(), affected, undetermined])
        })?;
        self.check("Q6", "undetermined", &undetermined.into())?;
        self.report("Q6", report, json!([known, affected]))
    }

    /// Q6s: the same of one serial at a time.
    fn look_up_singly(&mut self, serials: &[&str]) -> Fallible {
        let scope = self.scope("Q2")?;
        let selection = self.snapshot.select(&scope)?;
        let (report, verdicts) = measure_each(serials, |serial| Ok(selection.status(serial)?))?;
        let none = |it: &&Verdict| matches!(it, Verdict::UnknownSerial | Verdict::InvalidSerial);
        let known = verdicts.len() - verdicts.iter().filter(none).count();
        self.report("Q6s", report, known.into())
    }

    fn check(&mut self, question: &str, name: &str, found: &Value) -> Fallible {
        if let Err(wrong) = self.expected.of(question)?.check(question, name, found) {
            self.wrong.push(wrong.to_string());
        }
        Ok(())
    }

    /// Checks what every engine answers, and keeps what was measured.
    fn report(&mut self, question: &str, mut report: Report, answer: Value) -> Fallible {
        self.check(question, "answer", &answer)?;
        let figure = |name: &str| report.get(name).and_then(Value::as_f64).unwrap_or_default();
        println!(
            "  {question:4} {:10.4} ms  (min {:.4}, cpu {:.4}, first {:.3})",
            figure("ms"),
            figure("min_ms"),
            figure("cpu_ms"),
            figure("first_ms")
        );
        report.insert("answer".to_owned(), answer);
        self.reports.insert(question.to_owned(), report.into());
        Ok(())
    }
}
