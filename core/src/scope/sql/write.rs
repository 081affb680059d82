//! Writes a scope as SQL.

use std::fmt::{self, Write};

use crate::scope::ast::{Node, NodeId, Operand, Predicate, Subject, Test};
use crate::scope::bind::Asked;
use crate::scope::names::write_column;
use crate::scope::{Parameters, Scope, SerialSet};

/// Values of a list that an excerpt shows.
const LIST_SHOWN: usize = 5;

impl Scope {
    /// The scope as SQL. Equal scopes give equal texts, and the text reads as the same scope.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::Scope;
    ///
    /// let scope: Scope = r#"not ("made at" < date '2025-03-01') and 4 <= line or lot is null"#.parse()?;
    /// let text = r#"(NOT "made at" < '2025-03-01' AND line >= 4) OR lot IS NULL"#;
    /// assert_eq!(scope.to_sql(), text);
    /// assert_eq!(text.parse::<Scope>()?, scope);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn to_sql(&self) -> String {
        self.to_string()
    }

    /// What a node says, with long lists shortened.
    pub(in crate::scope) fn excerpt(&self, id: NodeId) -> String {
        let mut out = String::new();
        // Writing to a text cannot fail.
        let _ = Writer { scope: self, list_shown: LIST_SHOWN, given: None }.write(id, &mut out);
        out
    }

    /// Writes the scope with the values of its parameters in their places.
    pub(in crate::scope) fn write_with(
        &self,
        parameters: &Parameters,
        out: &mut impl Write,
    ) -> fmt::Result {
        let writer = Writer { scope: self, list_shown: usize::MAX, given: Some(parameters) };
        writer.write(self.root(), out)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Writer { scope: self, list_shown: usize::MAX, given: None }.write(self.root(), f)
    }
}

struct Writer<'a> {
    scope: &'a Scope,
    list_shown: usize,
    /// What is written in the place of parameters.
    given: Option<&'a Parameters>,
}

/// What is still to be written.
enum Work {
    Text(&'static str),
    /// A node, in parentheses where it is a chain.
    Part(NodeId),
    /// A node as it is.
    Whole(NodeId),
}

impl Writer<'_> {
    /// Keeps what is still to be written on a stack of its own: a built scope may be deeper than
    /// the machine's.
    fn write(&self, root: NodeId, out: &mut impl Write) -> fmt::Result {
        let mut work = vec![Work::Whole(root)];
        while let Some(next) = work.pop() {
            match next {
                Work::Text(text) => out.write_str(text)?,
                Work::Part(id) => match self.scope.node(id) {
                    Some(Node::And(_) | Node::Or(_)) => {
                        out.write_str("(")?;
                        work.extend([Work::Text(")"), Work::Whole(id)]);
                    }
                    _ => work.push(Work::Whole(id)),
                },
                Work::Whole(id) => match self.scope.node(id) {
                    Some(Node::And(children)) => push_chain(&mut work, children, " AND "),
                    Some(Node::Or(children)) => push_chain(&mut work, children, " OR "),
                    Some(Node::Not(child)) => match self.scope.node(*child) {
                        Some(Node::Test(test)) if has_negated_form(test) => {
                            self.write_test(test, "NOT ", out)?;
                        }
                        _ => {
                            out.write_str("NOT ")?;
                            work.push(Work::Part(*child));
                        }
                    },
                    Some(Node::Test(test)) => self.write_test(test, "", out)?,
                    None => {}
                },
            }
        }
        Ok(())
    }

    /// `not` stands where SQL has it, and is empty or ends in a space.
    fn write_test(&self, test: &Test, not: &str, out: &mut impl Write) -> fmt::Result {
        write_subject(&test.subject, out)?;
        let given = self.given.and_then(|given| given.put_into(&test.predicate).ok());
        let predicate = match &given {
            Some(Asked::InSet(serials, _)) => return write_set(serials, not, out),
            Some(Asked::Predicate(predicate)) => predicate,
            None => &test.predicate,
        };
        self.write_predicate(predicate, not, out)
    }

    fn write_predicate(
        &self,
        predicate: &Predicate,
        not: &str,
        out: &mut impl Write,
    ) -> fmt::Result {
        match predicate {
            Predicate::Compare(comparison, operand) => {
                write!(out, " {} ", comparison.sql())?;
                operand.literal.write_sql(out)
            }
            Predicate::Between(first, last) => {
                write!(out, " {not}BETWEEN ")?;
                first.literal.write_sql(out)?;
                out.write_str(" AND ")?;
                last.literal.write_sql(out)
            }
            Predicate::In(list) => {
                write!(out, " {not}IN (")?;
                self.write_list(list, out)?;
                out.write_str(")")
            }
            Predicate::InParameter(parameter) => {
                write!(out, " {not}IN ")?;
                parameter.literal.write_sql(out)
            }
            Predicate::Like(pattern) => {
                write!(out, " {not}LIKE ")?;
                pattern.literal.write_sql(out)
            }
            Predicate::IsNull => write!(out, " IS {not}NULL"),
            // The test is positive, so that its contrary has no NOT.
            Predicate::NotDistinct(operand) => {
                let not = if not.is_empty() { "NOT " } else { "" };
                write!(out, " IS {not}DISTINCT FROM ")?;
                operand.literal.write_sql(out)
            }
        }
    }

    fn write_list(&self, list: &[Operand], out: &mut impl Write) -> fmt::Result {
        for (at, operand) in list.iter().take(self.list_shown).enumerate() {
            if at > 0 {
                out.write_str(", ")?;
            }
            operand.literal.write_sql(out)?;
        }
        match list.len().saturating_sub(self.list_shown) {
            0 => Ok(()),
            more => write!(out, ", ... {more} more"),
        }
    }
}

/// A set of serials as a list: each once, in the order of their bytes.
fn write_set(serials: &SerialSet, not: &str, out: &mut impl Write) -> fmt::Result {
    let mut texts: Vec<&str> = serials.iter().collect();
    texts.sort_unstable();
    texts.dedup();
    write!(out, " {not}IN (")?;
    for (at, text) in texts.into_iter().enumerate() {
        if at > 0 {
            out.write_str(", ")?;
        }
        write!(out, "'{}'", text.replace('\'', "''"))?;
    }
    out.write_str(")")
}

fn push_chain(work: &mut Vec<Work>, children: &[NodeId], word: &'static str) {
    for (at, child) in children.iter().enumerate().rev() {
        work.push(Work::Part(*child));
        if at > 0 {
            work.push(Work::Text(word));
        }
    }
}

fn has_negated_form(test: &Test) -> bool {
    !matches!(test.predicate, Predicate::Compare(..))
}

fn write_subject(subject: &Subject, out: &mut impl Write) -> fmt::Result {
    for called in subject.calls.iter().rev() {
        called.call.write_before(out)?;
    }
    write_column(&subject.column, out)?;
    for called in &subject.calls {
        called.call.write_after(out)?;
    }
    Ok(())
}

/// The subject as SQL.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_subject(self, f)
    }
}
