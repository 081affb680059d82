//! Writes a scope as JSON.

use crate::scope::ast::{Node, NodeId, Operand, Predicate, Subject, Test};
use crate::scope::call::Call;
use crate::scope::literal::Kind;
use crate::scope::text_expr::TextStep;
use crate::scope::{Literal, Scope};

impl Scope {
    /// The scope as JSON: one key a node, the operator; the column first, then the literals. Equal
    /// scopes give equal texts.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::Scope;
    ///
    /// let scope: Scope = "serial between 'A1' and 'A9' and lot is not null".parse()?;
    /// assert_eq!(
    ///     scope.to_json(),
    ///     r#"{"and":[{"between":["serial","A1","A9"]},{"not":{"is_null":"lot"}}]}"#
    /// );
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        // A built scope may be deeper than the machine's stack.
        let mut work = vec![Work::Node(self.root())];
        while let Some(next) = work.pop() {
            match next {
                Work::Text(text) => out.push_str(text),
                Work::Node(id) => match self.node(id) {
                    Some(Node::And(children)) => {
                        out.push_str("{\"and\":[");
                        push_chain(&mut work, children);
                    }
                    Some(Node::Or(children)) => {
                        out.push_str("{\"or\":[");
                        push_chain(&mut work, children);
                    }
                    Some(Node::Not(child)) => {
                        out.push_str("{\"not\":");
                        work.extend([Work::Text("}"), Work::Node(*child)]);
                    }
                    Some(Node::Test(test)) => write_test(test, &mut out),
                    None => {}
                },
            }
        }
        out
    }
}

enum Work {
    Text(&'static str),
    Node(NodeId),
}

fn push_chain(work: &mut Vec<Work>, children: &[NodeId]) {
    work.push(Work::Text("]}"));
    for (at, child) in children.iter().enumerate().rev() {
        work.push(Work::Node(*child));
        if at > 0 {
            work.push(Work::Text(","));
        }
    }
}

fn write_test(test: &Test, out: &mut String) {
    let key = match &test.predicate {
        Predicate::Compare(comparison, _) => comparison.key(),
        Predicate::Between(..) => "between",
        Predicate::In(_) | Predicate::InParameter(_) => "in",
        Predicate::Like(_) => "like",
        Predicate::NotDistinct(_) => "is_not_distinct_from",
        Predicate::IsNull => {
            out.push_str("{\"is_null\":");
            write_subject(&test.subject, out);
            out.push('}');
            return;
        }
    };
    out.push_str("{\"");
    out.push_str(key);
    out.push_str("\":[");
    write_subject(&test.subject, out);
    out.push(',');
    match &test.predicate {
        Predicate::Compare(_, operand)
        | Predicate::Like(operand)
        | Predicate::InParameter(operand)
        | Predicate::NotDistinct(operand) => {
            write_literal(&operand.literal, out);
        }
        Predicate::Between(first, last) => {
            write_literal(&first.literal, out);
            out.push(',');
            write_literal(&last.literal, out);
        }
        Predicate::In(list) => write_list(list, out),
        Predicate::IsNull => {}
    }
    out.push_str("]}");
}

/// A column by its name, a call as an object: `{"left": ["serial", 2]}`.
fn write_subject(subject: &Subject, out: &mut String) {
    for called in subject.calls.iter().rev() {
        let open = if called.call.function().plain().is_some() { "" } else { "[" };
        out.extend(["{\"", called.call.function().key(), "\":", open]);
    }
    write_text(&subject.column, out);
    for called in &subject.calls {
        let arguments = match &called.call {
            Call::Text(TextStep::Substring { start, length: None }) => format!(",{start}]"),
            Call::Text(TextStep::Substring { start, length: Some(length) }) => {
                format!(",{start},{length}]")
            }
            Call::Text(TextStep::Left(count) | TextStep::Right(count)) => format!(",{count}]"),
            Call::Text(TextStep::SplitPart { separator, part }) => {
                format!(",{},{part}]", serde_json::Value::from(&**separator))
            }
            Call::Extract(part) => format!(",\"{}\"]", part.code()),
            Call::AsDate => ",\"date\"]".into(),
            Call::AsTime => ",\"time\"]".into(),
            Call::Text(TextStep::Upper | TextStep::Lower | TextStep::Trim) | Call::CharLength => {
                String::new()
            }
        };
        out.push_str(&arguments);
        out.push('}');
    }
}

fn write_list(list: &[Operand], out: &mut String) {
    out.push('[');
    for (at, operand) in list.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_literal(&operand.literal, out);
    }
    out.push(']');
}

fn write_literal(literal: &Literal, out: &mut String) {
    match &literal.0 {
        Kind::Text(text) => write_text(text, out),
        Kind::Integer(number) => out.push_str(&number.to_string()),
        // As `{:?}` writes it: the shortest text that reads as the same number.
        Kind::Float(number) => out.extend([format!("{number:?}")]),
        Kind::Boolean(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Kind::Mask(mask) => {
            out.push_str("{\"mask\":");
            match mask.text() {
                (text, None) => write_text(&text, out),
                (text, Some(free)) => {
                    out.push('[');
                    write_text(&text, out);
                    out.push(',');
                    write_text(&free.to_string(), out);
                    out.push(']');
                }
            }
            out.push('}');
        }
        Kind::Parameter(name) => {
            out.push_str("{\"parameter\":");
            write_text(name, out);
            out.push('}');
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}
