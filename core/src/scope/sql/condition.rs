//! A condition on one column.

use sqlparser::tokenizer::Token;

use super::operand::Side;
use super::parser::Parser;
use crate::error::Result;
use crate::scope::ast::{Comparison, Operand, Predicate, Spot, Subject, Test};
use crate::scope::draft::check_list;
use crate::scope::like::LikePattern;

const COMPARISON: &str = "a comparison (=, <>, <, <=, >, >=, BETWEEN, IN, LIKE, IS NULL)";

/// A condition, and whether a NOT stands inside it, as in `NOT IN`.
pub(super) struct Condition {
    pub(super) test: Test,
    pub(super) negated: bool,
}

impl Parser<'_> {
    pub(super) fn condition(&mut self) -> Result<Condition> {
        let at = self.current.at;
        match self.side("a column")? {
            Side::Column { subject, .. } => {
                let (predicate, negated) = self.predicate(&subject)?;
                Ok(Condition { test: Test { subject, predicate }, negated })
            }
            Side::Literal(literal) => self.mirrored(literal),
            Side::Null => Err(self.error(at, "NULL is no value; write `column IS NULL`")),
        }
    }

    /// What follows a literal that stands first: a comparison and the column.
    fn mirrored(&mut self, literal: Operand) -> Result<Condition> {
        let Some(comparison) = comparison(&self.current.token) else {
            let at = literal.at.0 as usize;
            return Err(self.error(at, "a literal stands where a column should; name it first"));
        };
        self.bump()?;
        let at = self.current.at;
        match self.side("a column")? {
            Side::Column { subject, .. } => {
                let predicate = Predicate::Compare(comparison.mirrored(), literal);
                self.refuse_second_comparison()?;
                Ok(Condition { test: Test { subject, predicate }, negated: false })
            }
            Side::Literal(_) | Side::Null => {
                Err(self.error(at, "two literals are compared; one side must be a column"))
            }
        }
    }

    /// What follows the column, and whether a NOT stands inside it.
    fn predicate(&mut self, subject: &Subject) -> Result<(Predicate, bool)> {
        if let Some(comparison) = comparison(&self.current.token) {
            self.bump()?;
            let operand = self.compared(subject, comparison)?;
            self.refuse_second_comparison()?;
            return Ok((Predicate::Compare(comparison, operand), false));
        }
        let alone = matches!(self.current.token, Token::EOF | Token::RParen)
            || self.at_word("AND")
            || self.at_word("OR");
        if alone {
            let operand = Operand { literal: true.into(), at: Spot(self.offset()) };
            return Ok((Predicate::Compare(Comparison::Eq, operand), false));
        }
        if self.take_word("IS")? {
            return self.is(subject);
        }
        let negated = self.take_word("NOT")?;
        if self.take_word("BETWEEN")? {
            self.refuse_symmetric()?;
            let first = self.literal()?;
            if !self.take_word("AND")? {
                return Err(self.unexpected("the AND of BETWEEN"));
            }
            return Ok((Predicate::Between(first, self.literal()?), negated));
        }
        if self.take_word("IN")? {
            return Ok((self.list()?, negated));
        }
        if self.take_word("LIKE")? {
            return Ok((Predicate::Like(self.pattern()?), negated));
        }
        let expected = if negated { "BETWEEN, IN or LIKE" } else { COMPARISON };
        Err(self.unexpected(expected))
    }

    fn refuse_second_comparison(&self) -> Result<()> {
        if comparison(&self.current.token).is_none() {
            return Ok(());
        }
        Err(self.error(
            self.current.at,
            "comparisons do not chain; write BETWEEN, or two comparisons with AND",
        ))
    }

    /// Word for word: in SQL, SYMMETRIC takes the ends in either order.
    fn refuse_symmetric(&self) -> Result<()> {
        for word in ["SYMMETRIC", "ASYMMETRIC"] {
            if self.at_word(word) {
                return Err(self.error(
                    self.current.at,
                    format!(
                        "BETWEEN has no {word} here; write the first end first: ends the wrong way \
                         round are an error, so that none go unseen"
                    ),
                ));
            }
        }
        Ok(())
    }

    /// What follows IS, and whether a NOT stands inside the condition. The test itself is positive:
    /// `IS DISTINCT FROM` is the contrary of one.
    fn is(&mut self, subject: &Subject) -> Result<(Predicate, bool)> {
        let negated = self.take_word("NOT")?;
        if self.take_word("NULL")? {
            return Ok((Predicate::IsNull, negated));
        }
        if self.take_word("DISTINCT")? {
            if !self.take_word("FROM")? {
                return Err(self.unexpected("the FROM of DISTINCT FROM"));
            }
            if self.take_word("NULL")? {
                return Ok((Predicate::IsNull, !negated));
            }
            return Ok((Predicate::NotDistinct(self.literal()?), !negated));
        }
        let truth = ["TRUE", "FALSE"].into_iter().find(|word| self.at_word(word));
        Err(match truth {
            Some(word) => {
                let sign = if negated { "<>" } else { "=" };
                let way_out = format!("write `{subject} {sign} {word}`");
                self.error(self.current.at, format!("IS stands before NULL only; {way_out}"))
            }
            None => self.unexpected("NULL, NOT NULL or DISTINCT FROM"),
        })
    }

    /// The literal that a column is compared with.
    fn compared(&mut self, subject: &Subject, comparison: Comparison) -> Result<Operand> {
        if !self.at_word("NULL") {
            return self.literal();
        }
        let sign = comparison.sql();
        let way_out = match comparison {
            Comparison::Eq => format!("write `{subject} IS NULL`"),
            Comparison::Ne => format!("write `{subject} IS NOT NULL`"),
            _ => "leave it out: where a value is missing, a comparison is UNKNOWN anyway".into(),
        };
        Err(self.error(self.current.at, format!("`{sign} NULL` never holds; {way_out}")))
    }

    /// What follows IN: a list, or a parameter that is one.
    fn list(&mut self) -> Result<Predicate> {
        if self.current.token == Token::Colon {
            return self.literal().map(Predicate::InParameter);
        }
        if self.current.token != Token::LParen {
            return Err(self.unexpected("the `(` of a list, or a parameter such as :lots,"));
        }
        self.bump()?;
        let mut list = Vec::new();
        if self.current.token == Token::RParen {
            self.bump()?;
            return Ok(Predicate::In(list));
        }
        loop {
            check_list(list.len() + 1).map_err(|error| self.placed(self.current.at, error))?;
            list.push(self.literal()?);
            match self.current.token {
                Token::Comma => self.bump()?,
                Token::RParen => {
                    self.bump()?;
                    return Ok(Predicate::In(list));
                }
                _ => return Err(self.unexpected("`,` or `)`")),
            };
        }
    }

    /// A pattern and its escape, as a pattern with the usual escape.
    fn pattern(&mut self) -> Result<Operand> {
        if self.current.token == Token::Colon {
            return self.literal();
        }
        let at = self.offset();
        let text = self.text_token("a pattern in single quotes")?;
        let pattern = if self.take_word("ESCAPE")? {
            let escape_at = self.current.at;
            let escape = self.text_token("an escape character in single quotes")?;
            let mut letters = escape.chars();
            let (first, second) = (letters.next(), letters.next());
            if second.is_some() || matches!(first, Some('%' | '_')) {
                return Err(self.error(
                    escape_at,
                    "an escape is one character other than `%` and `_`, or '' for none",
                ));
            }
            LikePattern::with_escape(&text, first)
        } else {
            LikePattern::new(&text)
        };
        let pattern = pattern.map_err(|error| self.placed(at as usize, error))?;
        Ok(Operand { literal: pattern.text().into(), at: Spot(at) })
    }
}

fn comparison(token: &Token) -> Option<Comparison> {
    match token {
        Token::Eq => Some(Comparison::Eq),
        Token::Neq => Some(Comparison::Ne),
        Token::Lt => Some(Comparison::Lt),
        Token::LtEq => Some(Comparison::Le),
        Token::Gt => Some(Comparison::Gt),
        Token::GtEq => Some(Comparison::Ge),
        _ => None,
    }
}
