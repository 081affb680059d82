//! Turns every node of a scope into nodes of a bound scope.

use super::columns::value_test;
use super::texts::{pattern, text, text_test};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, ColumnType, Schema};
use crate::scope::ast::{Comparison, Node, NodeId, Operand, Predicate, Spot, Test};
use crate::scope::bound::{BoundNode, SerialTest};
use crate::scope::draft;
use crate::scope::place::nearest;
use crate::scope::{BoundScope, Scope, Truth};
use crate::serial::SerialKey;

pub(super) const BETWEEN_ENDS: &str =
    "the first end of BETWEEN comes after the last; swap them, or correct one";

impl Schema {
    /// Resolves a scope against this schema.
    ///
    /// Column names are found as written, or else in another case. Costs a walk over the scope.
    ///
    /// # Errors
    ///
    /// `scope_field` when the schema has no such column, when a literal does not fit its column,
    /// is no day or instant, or is no serial, and when the first end of a range comes after the
    /// last; `scope_syntax` when a built scope passes a limit. The error says where in the text or
    /// JSON of the scope it arose.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{Column, ColumnType, ErrorKind, Schema, Scope};
    ///
    /// let schema = Schema::new(vec![Column::new("facility", ColumnType::Text)?])?;
    /// let scope: Scope = "facilty = 'Leipzig'".parse()?;
    /// let error = schema.bind(&scope).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::ScopeField);
    /// assert_eq!(error.message(), "there is no column `facilty`; did you mean `facility`?");
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn bind(&self, scope: &Scope) -> Result<BoundScope> {
        draft::check(scope)?;
        let mut binder = Binder { schema: self, scope, nodes: Vec::new(), said: Vec::new() };
        let mut bound: Vec<NodeId> = Vec::with_capacity(scope.nodes.len());
        for (at, node) in scope.nodes.iter().enumerate() {
            let said = NodeId::of(at);
            let child = |id: &NodeId| bound.get(id.index()).copied().unwrap_or(*id);
            let id = match node {
                Node::And(children) => {
                    binder.push(said, BoundNode::And(children.iter().map(child).collect()))
                }
                Node::Or(children) => {
                    binder.push(said, BoundNode::Or(children.iter().map(child).collect()))
                }
                Node::Not(inner) => binder.push(said, BoundNode::Not(child(inner))),
                Node::Test(test) => binder.test(said, test)?,
            };
            bound.push(id);
        }
        let Binder { nodes, said, .. } = binder;
        Ok(BoundScope { schema: self.clone(), scope: scope.clone(), nodes, said })
    }
}

struct Binder<'a> {
    schema: &'a Schema,
    scope: &'a Scope,
    nodes: Vec<BoundNode>,
    said: Vec<NodeId>,
}

enum Target {
    Serial,
    Namespace,
    Column(usize),
}

impl Binder<'_> {
    fn push(&mut self, said: NodeId, node: BoundNode) -> NodeId {
        self.nodes.push(node);
        self.said.push(said);
        NodeId::of(self.nodes.len() - 1)
    }

    fn test(&mut self, said: NodeId, test: &Test) -> Result<NodeId> {
        let target = self.target(test)?;
        if matches!(&test.predicate, Predicate::In(list) if list.is_empty()) {
            return Ok(self.push(said, BoundNode::Constant(Truth::False)));
        }
        let positive = match target {
            Target::Serial => self.serial(said, test)?,
            Target::Namespace => self.namespace(said, test)?,
            Target::Column(column) => self.column(said, test, column)?,
        };
        match &test.predicate {
            Predicate::Compare(Comparison::Ne, _) => Ok(self.push(said, BoundNode::Not(positive))),
            _ => Ok(positive),
        }
    }

    fn target(&self, test: &Test) -> Result<Target> {
        let name = &*test.column;
        if name.eq_ignore_ascii_case("serial") {
            return Ok(Target::Serial);
        }
        if name.eq_ignore_ascii_case("namespace") {
            return Ok(Target::Namespace);
        }
        if let Some(column) = self.schema.position(name) {
            return Ok(Target::Column(column));
        }
        let names = self.schema.columns().iter().map(Column::name);
        let hint = if let Some(near) = nearest(name, names.clone().chain(["serial", "namespace"])) {
            format!("did you mean `{near}`?")
        } else {
            let some: Vec<&str> =
                ["serial", "namespace"].into_iter().chain(names).take(20).collect();
            format!("there are {}", some.join(", "))
        };
        let message = format!("there is no column `{name}`; {hint}");
        Err(self.error(test.column_at, Error::new(ErrorKind::ScopeField, message)))
    }

    fn column(&mut self, said: NodeId, test: &Test, column: usize) -> Result<NodeId> {
        if test.predicate == Predicate::IsNull {
            return Ok(self.push(said, BoundNode::Missing { column }));
        }
        let Some(declared) = self.schema.columns().get(column) else {
            return Ok(self.push(said, BoundNode::Constant(Truth::Unknown)));
        };
        let values = value_test(declared, &test.predicate).map_err(|(error, spot)| {
            let what = format!("column `{}` ({})", declared.name(), declared.column_type().name());
            self.error(spot.unwrap_or(test.column_at), error.within(what))
        })?;
        Ok(self.push(said, BoundNode::Column { column, test: values }))
    }

    fn namespace(&mut self, said: NodeId, test: &Test) -> Result<NodeId> {
        if test.predicate == Predicate::IsNull {
            return Ok(self.push(said, BoundNode::Constant(Truth::False)));
        }
        let texts = text_test(&test.predicate, ColumnType::Text)
            .map_err(|(error, spot)| self.error(spot, error.within("the namespace")))?;
        Ok(self.push(said, BoundNode::Namespace(texts)))
    }

    fn serial(&mut self, said: NodeId, test: &Test) -> Result<NodeId> {
        let node = match &test.predicate {
            Predicate::IsNull => BoundNode::SerialMissing,
            Predicate::Compare(Comparison::Eq | Comparison::Ne, operand) => {
                BoundNode::Serial(SerialTest::In(vec![self.key(operand)?]))
            }
            Predicate::Compare(Comparison::Le | Comparison::Lt, operand) => {
                let range = self.range(None, Some(operand))?;
                return self.range_node(said, range, test);
            }
            Predicate::Compare(Comparison::Ge | Comparison::Gt, operand) => {
                let range = self.range(Some(operand), None)?;
                return self.range_node(said, range, test);
            }
            Predicate::Between(first, last) => self.range(Some(first), Some(last))?,
            Predicate::In(list) => {
                let keys: Result<Vec<SerialKey>> =
                    list.iter().map(|operand| self.key(operand)).collect();
                let mut keys = keys?;
                keys.sort();
                keys.dedup();
                BoundNode::Serial(SerialTest::In(keys))
            }
            Predicate::Like(operand) => {
                let pattern = pattern(operand, ColumnType::Text)
                    .map_err(|(error, spot)| self.serial_error(spot, error))?;
                BoundNode::Serial(SerialTest::Like(pattern))
            }
        };
        Ok(self.push(said, node))
    }

    /// A range, without its end where the comparison is strict: what is at most the end and not
    /// the end, so that a near miss of the range's family stays UNKNOWN.
    fn range_node(&mut self, said: NodeId, range: BoundNode, test: &Test) -> Result<NodeId> {
        let range = self.push(said, range);
        let Predicate::Compare(Comparison::Lt | Comparison::Gt, end) = &test.predicate else {
            return Ok(range);
        };
        let end = BoundNode::Serial(SerialTest::In(vec![self.key(end)?]));
        let end = self.push(said, end);
        let other = self.push(said, BoundNode::Not(end));
        Ok(self.push(said, BoundNode::And(vec![range, other])))
    }

    fn range(&self, first: Option<&Operand>, last: Option<&Operand>) -> Result<BoundNode> {
        let text = |end: Option<&Operand>| match end {
            None => Ok(None),
            Some(operand) => {
                // What is no serial at all is told where it stands, be it the first end or the last.
                self.key(operand)?;
                text(operand, ColumnType::Text)
                    .map(Some)
                    .map_err(|(error, spot)| self.serial_error(spot, error))
            }
        };
        let (start, end) = (text(first)?, text(last)?);
        let families = self.schema.families();
        let at = first.or(last).map_or(Spot::default(), |operand| operand.at);
        families
            .bind_range(start.as_deref(), end.as_deref())
            .map(|range| BoundNode::Serial(SerialTest::Range(range)))
            .map_err(|error| self.error(at, field(&error)))
    }

    fn key(&self, operand: &Operand) -> Result<SerialKey> {
        let text = text(operand, ColumnType::Text)
            .map_err(|(error, spot)| self.serial_error(spot, error))?;
        let families = self.schema.families();
        families.classify(&text).map_err(|error| self.error(operand.at, field(&error)))
    }

    fn serial_error(&self, at: Spot, error: Error) -> Error {
        self.error(at, error.within("the serial"))
    }

    fn error(&self, at: Spot, error: Error) -> Error {
        self.scope.origin.locate(error, at)
    }
}

/// What is wrong with a serial is here wrong with the scope.
fn field(error: &Error) -> Error {
    Error::new(ErrorKind::ScopeField, error.message())
}
