//! The skeleton of a scope: AND, OR, NOT and parentheses.
//!
//! Written over the tokens of `sqlparser` and not over its syntax tree: there a chain of 100,000
//! conditions is a tree 100,000 levels deep, which overflows the stack when it is dropped. Here a
//! chain is flat, and only parentheses and NOT go deeper, within a limit.

use std::str::FromStr;
use std::sync::Arc;

use sqlparser::tokenizer::Token;

use super::condition::Condition;
use super::hints::{shown, way_out};
use super::lexer::{Lexeme, Lexer};
use crate::error::{Error, Result};
use crate::limits::SCOPE_BYTES_MAX;
use crate::scope::Scope;
use crate::scope::ast::Origin;
use crate::scope::draft::{Chain, Draft, Junction, Piece, check_depth, syntax};
use crate::scope::place::in_text;

impl FromStr for Scope {
    type Err = Error;

    /// Reads a SQL condition: what may follow `WHERE`.
    ///
    /// # Errors
    ///
    /// `scope_syntax`, with line, column and a caret, for what the language does not have, and
    /// where a limit is passed; `scope_field` for a `DATE` or `TIMESTAMP` that is none.
    fn from_str(text: &str) -> Result<Self> {
        if text.len() > SCOPE_BYTES_MAX {
            return Err(syntax(format!(
                "the scope has {} bytes, but a scope has at most {SCOPE_BYTES_MAX}",
                text.len()
            )));
        }
        let mut parser = Parser::new(text)?;
        if parser.current.token == Token::EOF {
            let empty = syntax("the scope is empty; write a condition, such as lot = 'L1'");
            return Err(empty.at(in_text(text, 0)));
        }
        let piece = parser.chain(Junction::Or)?;
        if parser.current.token != Token::EOF {
            return Err(parser.unexpected("AND, OR or the end"));
        }
        let origin = Origin::Text(Arc::from(text));
        parser.draft.finish(piece, origin).map_err(|error| error.at(in_text(text, 0)))
    }
}

pub(super) struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    pub(super) current: Lexeme,
    pub(super) draft: Draft,
    /// Parentheses and NOTs around the current token.
    nesting: usize,
    /// Calls around the current token.
    pub(super) calls: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Result<Self> {
        let mut lexer = Lexer::new(text);
        let current = lexer.next()?;
        Ok(Parser { text, lexer, current, draft: Draft::default(), nesting: 0, calls: 0 })
    }

    fn chain(&mut self, junction: Junction) -> Result<Piece> {
        let word = match junction {
            Junction::And => "AND",
            Junction::Or => "OR",
        };
        let first = self.link(junction)?;
        if !self.at_word(word) {
            return Ok(first);
        }
        let mut chain = Chain::new(junction);
        self.attach(&mut chain, first)?;
        while self.take_word(word)? {
            let next = self.link(junction)?;
            self.attach(&mut chain, next)?;
        }
        Ok(Piece::Chain(chain))
    }

    /// What a chain joins: AND binds tighter than OR, NOT tighter than both.
    fn link(&mut self, junction: Junction) -> Result<Piece> {
        match junction {
            Junction::Or => self.chain(Junction::And),
            Junction::And => self.negation(),
        }
    }

    fn attach(&mut self, chain: &mut Chain, piece: Piece) -> Result<()> {
        let at = self.current.at;
        self.draft.attach(chain, piece).map_err(|error| error.at(in_text(self.text, at)))
    }

    fn negation(&mut self) -> Result<Piece> {
        let mut count = 0;
        while self.at_word("NOT") {
            self.descend()?;
            self.bump()?;
            count += 1;
        }
        let mut piece = self.primary()?;
        let at = self.current.at;
        for _ in 0..count {
            piece = self.draft.negate(piece).map_err(|error| error.at(in_text(self.text, at)))?;
        }
        self.nesting -= count;
        Ok(piece)
    }

    fn primary(&mut self) -> Result<Piece> {
        if self.current.token != Token::LParen {
            let at = self.current.at;
            let Condition { test, negated } = self.condition()?;
            let mut piece = self.draft.test(test);
            if negated {
                piece = piece.and_then(|test| self.draft.negate(test));
            }
            return piece.map_err(|error| error.at(in_text(self.text, at)));
        }
        self.descend()?;
        self.bump()?;
        let piece = self.chain(Junction::Or)?;
        if self.current.token != Token::RParen {
            return Err(self.unexpected("AND, OR or `)`"));
        }
        self.bump()?;
        self.nesting -= 1;
        Ok(piece)
    }

    fn descend(&mut self) -> Result<()> {
        self.nesting += 1;
        check_depth(self.nesting).map_err(|error| error.at(in_text(self.text, self.current.at)))
    }

    /// Takes the current token and goes on to the next.
    pub(super) fn bump(&mut self) -> Result<Lexeme> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.current, next))
    }

    pub(super) fn at_word(&self, word: &str) -> bool {
        is_word(&self.current.token, word)
    }

    pub(super) fn take_word(&mut self, word: &str) -> Result<bool> {
        let there = self.at_word(word);
        if there {
            self.bump()?;
        }
        Ok(there)
    }

    /// The error for a current token that should have been something else.
    pub(super) fn unexpected(&self, expected: &str) -> Error {
        self.misplaced(&self.current, expected)
    }

    pub(super) fn misplaced(&self, found: &Lexeme, expected: &str) -> Error {
        let message = match (&found.token, way_out(&found.token)) {
            (Token::EOF, _) => format!("the scope ends where {expected} should stand"),
            (token, None) => format!("{} stands where {expected} should", shown(token)),
            (token, Some(way_out)) => {
                format!("{} stands where {expected} should; {way_out}", shown(token))
            }
        };
        self.error(found.at, message)
    }

    pub(super) fn error(&self, at: usize, message: impl Into<String>) -> Error {
        self.placed(at, syntax(message))
    }

    pub(super) fn placed(&self, at: usize, error: Error) -> Error {
        error.at(in_text(self.text, at))
    }
}

/// Whether a token is a word that is not quoted.
pub(super) fn is_word(token: &Token, word: &str) -> bool {
    match token {
        Token::Word(it) => it.quote_style.is_none() && it.value.eq_ignore_ascii_case(word),
        _ => false,
    }
}
