//! A scope that knows its columns.

use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use super::ast::NodeId;
use super::bound_serials::BoundSerials;
use super::field_test::FieldTest;
use super::like::LikePattern;
use super::mask::MaskedTest;
use super::text_expr::TextExpr;
use super::{DatePart, Parameters, Scope, Truth};
use crate::calendar::Zone;
use crate::schema::Schema;
use crate::serial::{KeyRange, SerialKey};

/// A scope resolved against a schema: columns are found, literals have the columns' types, days
/// are days of the columns' zones, and serials belong to families.
///
/// Made by [`Schema::bind`]. It [decides](BoundScope::decide) a described unit without an index.
///
/// # Examples
///
/// ```
/// use seriatim::{Column, ColumnType, Record, Schema, Scope, Value, Verdict};
///
/// let schema = Schema::new(vec![Column::new("facility", ColumnType::Text)?])?;
/// let scope: Scope = "facility = 'Leipzig'".parse()?;
/// let bound = schema.bind(&scope)?;
///
/// let unit = Record::of_serial("A7").with("facility", Value::Text("Leipzig".into()));
/// assert_eq!(bound.decide(&unit)?, Verdict::Affected);
/// assert_eq!(bound.decide(&Record::of_serial("A7"))?, Verdict::Undetermined);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone)]
pub struct BoundScope {
    pub(super) schema: Schema,
    pub(super) scope: Scope,
    pub(super) parameters: Parameters,
    /// In post-order, the root last.
    pub(super) nodes: Vec<BoundNode>,
    /// For each bound node, the node of the scope that it says.
    pub(super) said: Vec<NodeId>,
}

impl BoundScope {
    /// The scope as it was said.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What the scope was bound to.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The values that the scope's parameters were given.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Every node, children before their parent, the root last: evaluating them in this order
    /// needs no recursion.
    pub(crate) fn nodes(&self) -> impl DoubleEndedIterator<Item = (NodeId, &BoundNode)> {
        self.nodes.iter().enumerate().map(|(at, node)| (NodeId::of(at), node))
    }

    /// The node that stands for the whole scope.
    pub(crate) fn root(&self) -> NodeId {
        NodeId::of(self.nodes.len().saturating_sub(1))
    }

    /// The node of an id that came from this bound scope.
    pub(crate) fn node(&self, id: NodeId) -> &BoundNode {
        self.nodes.get(id.index()).unwrap_or(&BoundNode::Constant(Truth::Unknown))
    }

    /// What a node says, as SQL; long lists are shortened.
    pub(crate) fn clause(&self, id: NodeId) -> String {
        self.said.get(id.index()).map_or_else(String::new, |said| self.scope.excerpt(*said))
    }
}

impl fmt::Debug for BoundScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BoundScope({})", self.clause(self.root()))
    }
}

/// A node of a bound scope. Every test of a value is UNKNOWN where the value is missing.
#[derive(Clone, Debug)]
pub(crate) enum BoundNode {
    And(Vec<NodeId>),
    Or(Vec<NodeId>),
    Not(NodeId),
    /// The same for every unit, such as membership of an empty list.
    Constant(Truth),
    /// TRUE where the value is missing, else FALSE; never UNKNOWN.
    Missing {
        /// The column's place in the schema.
        column: usize,
    },
    /// TRUE for a unit without a serial, which no index holds; else FALSE.
    SerialMissing,
    Column {
        /// The column's place in the schema.
        column: usize,
        test: ValueTest,
    },
    Serial(SerialTest),
    /// On an identifier.
    Identifier {
        /// The column's place in the schema.
        column: usize,
        test: SerialTest,
    },
    /// On the namespace, which is never missing: a test of texts.
    Namespace(ValueTest),
}

/// What the values of a column must be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ValueTest {
    /// Of integers, days after 1970, microseconds after 1970, and truths as 0 and 1: ranges with
    /// both ends included, ascending, with a gap between any two.
    Numbers(Vec<(i64, i64)>),
    /// Ranges with both ends included, ascending, disjoint. A first end of zero is minus zero and
    /// a last end plus zero, so that ranges hold in the order of bits as well.
    Floats(Vec<(f64, f64)>),
    /// Of texts, and of any one of many texts.
    Texts(TextTest),
    /// Of versions: the ranges are in the order of versions.
    Versions(TextTest),
    /// Of what functions make of a text, or of any one of many texts.
    OfText { of: TextExpr, test: TextTest },
    /// Of how many characters functions leave of a text, or of any one of many texts; the ranges
    /// are as those of numbers.
    Length { of: TextExpr, test: Vec<(i64, i64)> },
    /// Of a part of a day or of an instant; the ranges are as those of numbers.
    PartOfTime {
        part: TimePart,
        /// The zone of the column's days.
        zone: Zone,
        test: Vec<(i64, i64)>,
    },
}

/// What is taken of a day or of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimePart {
    Of(DatePart),
    /// Microseconds after midnight by the clock of the zone.
    TimeOfDay,
}

/// What a text must be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TextTest {
    /// In one of these ranges, which are ascending and disjoint. A single text is a range, and so
    /// is a prefix.
    Ranges(Vec<TextRange>),
    /// Of this pattern, which is more than a text or a prefix.
    Like(LikePattern),
    /// Of this mask, or between two of them.
    Masked(MaskedTest),
    /// Any of these holds.
    Any(Vec<TextTest>),
}

/// The texts between two bounds.
pub(crate) type TextRange = (Bound<String>, Bound<String>);

/// What a serial, or an identifier, must be.
#[derive(Clone, Debug)]
pub(crate) enum SerialTest {
    /// In this range; UNKNOWN for what may be a misread serial of the range's family.
    Range(KeyRange),
    /// One of these, which are ascending and unique.
    In(Vec<SerialKey>),
    /// One of these, of which there may be millions.
    InSet(Arc<BoundSerials>),
    /// Of this pattern, the text being as the family normalises it.
    Like(LikePattern),
    /// Of this mask, or between two of them; the text is as the family normalises it.
    Masked(MaskedTest),
    /// Of what functions make of the text, as the family normalises it.
    Text { of: TextExpr, test: TextTest },
    /// Of how many characters functions leave of the text, as the family normalises it.
    Length { of: TextExpr, test: Vec<(i64, i64)> },
    /// Of a field of the serial; UNKNOWN where the serial has no such field.
    Field(FieldTest),
    /// TRUE where the serial has no such field, else FALSE; never UNKNOWN.
    FieldMissing(FieldTest),
    /// Of the days on which the serial says that it was made: all of them, in one of these ranges of
    /// days after 1970, which ascend and have a gap between any two. UNKNOWN where only some of
    /// them are, and where the serial does not say.
    Made(Vec<(i64, i64)>),
    /// TRUE where the serial does not say when it was made, else FALSE; never UNKNOWN.
    MadeMissing,
}
