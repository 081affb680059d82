//! Cuts SQL into tokens.

use std::vec::IntoIter;

use sqlparser::dialect::Dialect;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, TokenizerError};

use crate::error::{Error, Result};
use crate::scope::draft::syntax;
use crate::scope::place::in_text;

/// How many bytes are cut into tokens at a time. A token takes many times the bytes of its text, so
/// a whole scope of millions of parentheses or values must never lie in memory as tokens.
const PORTION_BYTES: usize = 1 << 14;

/// SQL's own quoting and names, and nothing of any one database.
#[derive(Debug)]
struct ScopeDialect;

impl Dialect for ScopeDialect {
    fn is_delimited_identifier_start(&self, it: char) -> bool {
        it == '"'
    }

    fn is_identifier_start(&self, it: char) -> bool {
        it.is_alphabetic() || it == '_'
    }

    fn is_identifier_part(&self, it: char) -> bool {
        it.is_alphabetic() || it.is_ascii_digit() || it == '_'
    }
}

/// A token and the byte of the text at which it begins.
pub(super) struct Lexeme {
    pub(super) token: Token,
    pub(super) at: usize,
}

/// The tokens of a text without white space and comments, a portion at a time.
pub(super) struct Lexer<'a> {
    text: &'a str,
    /// Where the next portion begins.
    next: usize,
    tokens: IntoIter<TokenWithSpan>,
    /// What could not be read after the tokens of this portion.
    failure: Option<TokenizerError>,
    walk: Walk<'a>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let tokens = Vec::new().into_iter();
        Lexer { text, next: 0, tokens, failure: None, walk: Walk::new("", 0) }
    }

    /// The next token; at the end [`Token::EOF`], again and again.
    pub(super) fn next(&mut self) -> Result<Lexeme> {
        loop {
            if let Some(TokenWithSpan { token, span }) = self.tokens.next() {
                if !matches!(token, Token::Whitespace(_)) {
                    return Ok(Lexeme { token, at: self.walk.to(span.start) });
                }
            } else if let Some(failure) = self.failure.take() {
                let at = self.walk.to(failure.location);
                return Err(unreadable(&failure.message).at(in_text(self.text, at)));
            } else if self.next < self.text.len() {
                self.read_portion();
            } else {
                return Ok(Lexeme { token: Token::EOF, at: self.text.trim_end().len() });
            }
        }
    }

    fn read_portion(&mut self) {
        let rest = self.text.get(self.next..).unwrap_or("");
        let portion = rest.get(..portion_end(rest)).unwrap_or(rest);
        let mut tokens = Vec::new();
        self.failure = Tokenizer::new(&ScopeDialect, portion)
            .tokenize_with_location_into_buf(&mut tokens)
            .err();
        self.tokens = tokens.into_iter();
        self.walk = Walk::new(portion, self.next);
        self.next += portion.len();
    }
}

/// Where a portion may end: not inside a text, a quoted name or a comment, and after a byte that
/// always ends a token.
fn portion_end(text: &str) -> usize {
    enum Inside {
        Nothing,
        Quotes(u8),
        Line,
        Block,
    }
    let mut inside = Inside::Nothing;
    let mut before = 0;
    for (at, byte) in text.bytes().enumerate() {
        match inside {
            Inside::Nothing => match (before, byte) {
                (_, b'\'' | b'"') => inside = Inside::Quotes(byte),
                (b'-', b'-') => inside = Inside::Line,
                (b'/', b'*') => inside = Inside::Block,
                (_, b' ' | b'\n' | b',' | b'(' | b')') if at >= PORTION_BYTES => return at + 1,
                _ => {}
            },
            // A doubled quote closes and opens again.
            Inside::Quotes(quote) if byte == quote => inside = Inside::Nothing,
            Inside::Line if byte == b'\n' => inside = Inside::Nothing,
            Inside::Block if (before, byte) == (b'*', b'/') => inside = Inside::Nothing,
            _ => {}
        }
        before = byte;
    }
    text.len()
}

/// Turns the lines and columns of a portion, asked for in ascending order, into bytes of the text.
struct Walk<'a> {
    rest: std::str::Chars<'a>,
    /// The byte of the text at which the portion ends.
    end: usize,
    line: u64,
    column: u64,
}

impl<'a> Walk<'a> {
    fn new(portion: &'a str, start: usize) -> Self {
        Walk { rest: portion.chars(), end: start + portion.len(), line: 1, column: 1 }
    }

    fn to(&mut self, location: Location) -> usize {
        while (self.line, self.column) < (location.line, location.column) {
            match self.rest.next() {
                None => break,
                Some('\n') => (self.line, self.column) = (self.line + 1, 1),
                Some(_) => self.column += 1,
            }
        }
        self.end - self.rest.as_str().len()
    }
}

fn unreadable(message: &str) -> Error {
    if message.contains("comment") {
        syntax("the comment does not end; close it with */")
    } else if message.contains("close delimiter") {
        syntax("the quoted name does not end; close it with \"")
    } else if message.contains("string literal") {
        syntax("the text does not end; close it with ', and write '' for a ' inside it")
    } else {
        syntax("this is no part of the scope language")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn starts(text: &str) -> Result<Vec<(String, usize)>> {
        let mut lexer = Lexer::new(text);
        let mut found = Vec::new();
        loop {
            let Lexeme { token, at } = lexer.next()?;
            if token == Token::EOF {
                return Ok(found);
            }
            found.push((token.to_string(), at));
        }
    }

    #[test]
    fn tokens_know_their_bytes() {
        let found = starts("é = 'ä''ö'\n -- rest\n<= \"a b\"").unwrap();
        let expected = [("é", 0), ("=", 3), ("'ä'ö'", 5), ("<=", 23), ("\"a b\"", 26)];
        assert_eq!(found, expected.map(|(token, at)| (token.to_owned(), at)));
    }

    #[test]
    fn portions_do_not_show() {
        let row = "a <= 'x, (''y'' -- no' /* ' */ -- it's\n, \"q(\"\"\" <> -1.5e3 ";
        let once = starts(row).unwrap();
        let times = 3 * PORTION_BYTES / row.len();
        let found = starts(&row.repeat(times)).unwrap();
        let mut expected = Vec::new();
        for turn in 0..times {
            expected.extend(once.iter().map(|(it, at)| (it.clone(), at + turn * row.len())));
        }
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in any::<String>(), fill in 0..PORTION_BYTES) {
            let padded = format!("{}{text}{}", " ".repeat(PORTION_BYTES - 8), ")".repeat(fill % 64));
            if let Ok(found) = starts(&padded) {
                for pair in found.windows(2) {
                    prop_assert!(pair[0].1 < pair[1].1);
                }
            }
        }
    }
}
