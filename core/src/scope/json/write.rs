//! Writes a scope as JSON.

use crate::scope::ast::{Node, NodeId, Operand, Predicate, Test};
use crate::scope::literal::Kind;
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
        Predicate::In(_) => "in",
        Predicate::Like(_) => "like",
        Predicate::IsNull => {
            out.push_str("{\"is_null\":");
            write_text(&test.column, out);
            out.push('}');
            return;
        }
    };
    out.push_str("{\"");
    out.push_str(key);
    out.push_str("\":[");
    write_text(&test.column, out);
    out.push(',');
    match &test.predicate {
        Predicate::Compare(_, operand) | Predicate::Like(operand) => {
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
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}
