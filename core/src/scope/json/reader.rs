//! Reads a scope from JSON.

use super::lexer::{Lexer, Token};
use crate::error::{Error, Result};
use crate::limits::SCOPE_BYTES_MAX;
use crate::scope::ast::{Comparison, Down, Operand, Origin, Predicate, Spot, Step, Test};
use crate::scope::draft::{Chain, Draft, Junction, Piece, check_depth, check_list, syntax};
use crate::scope::like::LikePattern;
use crate::scope::literal::Kind;
use crate::scope::place::{in_json, nearest};
use crate::scope::{Literal, Scope};

const OPERATORS: [&str; 14] = [
    "and",
    "or",
    "not",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "between",
    "in",
    "like",
    "is_null",
    "is_not_distinct_from",
];

impl Scope {
    /// Reads the JSON form of a scope: one key a node, the operator; the column first, then the
    /// literals.
    ///
    /// # Errors
    ///
    /// `scope_syntax`, with the path of the node, for what is not JSON or not a scope, and where a
    /// limit is passed.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::Scope;
    ///
    /// let scope = Scope::from_json(r#"{"or": [{"in": ["lot", ["L1"]]}, {"lt": ["line", 4]}]}"#)?;
    /// assert_eq!(scope.to_sql(), "lot IN ('L1') OR line < 4");
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self> {
        if text.len() > SCOPE_BYTES_MAX {
            return Err(syntax(format!(
                "the scope has {} bytes, but a scope has at most {SCOPE_BYTES_MAX}",
                text.len()
            )));
        }
        let root = Step { parent: 0, to: Down::Root };
        let mut reader = Reader {
            lexer: Lexer::new(text),
            draft: Draft::default(),
            steps: vec![root],
            depth: 0,
            calls: 0,
        };
        let piece = reader.node(0)?;
        match reader.token(0)? {
            Token::End => {}
            token => return Err(reader.misplaced(0, &token, "the end")),
        }
        reader.draft.finish(piece, Origin::Json(reader.steps.into()))
    }
}

pub(super) struct Reader<'a> {
    lexer: Lexer<'a>,
    draft: Draft,
    steps: Vec<Step>,
    depth: usize,
    /// Calls around what is being read.
    pub(super) calls: usize,
}

impl Reader<'_> {
    /// Reads the node at a step.
    fn node(&mut self, at: u32) -> Result<Piece> {
        self.depth += 1;
        check_depth(self.depth).map_err(|error| self.placed(at, error))?;
        self.mark('{', at, "a node, such as {\"eq\": [\"lot\", \"L1\"]},")?;
        let operator = self.key(at, "an operator in double quotes")?;
        let Some(key) = OPERATORS.into_iter().find(|it| **it == *operator) else {
            return Err(self.no_operator(at, &operator));
        };
        let down = self.step(at, Down::Key(key));
        let piece = self.operands(key, down)?;
        self.close(at, "a node has one key, its operator; use `and` or `or`")?;
        self.depth -= 1;
        Ok(piece)
    }

    /// The one key of an object, and its colon.
    pub(super) fn key(&mut self, at: u32, expected: &str) -> Result<Box<str>> {
        let key = match self.token(at)? {
            Token::Literal(Literal(Kind::Text(key))) => key,
            token => return Err(self.misplaced(at, &token, expected)),
        };
        self.mark(':', at, "`:`")?;
        Ok(key)
    }

    /// The end of an object, which has one key.
    pub(super) fn close(&mut self, at: u32, one_key: &str) -> Result<()> {
        match self.token(at)? {
            Token::Mark('}') => Ok(()),
            Token::Mark(',') => Err(self.error(at, one_key)),
            token => Err(self.misplaced(at, &token, "`}`")),
        }
    }

    fn operands(&mut self, key: &'static str, at: u32) -> Result<Piece> {
        match key {
            "and" => self.chain(Junction::And, at),
            "or" => self.chain(Junction::Or, at),
            "not" => {
                let child = self.node(at)?;
                self.draft.negate(child).map_err(|error| self.placed(at, error))
            }
            "is_null" => {
                let subject = self.subject(at)?;
                self.test(at, Test { subject, predicate: Predicate::IsNull })
            }
            key => {
                self.mark('[', at, "an array of a column and what it is compared with")?;
                let column_at = self.step(at, Down::Element(0));
                let subject = self.subject(column_at)?;
                self.comma(at)?;
                let predicate = self.predicate(key, at)?;
                self.mark(']', at, "`]`")?;
                self.test(at, Test { subject, predicate })
            }
        }
    }

    fn predicate(&mut self, key: &str, at: u32) -> Result<Predicate> {
        match key {
            "between" => {
                let first = self.operand(at, 1)?;
                self.comma(at)?;
                Ok(Predicate::Between(first, self.operand(at, 2)?))
            }
            "in" => {
                let list_at = self.step(at, Down::Element(1));
                self.list(list_at)
            }
            "is_not_distinct_from" => self.operand(at, 1).map(Predicate::NotDistinct),
            "like" => {
                let Operand { literal, at: spot } = self.operand(at, 1)?;
                if let Kind::Parameter(_) = &literal.0 {
                    return Ok(Predicate::Like(Operand { literal, at: spot }));
                }
                let Kind::Text(text) = &literal.0 else {
                    return Err(self.error(spot.0, format!("{literal} is no pattern; quote it")));
                };
                let pattern = LikePattern::new(text).map_err(|it| self.placed(spot.0, it))?;
                Ok(Predicate::Like(Operand { literal: pattern.text().into(), at: spot }))
            }
            key => {
                let comparison = Comparison::ALL.into_iter().find(|it| it.key() == key);
                let comparison = comparison.ok_or_else(|| self.no_operator(at, key))?;
                Ok(Predicate::Compare(comparison, self.operand(at, 1)?))
            }
        }
    }

    fn chain(&mut self, junction: Junction, at: u32) -> Result<Piece> {
        self.mark('[', at, "an array of nodes")?;
        let mut chain = Chain::new(junction);
        for element in 0.. {
            let child_at = self.step(at, Down::Element(element));
            let piece = self.node(child_at)?;
            self.draft.attach(&mut chain, piece).map_err(|error| self.placed(child_at, error))?;
            if self.ends(at)? {
                break;
            }
        }
        Ok(Piece::Chain(chain))
    }

    /// A list, or a parameter that is one.
    fn list(&mut self, at: u32) -> Result<Predicate> {
        match self.token(at)? {
            Token::Mark('[') => {}
            Token::Mark('{') => {
                let literal = self.special(at)?;
                let Kind::Parameter(_) = &literal.0 else {
                    return Err(
                        self.error(at, format!("{literal} is no list; put it in `[` and `]`"))
                    );
                };
                return Ok(Predicate::InParameter(Operand { literal, at: Spot(at) }));
            }
            token => return Err(self.misplaced(at, &token, "an array of literals")),
        }
        let mut list = Vec::new();
        for element in 0.. {
            let operand_at = self.step(at, Down::Element(element));
            match self.token(operand_at)? {
                Token::Mark(']') if element == 0 => break,
                token => list.push(self.literal(operand_at, token)?),
            }
            check_list(list.len()).map_err(|error| self.placed(at, error))?;
            if self.ends(at)? {
                break;
            }
        }
        Ok(Predicate::In(list))
    }

    pub(super) fn operand(&mut self, at: u32, element: u32) -> Result<Operand> {
        let operand_at = self.step(at, Down::Element(element));
        let token = self.token(operand_at)?;
        self.literal(operand_at, token)
    }

    fn literal(&mut self, at: u32, token: Token) -> Result<Operand> {
        match token {
            Token::Literal(literal) => Ok(Operand { literal, at: Spot(at) }),
            Token::Mark('{') => Ok(Operand { literal: self.special(at)?, at: Spot(at) }),
            Token::Null => Err(self.error(at, "null is no value; write {\"is_null\": \"column\"}")),
            token => Err(self.misplaced(at, &token, "a literal")),
        }
    }

    fn test(&mut self, at: u32, test: Test) -> Result<Piece> {
        self.draft.test(test).map_err(|error| self.placed(at, error))
    }

    /// Whether the array ends here; else takes the comma.
    pub(super) fn ends(&mut self, at: u32) -> Result<bool> {
        match self.token(at)? {
            Token::Mark(']') => Ok(true),
            Token::Mark(',') => Ok(false),
            token => Err(self.misplaced(at, &token, "`,` or `]`")),
        }
    }

    pub(super) fn comma(&mut self, at: u32) -> Result<()> {
        self.mark(',', at, "`,` and a further operand")
    }

    pub(super) fn mark(&mut self, mark: char, at: u32, expected: &str) -> Result<()> {
        match self.token(at)? {
            Token::Mark(it) if it == mark => Ok(()),
            token => Err(self.misplaced(at, &token, expected)),
        }
    }

    pub(super) fn token(&mut self, at: u32) -> Result<Token> {
        self.lexer.next().map_err(|error| self.placed(at, error))
    }

    pub(super) fn step(&mut self, parent: u32, to: Down) -> u32 {
        self.steps.push(Step { parent, to });
        // Every step takes bytes of a text that is far shorter than 2^32.
        u32::try_from(self.steps.len() - 1).unwrap_or(u32::MAX)
    }

    fn no_operator(&self, at: u32, found: &str) -> Error {
        let hint = match nearest(found, OPERATORS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", OPERATORS.join(", ")),
        };
        let found = Literal::from(found);
        self.error(at, format!("{found} is no operator; {hint}"))
    }

    pub(super) fn misplaced(&self, at: u32, found: &Token, expected: &str) -> Error {
        self.error(at, format!("{} stands where {expected} should", found.shown()))
    }

    pub(super) fn error(&self, at: u32, message: impl Into<String>) -> Error {
        self.placed(at, syntax(message))
    }

    pub(super) fn placed(&self, at: u32, error: Error) -> Error {
        error.at(in_json(&self.steps, at))
    }
}
