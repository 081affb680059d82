//! What a bound scope comes to in one segment.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::answer::{At, View};
use super::code_cases::{CodeCases, code_cases, opaque_cases};
use super::code_leaf::CodeLeaf;
use super::column_leaf::{ColumnLeaf, MissingLeaf};
use super::identifiers::IdentifierLeaf;
use super::margins::Margins;
use super::ranges::Ranges;
use super::serials::{Doubtful, SerialRows, namespace_rows, serial_rows};
use super::table::TableLeaf;
use super::text_leaf::TextLeaf;
use crate::error::Result;
use crate::index::LiveSegment;
use crate::keys::Keys;
use crate::scope::{BoundNode, BoundScope, NodeId, SerialTest, Truth};
use crate::serial::{Families, FamilyId};

/// A node of a scope in one segment.
#[derive(Debug)]
pub(super) struct Step<'a> {
    /// What it says; where several tests of serials became one, their parent.
    pub(super) node: NodeId,
    pub(super) kind: Kind<'a>,
}

/// How a node is answered.
#[derive(Debug)]
pub(super) enum Kind<'a> {
    /// The same for every row of the segment.
    Constant(Truth),
    /// TRUE for these rows, FALSE for others; neither none nor all.
    Rows(Ranges),
    Codes(CodeLeaf<'a>),
    Texts(TextLeaf<'a>),
    Identifiers(IdentifierLeaf<'a>),
    Column(ColumnLeaf<'a>),
    /// Several steps of an OR.
    Table(TableLeaf<'a>),
    Missing(MissingLeaf<'a>),
    Not(Box<Step<'a>>),
    And(Vec<Step<'a>>),
    Or(Vec<Step<'a>>),
}

/// What tests of serials come to in each family: the same in all segments.
#[derive(Debug)]
pub(super) struct CaseBook {
    cases: RefCell<BTreeMap<(NodeId, FamilyId), Known>>,
    /// Whether there are so many ranges that what may be of a family is looked for once for all.
    has_many_ranges: bool,
}

/// Ranges of serials each of which looks at texts by itself.
const RANGES_ALONE_MAX: usize = 8;

/// None where texts are looked at.
type Known = Option<Arc<CodeCases>>;

impl CaseBook {
    pub(super) fn new(bound: &BoundScope) -> Self {
        let ranges = bound.nodes().filter(|(_, it)| {
            matches!(
                it,
                BoundNode::Serial(SerialTest::Range(_))
                    | BoundNode::Identifier { test: SerialTest::Range(_), .. }
            )
        });
        let has_many_ranges = ranges.count() > RANGES_ALONE_MAX;
        CaseBook { cases: RefCell::default(), has_many_ranges }
    }

    /// The codes of a family that pass a test; none where it takes their texts.
    fn cases(
        &self,
        families: &Families,
        family: FamilyId,
        node: NodeId,
        test: &SerialTest,
    ) -> Known {
        let made = || {
            if family == FamilyId::OPAQUE {
                return opaque_cases(test).map(Arc::new);
            }
            families.family(family).and_then(|it| code_cases((family, it), test)).map(Arc::new)
        };
        self.cases.borrow_mut().entry((node, family)).or_insert_with(made).clone()
    }
}

/// A scope in one segment.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) segment: &'a LiveSegment,
    pub(super) root: Step<'a>,
    /// Where the rows that miss a value are asked apart.
    pub(super) margins: Option<Margins<'a>>,
}

impl<'a> Plan<'a> {
    /// Resolves a node of a scope, and all below it, in a segment.
    pub(super) fn new(
        segment: &'a LiveSegment,
        bound: &'a BoundScope,
        book: &CaseBook,
        root: NodeId,
    ) -> Result<Self> {
        let doubtful = RefCell::default();
        let root = Compiler { segment, bound, book, doubtful }.step(root)?;
        let mut plan = Plan { segment, root, margins: None };
        plan.margins = Margins::of(&plan)?;
        Ok(plan)
    }

    /// The chunks in which the root can be other than FALSE, as far as serials tell, ascending.
    pub(super) fn chunks(&self) -> Vec<At> {
        let rows = self.segment.units.rows();
        let domain = self.root.domain().unwrap_or_else(|| Ranges::of(0..rows));
        domain.chunks().map(|key| At::of(key, rows)).collect()
    }

    /// The same chunks as they are looked at first: where margins are asked apart, as if nothing
    /// were missing.
    pub(super) fn seen_chunks(&self) -> Vec<At> {
        let mut chunks = self.chunks();
        if self.margins.is_some() {
            for at in &mut chunks {
                *at = at.seen(View::Filled);
            }
        }
        chunks
    }

    /// The chunks of the margins that are asked apart.
    pub(super) fn margin_chunks(&self) -> Result<Vec<At>> {
        self.margins.as_ref().map_or_else(|| Ok(Vec::new()), Margins::chunks)
    }

    /// The rows that serials allow, where they do not by themselves decide.
    pub(super) fn allowed(&self) -> Option<&Ranges> {
        let Kind::And(steps) = &self.root.kind else { return None };
        steps.iter().find_map(|step| match &step.kind {
            Kind::Rows(rows) => Some(rows),
            _ => None,
        })
    }

    /// Whether rows alone answer it.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.root.kind, Kind::Constant(Truth::False) | Kind::Rows(_))
    }
}

/// By identifier column, or none for the serial, and by family.
type DoubtBook = BTreeMap<(Option<usize>, FamilyId), Rc<Doubtful>>;

struct Compiler<'a, 'b> {
    segment: &'a LiveSegment,
    bound: &'a BoundScope,
    book: &'b CaseBook,
    /// The rows that fit no family and may be of one; of an identifier column, the places.
    doubtful: RefCell<DoubtBook>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Junction {
    And,
    Or,
}

impl Junction {
    /// What decides the whole when one child is it.
    fn decisive(self) -> Truth {
        match self {
            Junction::And => Truth::False,
            Junction::Or => Truth::True,
        }
    }

    fn join(self, parts: Vec<Ranges>) -> Option<Ranges> {
        match self {
            Junction::And => Ranges::join(parts, Ranges::intersection),
            Junction::Or => Ranges::join(parts, Ranges::union),
        }
    }
}

impl<'a> Compiler<'a, '_> {
    fn step(&self, node: NodeId) -> Result<Step<'a>> {
        let units = &self.segment.units;
        let kind = match self.bound.node(node) {
            BoundNode::And(children) => return self.junction(node, Junction::And, children),
            BoundNode::Or(children) => return self.junction(node, Junction::Or, children),
            BoundNode::Not(child) => return self.negation(node, *child),
            BoundNode::Constant(truth) => Kind::Constant(*truth),
            BoundNode::SerialMissing => Kind::Constant(Truth::False),
            BoundNode::Missing { column } => match units.column(*column) {
                None => Kind::Constant(Truth::True),
                Some(column) if column.missing_total()? == 0 => Kind::Constant(Truth::False),
                Some(column) => Kind::Missing(MissingLeaf(column)),
            },
            BoundNode::Column { column, test } => match units.column(*column) {
                None => Kind::Constant(Truth::Unknown),
                Some(column) => {
                    let leaf = ColumnLeaf::new(column, test)?;
                    if leaf.is_false()? { Kind::Constant(Truth::False) } else { Kind::Column(leaf) }
                }
            },
            BoundNode::Namespace(test) => self.rows(namespace_rows(self.segment, test)?),
            BoundNode::Serial(test) => {
                let families = self.bound.schema().families();
                let found = self.keyed(node, (None, units.keys()), families, test)?;
                self.any_of(node, found)
            }
            BoundNode::Identifier { column, test } => self.identifiers(node, *column, test)?,
        };
        Ok(Step { node, kind })
    }

    /// What a test says of the keys of the serials, or of an identifier column.
    fn keyed(
        &self,
        node: NodeId,
        of: (Option<usize>, &'a Keys),
        families: &'a Families,
        test: &'a SerialTest,
    ) -> Result<SerialRows<'a>> {
        let cases = |family| self.book.cases(families, family, node, test);
        let doubtful = |family| self.doubtful(of, families, family);
        serial_rows(of.1, families, test, cases, doubtful)
    }

    fn identifiers(&self, node: NodeId, column: usize, test: &'a SerialTest) -> Result<Kind<'a>> {
        let units = &self.segment.units;
        let families =
            self.bound.schema().columns().get(column).and_then(crate::schema::Column::identifier);
        let found = families.zip(units.identifiers(column)).zip(units.column(column));
        let Some(((families, identifiers), texts)) = found else {
            return Ok(Kind::Constant(Truth::Unknown));
        };
        let found = self.keyed(node, (Some(column), identifiers.keys()), families, test)?;
        let leaf = IdentifierLeaf::new(identifiers, texts, &found)?;
        Ok(if leaf.is_false() { Kind::Constant(Truth::False) } else { Kind::Identifiers(leaf) })
    }

    /// The rows that fit no family and may be of one; none where texts are looked at as need be.
    fn doubtful(
        &self,
        (column, keys): (Option<usize>, &Keys),
        families: &Families,
        family: FamilyId,
    ) -> Result<Option<Rc<Doubtful>>> {
        let Some(it) = families.family(family).filter(|_| self.book.has_many_ranges) else {
            return Ok(None);
        };
        if let Some(found) = self.doubtful.borrow().get(&(column, family)) {
            return Ok(Some(Rc::clone(found)));
        }
        let found = Rc::new(Doubtful::new(keys, it)?);
        self.doubtful.borrow_mut().insert((column, family), Rc::clone(&found));
        Ok(Some(found))
    }

    /// What any of the ways to resolve a test of serials says.
    fn any_of(&self, node: NodeId, found: SerialRows<'a>) -> Kind<'a> {
        let rows = self.rows(found.rows);
        if matches!(rows, Kind::Constant(Truth::True)) {
            return rows;
        }
        let rows = Some(rows).filter(|it| !matches!(it, Kind::Constant(Truth::False)));
        let kinds = [rows, found.codes.map(Kind::Codes), found.texts.map(Kind::Texts)];
        let mut kinds: Vec<Kind<'a>> = kinds.into_iter().flatten().collect();
        match (kinds.pop(), kinds.is_empty()) {
            (None, _) => Kind::Constant(Truth::False),
            (Some(only), true) => only,
            (Some(last), false) => {
                let steps = kinds.into_iter().chain([last]);
                Kind::Or(steps.map(|kind| Step { node, kind }).collect())
            }
        }
    }

    fn rows(&self, rows: Ranges) -> Kind<'a> {
        if rows.is_empty() {
            Kind::Constant(Truth::False)
        } else if rows.is_all(self.segment.units.rows()) {
            Kind::Constant(Truth::True)
        } else {
            Kind::Rows(rows)
        }
    }

    fn negation(&self, node: NodeId, child: NodeId) -> Result<Step<'a>> {
        let child = self.step(child)?;
        Ok(match child.kind {
            // It stays the child's, whose column is the reason where it is UNKNOWN.
            Kind::Constant(truth) => {
                Step { node: child.node, kind: Kind::Constant(truth.negate()) }
            }
            Kind::Rows(rows) => {
                Step { node, kind: Kind::Rows(rows.complement(self.segment.units.rows())) }
            }
            Kind::Not(inner) => *inner,
            kind => Step { node, kind: Kind::Not(Box::new(Step { node: child.node, kind })) },
        })
    }

    /// Serials come first: where they decide, the columns are not even looked up. Whatever is rows
    /// becomes one.
    fn junction(
        &self,
        node: NodeId,
        junction: Junction,
        children: &'a [NodeId],
    ) -> Result<Step<'a>> {
        let constant = |truth| Ok(Step { node, kind: Kind::Constant(truth) });
        let (decisive, idle) = (junction.decisive(), junction.decisive().negate());
        let mut rows = Vec::new();
        let mut steps = Vec::new();
        for on_serials in [true, false] {
            for child in children.iter().filter(|child| self.is_on_serials(**child) == on_serials) {
                let step = self.step(*child)?;
                match step.kind {
                    Kind::Constant(truth) if truth == decisive => return constant(decisive),
                    Kind::Constant(truth) if truth == idle => {}
                    Kind::Rows(found) => rows.push(found),
                    _ => steps.push(step),
                }
            }
            if let Some(joined) = junction.join(std::mem::take(&mut rows)) {
                match self.rows(joined) {
                    Kind::Constant(truth) if truth == decisive => return constant(decisive),
                    Kind::Rows(joined) => rows.push(joined),
                    _ => {}
                }
            }
        }
        if junction == Junction::Or {
            let (others, tables) = TableLeaf::gather(self.bound, self.segment.units.rows(), steps)?;
            steps = others;
            steps.extend(tables.into_iter().map(|it| Step { node, kind: Kind::Table(it) }));
        }
        if let Some(rows) = rows.pop() {
            steps.insert(0, Step { node, kind: Kind::Rows(rows) });
        }
        if steps.len() > 1 {
            let kind = match junction {
                Junction::And => Kind::And(steps),
                Junction::Or => Kind::Or(steps),
            };
            return Ok(Step { node, kind });
        }
        steps.pop().map_or_else(|| constant(idle), Ok)
    }

    /// Whether a test, or the contrary of one, needs no column.
    fn is_on_serials(&self, node: NodeId) -> bool {
        match self.bound.node(node) {
            BoundNode::Serial(_) | BoundNode::Namespace(_) | BoundNode::Constant(_) => true,
            BoundNode::Not(child) => self.is_on_serials(*child),
            _ => false,
        }
    }
}

impl Step<'_> {
    /// The rows for which it can be other than FALSE, as far as serials tell; none stands for all.
    fn domain(&self) -> Option<Ranges> {
        match &self.kind {
            Kind::Constant(Truth::False) => Some(Ranges::new()),
            Kind::Rows(rows) => Some(rows.clone()),
            Kind::Codes(leaf) => Some(leaf.domain()),
            Kind::Texts(leaf) => Some(leaf.rows.clone()),
            Kind::Identifiers(leaf) => leaf.domain(),
            Kind::Table(leaf) => leaf.domain().cloned(),
            Kind::Constant(_) | Kind::Column(_) | Kind::Missing(_) | Kind::Not(_) => None,
            Kind::And(steps) => {
                Ranges::join(steps.iter().filter_map(Step::domain).collect(), Ranges::intersection)
            }
            Kind::Or(steps) => {
                let parts = steps.iter().map(Step::domain).collect::<Option<Vec<Ranges>>>()?;
                Ranges::join(parts, Ranges::union)
            }
        }
    }
}
