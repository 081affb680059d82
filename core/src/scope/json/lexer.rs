//! Cuts JSON into tokens.
//!
//! `serde_json` reads the texts; the rest is read here because a scope needs what its readers do
//! not give: numbers as they are written, keys that stand twice, and a way down that does not use
//! the machine's stack beyond the limit.

use crate::error::{Error, Result};
use crate::scope::Literal;
use crate::scope::draft::syntax;
use crate::scope::sql::number;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// One of `{ } [ ] : ,`.
    Mark(char),
    Literal(Literal),
    Null,
    End,
}

impl Token {
    /// The token as a message shows it.
    pub(super) fn shown(&self) -> String {
        match self {
            Token::Mark('{') => "an object".into(),
            Token::Mark('[') => "an array".into(),
            Token::Mark(mark) => format!("`{mark}`"),
            Token::Literal(literal) => literal.to_string(),
            Token::Null => "null".into(),
            Token::End => "the end".into(),
        }
    }
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Lexer { text, at: 0 }
    }

    pub(super) fn next(&mut self) -> Result<Token> {
        let rest = self.text.get(self.at..).unwrap_or("");
        let rest = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.at = self.text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        let (token, length) = match first {
            '{' | '}' | '[' | ']' | ':' | ',' => (Token::Mark(first), 1),
            '"' => self.text_token(rest)?,
            '-' | '0'..='9' => self.number_token(rest)?,
            _ => self.word_token(rest)?,
        };
        self.at += length;
        Ok(token)
    }

    fn text_token(&self, rest: &str) -> Result<(Token, usize)> {
        let mut escaped = false;
        let end = rest.bytes().enumerate().skip(1).find(|(_, byte)| {
            let closes = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            closes
        });
        let quoted = end.and_then(|(end, _)| rest.get(..=end));
        let quoted = quoted.ok_or_else(|| self.error("a text that does not end"))?;
        let text: String =
            serde_json::from_str(quoted).map_err(|_| self.error("a text that is not JSON"))?;
        Ok((Token::Literal(text.into()), quoted.len()))
    }

    fn number_token(&self, rest: &str) -> Result<(Token, usize)> {
        let text = leading(rest, |it| it.is_ascii_alphanumeric() || matches!(it, '+' | '-' | '.'));
        // Only JSON's own spelling: no `01`, no `1.`.
        if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
            return Err(self.error("a number that is not JSON"));
        }
        let literal = number(text).map_err(|message| self.error(message))?;
        Ok((Token::Literal(literal), text.len()))
    }

    fn word_token(&self, rest: &str) -> Result<(Token, usize)> {
        let word = leading(rest, |it| it.is_ascii_alphabetic());
        let token = match word {
            "true" => Token::Literal(true.into()),
            "false" => Token::Literal(false.into()),
            "null" => Token::Null,
            _ => return Err(self.error("this is not JSON")),
        };
        Ok((token, word.len()))
    }

    fn error(&self, what: &str) -> Error {
        syntax(format!("{what}, at byte {}", self.at))
    }
}

fn leading(text: &str, is_part: impl Fn(char) -> bool) -> &str {
    let end = text.find(|it| !is_part(it)).unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}
