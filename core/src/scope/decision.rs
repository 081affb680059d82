//! Which clauses decide about one described unit.

use super::ast::{Node, NodeId};
use super::{BoundScope, Truth, Verdict};
use crate::error::{Place, Result};
use crate::schema::Record;

/// The verdict on one unit, and the clauses of the scope that decide it.
///
/// Made by [`BoundScope::explain_record`].
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The answer.
    pub verdict: Verdict,
    /// Whether the scope holds, which says more where the serial is invalid.
    pub truth: Truth,
    /// What decides, in the order of the scope.
    pub clauses: Vec<DecidingClause>,
}

/// A clause that decides about a unit: a condition, or a condition with its `NOT`.
#[derive(Clone, Debug, PartialEq)]
pub struct DecidingClause {
    /// The clause as SQL; long lists are shortened.
    pub text: String,
    /// Where it stands in the text or JSON of the scope; what was built has no place.
    pub place: Option<Place>,
    /// Whether it holds for the unit.
    pub truth: Truth,
}

impl BoundScope {
    /// Whether the scope covers a unit that somebody describes, and which clauses decide.
    ///
    /// Where the scope is TRUE, they are of every `OR` those that hold, and of every `AND` all;
    /// where it is FALSE, of every `AND` those that fail, and of every `OR` all; where it is
    /// UNKNOWN, those that are UNKNOWN: knowing them would settle it. Costs a walk over the scope.
    ///
    /// # Errors
    ///
    /// As [`decide`](BoundScope::decide).
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{Column, ColumnType, Record, Schema, Value, Verdict};
    ///
    /// let columns = ["facility", "lot"].map(|name| Column::new(name, ColumnType::Text));
    /// let schema = Schema::new(columns.into_iter().collect::<Result<_, _>>()?)?;
    /// let bound = schema.bind(&"facility = 'Leipzig' AND (lot = 'L1' OR lot = 'L2')".parse()?)?;
    ///
    /// let unit = Record::of_serial("A7").with("facility", Value::Text("Leipzig".into()));
    /// let decision = bound.explain_record(&unit)?;
    /// assert_eq!(decision.verdict, Verdict::Undetermined);
    /// let texts: Vec<&str> = decision.clauses.iter().map(|it| it.text.as_str()).collect();
    /// assert_eq!(texts, ["lot = 'L1'", "lot = 'L2'"]);
    ///
    /// let elsewhere = unit.with("facility", Value::Text("Graz".into()));
    /// let decision = bound.explain_record(&elsewhere)?;
    /// assert_eq!(decision.verdict, Verdict::NotAffected);
    /// assert_eq!(decision.clauses[0].text, "facility = 'Leipzig'");
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn explain_record(&self, record: &Record) -> Result<Decision> {
        let (truths, verdict) = self.truths(record)?;
        let truth = truths.last().copied().unwrap_or(Truth::Unknown);
        Ok(Decision { verdict, truth, clauses: self.deciding(&truths) })
    }

    /// The clauses that decide, given the truth of every bound node, in their order.
    pub(crate) fn deciding(&self, truths: &[Truth]) -> Vec<DecidingClause> {
        let mut of_scope = vec![Truth::Unknown; self.scope.nodes.len()];
        for (said, truth) in self.said.iter().zip(truths) {
            // Of several bound nodes for one of the scope, the last is the whole.
            if let Some(place) = of_scope.get_mut(said.index()) {
                *place = *truth;
            }
        }
        let truth_of = |id: NodeId| of_scope.get(id.index()).copied().unwrap_or(Truth::Unknown);
        let (mut clauses, mut places) = (Vec::new(), self.scope.origin.places());
        let mut open = vec![self.scope.root()];
        while let Some(id) = open.pop() {
            let truth = truth_of(id);
            let at = match self.scope.node(id) {
                Some(Node::And(children) | Node::Or(children)) => {
                    // Of a TRUE `AND` and a FALSE `OR` all children are as the whole is.
                    open.extend(children.iter().rev().filter(|child| truth_of(**child) == truth));
                    continue;
                }
                Some(Node::Not(child)) => {
                    let Some(Node::Test(test)) = self.scope.node(*child) else {
                        open.push(*child);
                        continue;
                    };
                    test.subject.at()
                }
                Some(Node::Test(test)) => test.subject.at(),
                None => continue,
            };
            let (text, place) = (self.scope.excerpt(id), places.place(at));
            clauses.push(DecidingClause { text, place, truth });
        }
        clauses
    }
}
