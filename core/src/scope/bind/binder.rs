//! Turns every node of a scope into nodes of a bound scope.

use super::columns::value_test;
use super::fields::{field_test, is_made, made_days};
use super::given::Asked;
use super::keyed::Keyed;
use super::serials::{SerialTests, in_set, serial_tests};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, ColumnType, Schema};
use crate::scope::ast::{Comparison, Node, NodeId, Predicate, Spot, Subject, Test};
use crate::scope::bound::{BoundNode, SerialTest};
use crate::scope::draft;
use crate::scope::names::field_path;
use crate::scope::place::nearest;
use crate::scope::{BoundScope, Parameters, Scope, SerialSet, Truth};

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
    /// last, and when the scope has a parameter; `scope_syntax` when a built scope passes a limit.
    /// The error says where in the text or JSON of the scope it arose.
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
        self.bind_with(scope, &Parameters::new())
    }

    /// Resolves a scope against this schema, and puts in the values of its parameters.
    ///
    /// Costs a walk over the scope, and sorting the values of lists and sets.
    ///
    /// # Errors
    ///
    /// As [`bind`](Schema::bind); `scope_field` also when a parameter has no value, or one that
    /// does not fit where it stands; `invalid_argument` when a value is given that no parameter of
    /// the scope asks for.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{Parameters, Record, Schema, Scope, SerialSet, Verdict};
    ///
    /// let scope: Scope = "serial IN :uploaded".parse()?;
    /// let uploaded = SerialSet::new(["A7", "A8"])?;
    /// let parameters = Parameters::new().with_serials("uploaded", uploaded);
    /// let bound = Schema::default().bind_with(&scope, &parameters)?;
    /// assert_eq!(bound.decide(&Record::of_serial("A7"))?, Verdict::Affected);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn bind_with(&self, scope: &Scope, parameters: &Parameters) -> Result<BoundScope> {
        draft::check(scope)?;
        let mut binder = Binder { schema: self, parameters, nodes: Vec::new(), said: Vec::new() };
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
                Node::Test(test) => {
                    binder.test(said, test).map_err(|(error, at)| scope.origin.locate(error, at))?
                }
            };
            bound.push(id);
        }
        parameters.check_used(scope)?;
        let Binder { nodes, said, .. } = binder;
        let (scope, parameters) = (scope.clone(), parameters.clone());
        Ok(BoundScope { schema: self.clone(), scope, parameters, nodes, said })
    }
}

struct Binder<'a> {
    schema: &'a Schema,
    parameters: &'a Parameters,
    nodes: Vec<BoundNode>,
    said: Vec<NodeId>,
}

#[derive(Clone, Copy)]
enum Target<'a> {
    /// The serial, or an identifier.
    Keyed(Keyed<'a>),
    /// A field of it, by its name.
    Field(Keyed<'a>, &'a str),
    /// When it says that it was made.
    Made(Keyed<'a>),
    Namespace,
    Column(usize),
}

/// An error, and where it arose.
type Refused = (Error, Spot);

impl<'a> Binder<'a> {
    fn push(&mut self, said: NodeId, node: BoundNode) -> NodeId {
        self.nodes.push(node);
        self.said.push(said);
        NodeId::of(self.nodes.len() - 1)
    }

    fn test(&mut self, said: NodeId, test: &Test) -> Result<NodeId, Refused> {
        let subject = &test.subject;
        let target = self.target(subject)?;
        let asked = match self.parameters.put_into(&test.predicate)? {
            Asked::Predicate(predicate) => predicate,
            Asked::InSet(serials, at) => return self.in_set(said, (subject, target), serials, at),
        };
        let predicate = &*asked;
        if matches!(predicate, Predicate::In(list) if list.is_empty()) {
            return Ok(self.push(said, BoundNode::Constant(Truth::False)));
        }
        let positive = match target {
            Target::Keyed(keyed) => self.keyed(said, (subject, keyed), predicate)?,
            Target::Field(keyed, name) => {
                let test = field_test(keyed, (name, subject), predicate)?;
                if *predicate == Predicate::IsNull {
                    return Ok(self.part_missing(said, keyed, SerialTest::FieldMissing(test)));
                }
                self.push(said, keyed.test(SerialTest::Field(test)))
            }
            Target::Made(keyed) => {
                let days = made_days(keyed, subject, predicate)?;
                if *predicate == Predicate::IsNull {
                    return Ok(self.part_missing(said, keyed, SerialTest::MadeMissing));
                }
                self.push(said, keyed.test(SerialTest::Made(days)))
            }
            Target::Namespace | Target::Column(_) => {
                let node = self.value(subject, predicate, target)?;
                self.push(said, node)
            }
        };
        match predicate {
            Predicate::Compare(Comparison::Ne, _) => Ok(self.push(said, BoundNode::Not(positive))),
            // A serial without the field has no such value, and neither has a unit without a serial.
            Predicate::NotDistinct(_) => Ok(self.present(said, subject, target, positive)?),
            _ => Ok(positive),
        }
    }

    /// A condition that is FALSE where the value is missing.
    fn present(
        &mut self,
        said: NodeId,
        subject: &Subject,
        target: Target<'_>,
        test: NodeId,
    ) -> Result<NodeId, Refused> {
        let missing = match target {
            Target::Field(keyed, name) => {
                let test = field_test(keyed, (name, subject), &Predicate::IsNull)?;
                self.part_missing(said, keyed, SerialTest::FieldMissing(test))
            }
            Target::Made(keyed) => self.part_missing(said, keyed, SerialTest::MadeMissing),
            target => self.push(said, missing(target)),
        };
        let present = self.push(said, BoundNode::Not(missing));
        Ok(self.push(said, BoundNode::And(vec![present, test])))
    }

    /// Whether the serial lacks a part of it, or there is no serial.
    fn part_missing(&mut self, said: NodeId, keyed: Keyed<'_>, lacking: SerialTest) -> NodeId {
        let lacking = self.push(said, keyed.test(lacking));
        let without = self.push(said, keyed.missing());
        self.push(said, BoundNode::Or(vec![lacking, without]))
    }

    fn target<'s>(&self, subject: &'s Subject) -> Result<Target<'s>, Refused>
    where
        'a: 's,
    {
        let name = &*subject.column;
        if let Some((name, field)) = field_path(name) {
            let Ok(Target::Keyed(keyed)) = self.column(name, subject) else {
                return Err((self.no_fields(name, field), subject.column_at));
            };
            let made = is_made(keyed, field);
            return Ok(if made { Target::Made(keyed) } else { Target::Field(keyed, field) });
        }
        self.column(name, subject)
    }

    /// What a name without a field means.
    fn column(&self, name: &str, subject: &Subject) -> Result<Target<'a>, Refused> {
        let schema = self.schema;
        if name.eq_ignore_ascii_case("serial") {
            return Ok(Target::Keyed(Keyed::serial(schema.families())));
        }
        if name.eq_ignore_ascii_case("namespace") {
            return Ok(Target::Namespace);
        }
        if let Some(at) = schema.position(name) {
            let column = schema.columns().get(at);
            let identifier = column.and_then(|it| Some((it.name(), it.identifier()?)));
            return Ok(match identifier {
                Some((name, families)) => Target::Keyed(Keyed::column(at, name, families)),
                None => Target::Column(at),
            });
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
        Err((Error::new(ErrorKind::ScopeField, message), subject.column_at))
    }

    /// That a name stands for nothing that has fields.
    fn no_fields(&self, name: &str, field: &str) -> Error {
        let columns = self.schema.columns().iter();
        let named = columns.filter(|it| it.identifier().is_some()).map(Column::name);
        let named = ["serial"].into_iter().chain(named);
        let hint = match nearest(name, named.clone()) {
            Some(near) => format!("did you mean `{near}.{field}`?"),
            None => "a column is one name without a full stop".into(),
        };
        let named: Vec<String> = named.map(|it| format!("`{it}`")).collect();
        let message = format!("`{name}` has no fields, only {} has; {hint}", named.join(" or "));
        Error::new(ErrorKind::ScopeField, message)
    }

    /// A condition on a column or on the namespace.
    fn value(
        &self,
        subject: &Subject,
        predicate: &Predicate,
        target: Target<'_>,
    ) -> Result<BoundNode, Refused> {
        if *predicate == Predicate::IsNull {
            return Ok(missing(target));
        }
        let Target::Column(column) = target else {
            let text = (ColumnType::Text, None);
            return value_test(text, subject, predicate).map(BoundNode::Namespace).map_err(
                |(error, spot)| (error.within("the namespace"), spot.unwrap_or(subject.at())),
            );
        };
        let Some(declared) = self.schema.columns().get(column) else {
            return Ok(BoundNode::Constant(Truth::Unknown));
        };
        let zone = declared.zone().map_err(|error| (error, subject.at()))?;
        let column_type = declared.column_type();
        let test = value_test((column_type, Some(&zone)), subject, predicate).map_err(
            |(error, spot)| {
                let what = format!("column `{}` ({})", declared.name(), column_type.name());
                (error.within(what), spot.unwrap_or(subject.at()))
            },
        )?;
        Ok(BoundNode::Column { column, test })
    }

    fn keyed(
        &mut self,
        said: NodeId,
        (subject, keyed): (&Subject, Keyed<'_>),
        predicate: &Predicate,
    ) -> Result<NodeId, Refused> {
        if *predicate == Predicate::IsNull {
            return Ok(self.push(said, keyed.missing()));
        }
        let SerialTests { any, but } = serial_tests(keyed, subject, predicate)?;
        let tests: Vec<NodeId> =
            any.into_iter().map(|test| self.push(said, keyed.test(test))).collect();
        let any = match tests.as_slice() {
            [only] => *only,
            _ => self.push(said, BoundNode::Or(tests)),
        };
        let Some(but) = but else { return Ok(any) };
        let but = self.push(said, keyed.test(SerialTest::In(vec![but])));
        let other = self.push(said, BoundNode::Not(but));
        Ok(self.push(said, BoundNode::And(vec![any, other])))
    }

    fn in_set(
        &mut self,
        said: NodeId,
        (subject, target): (&Subject, Target<'_>),
        serials: &SerialSet,
        at: Spot,
    ) -> Result<NodeId, Refused> {
        let Target::Keyed(keyed) = target else {
            let message = format!(
                "a set of serials is for `serial` and identifiers; give `{subject}` a list"
            );
            return Err((Error::new(ErrorKind::ScopeField, message), at));
        };
        let node = if serials.is_empty() {
            BoundNode::Constant(Truth::False)
        } else {
            keyed.test(in_set(keyed, subject, serials, at)?)
        };
        Ok(self.push(said, node))
    }
}

/// Whether the value of a target is missing.
fn missing(target: Target<'_>) -> BoundNode {
    match target {
        Target::Keyed(keyed) | Target::Field(keyed, _) | Target::Made(keyed) => keyed.missing(),
        Target::Namespace => BoundNode::Constant(Truth::False),
        Target::Column(column) => BoundNode::Missing { column },
    }
}
