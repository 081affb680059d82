//! The builder.

use std::ops::Not;

use super::ast::{
    Called, Comparison, Node, NodeId, Operand, Origin, Predicate, Spot, Subject, Test,
};
use super::call::Call;
use super::draft::Junction;
use super::like::LikePattern;
use super::text_expr::TextStep;
use super::{DatePart, Literal, Scope};

/// A column on its way into a condition, or what functions make of one. Made by [`Scope::column`],
/// [`Scope::serial`], [`Scope::serial_field`] and [`Scope::namespace`].
///
/// # Examples
///
/// ```
/// use seriatim::Scope;
///
/// let lots = Scope::column("lot").is_in(["L1", "L2"]);
/// assert_eq!(lots.to_sql(), "lot IN ('L1', 'L2')");
/// let warm = Scope::column("cure_temperature").gt(181.5);
/// assert_eq!(lots.or(warm).to_sql(), "lot IN ('L1', 'L2') OR cure_temperature > 181.5");
/// let plant = Scope::serial().substring(7, 2).eq("WY");
/// assert_eq!(plant.to_sql(), "SUBSTRING(serial FROM 7 FOR 2) = 'WY'");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a column alone is no condition"]
pub struct Term {
    subject: Subject,
}

impl Scope {
    /// Begins a condition on a column.
    pub fn column(name: impl Into<String>) -> Term {
        Term { subject: Subject::column(name.into().into(), Spot::default()) }
    }

    /// Begins a condition on the serial.
    pub fn serial() -> Term {
        Scope::column("serial")
    }

    /// Begins a condition on a field of the serial, such as `yy`; `made` is the time that its
    /// calendar fields name.
    pub fn serial_field(name: impl AsRef<str>) -> Term {
        Scope::column(format!("serial.{}", name.as_ref()))
    }

    /// Begins a condition on the namespace.
    pub fn namespace() -> Term {
        Scope::column("namespace")
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Scope) -> Scope {
        self.join(other, Junction::And)
    }

    /// At least one holds. Costs as much as `other` is long.
    #[must_use]
    pub fn or(self, other: Scope) -> Scope {
        self.join(other, Junction::Or)
    }

    /// It does not hold; the same as `!scope`.
    #[must_use]
    pub fn negate(mut self) -> Scope {
        let root = self.root();
        self.nodes.push(Node::Not(root));
        self
    }

    fn join(mut self, other: Scope, junction: Junction) -> Scope {
        let mut children = self.open(0, junction);
        let shift = self.nodes.len();
        let mut right = Scope { nodes: other.nodes, origin: Origin::Built };
        children.extend(right.open(shift, junction));
        self.nodes.extend(right.nodes.into_iter().map(|node| shifted(node, shift)));
        self.nodes.push(match junction {
            Junction::And => Node::And(children),
            Junction::Or => Node::Or(children),
        });
        // The two may come from two sources, or from none.
        Scope { nodes: self.nodes, origin: Origin::Built }
    }

    /// Takes the root off where it is such a chain; what then stands side by side, `shift` nodes
    /// further on.
    fn open(&mut self, shift: usize, junction: Junction) -> Vec<NodeId> {
        let children = match (self.nodes.pop(), junction) {
            (Some(Node::And(children)), Junction::And)
            | (Some(Node::Or(children)), Junction::Or) => children,
            (root, _) => {
                self.nodes.extend(root);
                vec![self.root()]
            }
        };
        if shift == 0 {
            return children;
        }
        children.into_iter().map(|id| NodeId::of(id.index() + shift)).collect()
    }
}

fn shifted(node: Node, shift: usize) -> Node {
    let moved = |id: NodeId| NodeId::of(id.index() + shift);
    match node {
        Node::And(children) => Node::And(children.into_iter().map(moved).collect()),
        Node::Or(children) => Node::Or(children.into_iter().map(moved).collect()),
        Node::Not(child) => Node::Not(moved(child)),
        Node::Test(test) => Node::Test(test),
    }
}

impl Not for Scope {
    type Output = Scope;

    fn not(self) -> Scope {
        self.negate()
    }
}

impl Term {
    /// So many characters from this place on, which counts from 1.
    pub fn substring(self, start: i32, length: i32) -> Term {
        self.call(Call::Text(TextStep::Substring { start, length: Some(length) }))
    }

    /// All characters from this place on, which counts from 1.
    pub fn substring_from(self, start: i32) -> Term {
        self.call(Call::Text(TextStep::Substring { start, length: None }))
    }

    /// So many characters from the start; negative: all but so many at the end.
    pub fn left(self, count: i32) -> Term {
        self.call(Call::Text(TextStep::Left(count)))
    }

    /// So many characters from the end; negative: all but so many at the start.
    pub fn right(self, count: i32) -> Term {
        self.call(Call::Text(TextStep::Right(count)))
    }

    /// The part of this number between separators, counted from 1, or from the last with -1; empty
    /// where there are fewer.
    pub fn split_part(self, separator: impl Into<String>, part: i32) -> Term {
        let separator = separator.into().into();
        self.call(Call::Text(TextStep::SplitPart { separator, part }))
    }

    /// All letters as capitals.
    pub fn upper(self) -> Term {
        self.call(Call::Text(TextStep::Upper))
    }

    /// All letters as small ones.
    pub fn lower(self) -> Term {
        self.call(Call::Text(TextStep::Lower))
    }

    /// The text without spaces at both ends.
    pub fn trim(self) -> Term {
        self.call(Call::Text(TextStep::Trim))
    }

    /// How many characters the text has.
    pub fn char_length(self) -> Term {
        self.call(Call::CharLength)
    }

    /// A part of a day or of a point in time, as a number.
    pub fn extract(self, part: DatePart) -> Term {
        self.call(Call::Extract(part))
    }

    /// The day of a point in time, in the column's zone.
    pub fn cast_as_date(self) -> Term {
        self.call(Call::AsDate)
    }

    /// The time of day of a point in time, in the column's zone; compared with texts from `00:00`
    /// to `24:00`.
    pub fn cast_as_time(self) -> Term {
        self.call(Call::AsTime)
    }

    fn call(mut self, call: Call) -> Term {
        self.subject.calls.push(Called { call, at: Spot::default() });
        self
    }

    /// The value is this one; of many values, any is.
    pub fn eq(self, value: impl Into<Literal>) -> Scope {
        self.compare(Comparison::Eq, value.into())
    }

    /// The value is another one; of many values, none is this one.
    pub fn ne(self, value: impl Into<Literal>) -> Scope {
        self.compare(Comparison::Ne, value.into())
    }

    /// The value comes before this one.
    pub fn lt(self, value: impl Into<Literal>) -> Scope {
        self.compare(Comparison::Lt, value.into())
    }

    /// The value is this one or comes before it.
    pub fn le(self, value: impl Into<Literal>) -> Scope {
        self.compare(Comparison::Le, value.into())
    }

    /// The value comes after this one.
    pub fn gt(self, value: impl Into<Literal>) -> Scope {
        self.compare(Comparison::Gt, value.into())
    }

    /// The value is this one or comes after it.
    pub fn ge(self, value: impl Into<Literal>) -> Scope {
        self.compare(Comparison::Ge, value.into())
    }

    /// The value lies between these two, both included.
    pub fn between(self, first: impl Into<Literal>, last: impl Into<Literal>) -> Scope {
        self.test(Predicate::Between(built(first.into()), built(last.into())))
    }

    /// The value is one of these.
    pub fn is_in(self, values: impl IntoIterator<Item = impl Into<Literal>>) -> Scope {
        let values = values.into_iter().map(|value| built(value.into())).collect();
        self.test(Predicate::In(values))
    }

    /// The value is one of the list, or of the set of serials, that is given by this name when the
    /// scope is bound.
    pub fn is_in_parameter(self, name: impl Into<String>) -> Scope {
        self.test(Predicate::InParameter(built(Literal::parameter(name))))
    }

    /// The value is there and is this one: never UNKNOWN.
    pub fn is_not_distinct_from(self, value: impl Into<Literal>) -> Scope {
        self.test(Predicate::NotDistinct(built(value.into())))
    }

    /// The value fits a pattern, in which `%` stands for any run of characters, `_` for one
    /// character, and `\` escapes the two and itself. Binding refuses what is no pattern.
    pub fn like(self, pattern: impl Into<String>) -> Scope {
        let pattern = pattern.into();
        let text = LikePattern::new(&pattern).map_or(pattern, |it| it.text());
        self.test(Predicate::Like(built(text.into())))
    }

    /// The value is missing.
    pub fn is_null(self) -> Scope {
        self.test(Predicate::IsNull)
    }

    fn compare(self, comparison: Comparison, value: Literal) -> Scope {
        self.test(Predicate::Compare(comparison, built(value)))
    }

    fn test(self, predicate: Predicate) -> Scope {
        let test = Test { subject: self.subject, predicate };
        Scope { nodes: vec![Node::Test(test)], origin: Origin::Built }
    }
}

fn built(literal: Literal) -> Operand {
    Operand { literal, at: Spot::default() }
}
