//! Puts the nodes of a scope together, flat and within the limits.

use super::Scope;
use std::collections::BTreeSet;

use super::ast::{Node, NodeId, Origin, Predicate, Test};
use super::literal::Kind;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::{
    SCOPE_CALLS_MAX, SCOPE_DEPTH_MAX, SCOPE_LIST_MAX, SCOPE_NODES_MAX, SCOPE_PARAMETERS_MAX,
};

/// What joins a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Junction {
    And,
    Or,
}

/// A scope being read. Parts are attached in the order in which they stand, which keeps the nodes
/// in post-order.
#[derive(Default)]
pub(super) struct Draft {
    nodes: Vec<Node>,
    /// Of each node, the levels of nodes from it down.
    heights: Vec<usize>,
    parameters: Names,
}

/// The names of parameters, within the limit.
#[derive(Default)]
struct Names(BTreeSet<Box<str>>);

impl Names {
    fn add(&mut self, predicate: &Predicate) -> Result<()> {
        for operand in predicate.operands() {
            if let Kind::Parameter(name) = &operand.literal.0
                && !self.0.contains(name)
            {
                self.0.insert(name.clone());
            }
        }
        if self.0.len() <= SCOPE_PARAMETERS_MAX {
            return Ok(());
        }
        Err(syntax(format!(
            "the scope names more than {SCOPE_PARAMETERS_MAX} parameters; give lists as one \
             parameter, as in IN :lots"
        )))
    }
}

/// A part whose own node may still be merged into a chain around it.
pub(super) enum Piece {
    Node(NodeId),
    Chain(Chain),
}

pub(super) struct Chain {
    junction: Junction,
    children: Vec<NodeId>,
}

impl Chain {
    pub(super) fn new(junction: Junction) -> Self {
        Chain { junction, children: Vec::new() }
    }
}

impl Draft {
    pub(super) fn test(&mut self, test: Test) -> Result<Piece> {
        if let Predicate::In(list) = &test.predicate {
            check_list(list.len())?;
        }
        check_calls(test.subject.calls.len())?;
        self.parameters.add(&test.predicate)?;
        self.push(Node::Test(test), 1).map(Piece::Node)
    }

    pub(super) fn negate(&mut self, piece: Piece) -> Result<Piece> {
        let child = self.settle(piece)?;
        self.push(Node::Not(child), 1 + self.height(child)).map(Piece::Node)
    }

    /// Adds a part to a chain; a chain of the same kind becomes part of it.
    pub(super) fn attach(&mut self, chain: &mut Chain, piece: Piece) -> Result<()> {
        match piece {
            Piece::Chain(inner) if inner.junction == chain.junction => {
                chain.children.extend(inner.children);
            }
            piece => chain.children.push(self.settle(piece)?),
        }
        Ok(())
    }

    pub(super) fn finish(mut self, piece: Piece, origin: Origin) -> Result<Scope> {
        self.settle(piece)?;
        Ok(Scope { nodes: self.nodes, origin })
    }

    fn settle(&mut self, piece: Piece) -> Result<NodeId> {
        match piece {
            Piece::Node(id) => Ok(id),
            Piece::Chain(Chain { junction, children }) => {
                if let [only] = children.as_slice() {
                    return Ok(*only);
                }
                let below = children.iter().map(|child| self.height(*child)).max();
                let node = match junction {
                    Junction::And => Node::And(children),
                    Junction::Or => Node::Or(children),
                };
                self.push(node, 1 + below.unwrap_or(0))
            }
        }
    }

    fn push(&mut self, node: Node, height: usize) -> Result<NodeId> {
        check_depth(height)?;
        check_nodes(self.nodes.len() + 1)?;
        self.nodes.push(node);
        self.heights.push(height);
        Ok(NodeId::of(self.nodes.len() - 1))
    }

    fn height(&self, id: NodeId) -> usize {
        self.heights.get(id.index()).copied().unwrap_or(0)
    }
}

/// Checks what the builder, which cannot fail, let through.
pub(super) fn check(scope: &Scope) -> Result<()> {
    check_nodes(scope.nodes.len())?;
    let mut heights: Vec<usize> = Vec::with_capacity(scope.nodes.len());
    let mut parameters = Names::default();
    for node in &scope.nodes {
        let height = |id: &NodeId| heights.get(id.index()).copied().unwrap_or(0);
        let below = match node {
            Node::And(children) | Node::Or(children) => children.iter().map(height).max(),
            Node::Not(child) => Some(height(child)),
            Node::Test(Test { subject, predicate }) => {
                if let Predicate::In(list) = predicate {
                    check_list(list.len())?;
                }
                check_calls(subject.calls.len())?;
                parameters.add(predicate)?;
                None
            }
        };
        let height = 1 + below.unwrap_or(0);
        check_depth(height)?;
        heights.push(height);
    }
    Ok(())
}

pub(super) fn check_depth(depth: usize) -> Result<()> {
    if depth <= SCOPE_DEPTH_MAX {
        return Ok(());
    }
    Err(syntax(format!(
        "the scope nests deeper than {SCOPE_DEPTH_MAX} levels; take out parentheses that change \
         nothing, or split it"
    )))
}

fn check_nodes(count: usize) -> Result<()> {
    if count <= SCOPE_NODES_MAX {
        return Ok(());
    }
    Err(syntax(format!(
        "the scope has more than {SCOPE_NODES_MAX} conditions; use IN lists, or split it"
    )))
}

pub(super) fn check_list(count: usize) -> Result<()> {
    if count <= SCOPE_LIST_MAX {
        return Ok(());
    }
    Err(syntax(format!("the list has more than {SCOPE_LIST_MAX} values; split it")))
}

pub(super) fn check_calls(count: usize) -> Result<()> {
    if count <= SCOPE_CALLS_MAX {
        return Ok(());
    }
    Err(syntax(format!("more than {SCOPE_CALLS_MAX} functions stand around one column")))
}

pub(super) fn syntax(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::ScopeSyntax, message)
}
