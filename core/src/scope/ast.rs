//! A scope as it was said: a flat tree of tests, and where each part of it stood.

use std::sync::Arc;

use super::Literal;
use super::call::Call;

/// A condition on units: what a recall covers.
///
/// A scope is syntax, written as a SQL `WHERE` clause, as JSON or with the builder; the three turn
/// into each other. It names columns without knowing them; [`Schema::bind`](crate::Schema::bind)
/// resolves them. Equal scopes print equal.
///
/// # Examples
///
/// ```
/// use seriatim::Scope;
///
/// let said: Scope = "serial between 'A1' and 'A9' and not facility = 'Leipzig'".parse()?;
/// let built = Scope::serial().between("A1", "A9").and(!Scope::column("facility").eq("Leipzig"));
/// assert_eq!(said, built);
/// assert_eq!(built.to_sql(), "serial BETWEEN 'A1' AND 'A9' AND NOT facility = 'Leipzig'");
/// assert_eq!(Scope::from_json(&built.to_json())?, built);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone)]
pub struct Scope {
    /// In post-order: children go before their parent, and the root is last. Chains of AND and of
    /// OR are flat, so two scopes of one meaning-preserving shape are equal node for node.
    pub(super) nodes: Vec<Node>,
    pub(super) origin: Origin,
}

/// A node of a scope or of a bound scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(crate) u32);

impl NodeId {
    pub(super) fn of(at: usize) -> Self {
        // Nodes are counted against a limit far below 2^32 before they are bound or printed.
        NodeId(u32::try_from(at).unwrap_or(u32::MAX))
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Two children or more, none of them an `And`.
    And(Vec<NodeId>),
    /// Two children or more, none of them an `Or`.
    Or(Vec<NodeId>),
    Not(NodeId),
    Test(Test),
}

/// A condition on one column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Test {
    pub(super) subject: Subject,
    pub(super) predicate: Predicate,
}

/// What a condition looks at: a column, or what functions make of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Subject {
    /// The name; `serial.yy` is the field `yy` of the serial.
    pub(super) column: Box<str>,
    pub(super) column_at: Spot,
    /// The innermost first.
    pub(super) calls: Vec<Called>,
}

/// A function and where it stood.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Called {
    pub(super) call: Call,
    pub(super) at: Spot,
}

impl Subject {
    pub(super) fn column(column: Box<str>, column_at: Spot) -> Self {
        Subject { column, column_at, calls: Vec::new() }
    }

    /// Where it begins.
    pub(super) fn at(&self) -> Spot {
        self.calls.last().map_or(self.column_at, |outermost| outermost.at)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Predicate {
    Compare(Comparison, Operand),
    Between(Operand, Operand),
    In(Vec<Operand>),
    /// In the list or set of a parameter.
    InParameter(Operand),
    /// A text; SQL and JSON check that it is a pattern, binding checks what was built.
    Like(Operand),
    IsNull,
    /// The value is there and is this one.
    NotDistinct(Operand),
}

impl Predicate {
    /// The literals, in order.
    pub(super) fn operands(&self) -> impl Iterator<Item = &Operand> {
        let (one, two, list) = match self {
            Predicate::Compare(_, one)
            | Predicate::InParameter(one)
            | Predicate::Like(one)
            | Predicate::NotDistinct(one) => (Some(one), None, None),
            Predicate::Between(first, last) => (Some(first), Some(last), None),
            Predicate::In(list) => (None, None, Some(list)),
            Predicate::IsNull => (None, None, None),
        };
        one.into_iter().chain(two).chain(list.into_iter().flatten())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Comparison {
    pub(super) const ALL: [Comparison; 6] = [
        Comparison::Eq,
        Comparison::Ne,
        Comparison::Lt,
        Comparison::Le,
        Comparison::Gt,
        Comparison::Ge,
    ];

    pub(super) fn sql(self) -> &'static str {
        match self {
            Comparison::Eq => "=",
            Comparison::Ne => "<>",
            Comparison::Lt => "<",
            Comparison::Le => "<=",
            Comparison::Gt => ">",
            Comparison::Ge => ">=",
        }
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Comparison::Eq => "eq",
            Comparison::Ne => "ne",
            Comparison::Lt => "lt",
            Comparison::Le => "le",
            Comparison::Gt => "gt",
            Comparison::Ge => "ge",
        }
    }

    /// The comparison that holds when the sides are swapped.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Comparison::Eq => Comparison::Eq,
            Comparison::Ne => Comparison::Ne,
            Comparison::Lt => Comparison::Gt,
            Comparison::Le => Comparison::Ge,
            Comparison::Gt => Comparison::Lt,
            Comparison::Ge => Comparison::Le,
        }
    }
}

/// A literal and where it stood.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operand {
    pub(super) literal: Literal,
    pub(super) at: Spot,
}

/// Where a part of a scope stood in its source: a byte of the text or a step of the JSON. It says
/// nothing of the scope's meaning, so any two are equal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spot(pub(super) u32);

impl PartialEq for Spot {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What the spots of a scope refer to.
#[derive(Clone)]
pub(super) enum Origin {
    /// Built: there is no source.
    Built,
    Text(Arc<str>),
    Json(Arc<[Step]>),
}

/// A step down into the JSON of a scope; its parent is another step, the root its own.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) parent: u32,
    pub(super) to: Down,
}

#[derive(Clone, Copy)]
pub(super) enum Down {
    Root,
    Key(&'static str),
    Element(u32),
}

impl Scope {
    pub(super) fn root(&self) -> NodeId {
        NodeId::of(self.nodes.len().saturating_sub(1))
    }

    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }
}

impl PartialEq for Scope {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes
    }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scope({self})")
    }
}
