//! What stands on either side of a comparison.

use sqlparser::tokenizer::Token;

use super::hints::word_of_clock;
use super::lexer::Lexeme;
use super::parser::{Parser, is_word};
use crate::calendar::Zone;
use crate::error::{Error, ErrorKind, Result};
use crate::scope::Literal;
use crate::scope::ast::{Operand, Spot, Subject};
use crate::scope::moment::{day, instant, time_of_day};

/// One side of a condition.
pub(super) enum Side {
    Column { subject: Subject, quoted: bool },
    Literal(Operand),
    Null,
}

/// Words that cannot begin an operand unless they are quoted.
const RESERVED: [&str; 11] =
    ["AND", "BETWEEN", "CASE", "EXISTS", "IN", "IS", "LIKE", "NOT", "OR", "SELECT", "WHERE"];

type Check = fn(&str) -> Result<()>;

/// Words before a text that say what it is.
const CHECKED: [(&str, Check); 3] =
    [("DATE", check_date), ("TIME", check_time), ("TIMESTAMP", check_timestamp)];

impl Parser<'_> {
    pub(super) fn literal(&mut self) -> Result<Operand> {
        let at = self.current.at;
        match self.side("a literal")? {
            Side::Literal(operand) => Ok(operand),
            Side::Null => Err(self.error(at, "NULL is no value; write `column IS NULL`")),
            Side::Column { subject, quoted: true } => Err(self.error(
                at,
                format!(
                    "double quotes are for columns; a text stands in single quotes: '{}'",
                    subject.column
                ),
            )),
            Side::Column { subject, .. } if !subject.calls.is_empty() => Err(self.error(
                at,
                format!(
                    "`{subject}` stands where a literal should; a function stands on one side \
                     only, and the other is a literal"
                ),
            )),
            Side::Column { subject: Subject { column, .. }, .. } => {
                let way_out = match word_of_clock(&column) {
                    Some(way_out) => way_out.into(),
                    None => format!(
                        "two columns cannot be compared, and a text stands in single quotes: \
                         '{column}'"
                    ),
                };
                let message = format!("`{column}` stands where a literal should; {way_out}");
                Err(self.error(at, message))
            }
        }
    }

    pub(super) fn side(&mut self, expected: &str) -> Result<Side> {
        let spot = Spot(self.offset());
        let at = self.current.at;
        let found = self.bump()?;
        let literal = match found.token {
            Token::Word(word) if word.quote_style.is_some() => {
                return self.column(word.value, spot, true);
            }
            Token::Word(_) => return self.word(found, expected),
            Token::SingleQuotedString(text) => text.into(),
            Token::Number(digits, long) => self.number(at, "", &digits, long)?,
            Token::Minus | Token::Plus => match self.bump()?.token {
                Token::Number(digits, long) => {
                    let sign = if found.token == Token::Minus { "-" } else { "" };
                    self.number(at, sign, &digits, long)?
                }
                _ => return Err(self.error(at, "a sign stands before a number only")),
            },
            Token::Colon => self.parameter()?,
            _ => return Err(self.misplaced(&found, expected)),
        };
        Ok(Side::Literal(Operand { literal, at: spot }))
    }

    /// A word that is not quoted: a literal of its own kind, or a column.
    fn word(&mut self, found: Lexeme, expected: &str) -> Result<Side> {
        let at = found.at;
        let spot = Spot(u32::try_from(at).unwrap_or(u32::MAX));
        for (word, truth) in [("TRUE", true), ("FALSE", false)] {
            if is_word(&found.token, word) {
                return Ok(Side::Literal(Operand { literal: truth.into(), at: spot }));
            }
        }
        if is_word(&found.token, "NULL") {
            return Ok(Side::Null);
        }
        if matches!(self.current.token, Token::SingleQuotedString(_)) {
            for (word, check) in CHECKED {
                if is_word(&found.token, word) {
                    let text_at = self.current.at;
                    let text = self.text_token(word)?;
                    check(&text).map_err(|error| self.placed(text_at, error))?;
                    return Ok(Side::Literal(Operand { literal: text.into(), at: spot }));
                }
            }
        }
        if RESERVED.iter().any(|word| is_word(&found.token, word)) {
            return Err(self.misplaced(&found, expected));
        }
        match found.token {
            Token::Word(word) if self.current.token == Token::LParen => {
                if word.value.eq_ignore_ascii_case("MASK") {
                    let literal = self.mask()?;
                    return Ok(Side::Literal(Operand { literal, at: spot }));
                }
                let subject = self.call(&word.value, spot)?;
                Ok(Side::Column { subject, quoted: false })
            }
            Token::Word(word) => self.column(word.value, spot, false),
            _ => Err(self.misplaced(&found, expected)),
        }
    }

    /// A column by its name, or a field of the serial or of an identifier by its path.
    fn column(&mut self, mut name: String, at: Spot, quoted: bool) -> Result<Side> {
        if self.current.token == Token::Period {
            self.bump()?;
            let expected = "the name of a field";
            match self.bump()? {
                Lexeme { token: Token::Word(word), .. } if !word.value.is_empty() => {
                    name.push('.');
                    name.push_str(&word.value);
                }
                found => return Err(self.misplaced(&found, expected)),
            }
        }
        Ok(Side::Column { subject: Subject::column(name.into(), at), quoted })
    }

    /// The name that follows a colon.
    fn parameter(&mut self) -> Result<Literal> {
        match self.bump()? {
            Lexeme { token: Token::Word(word), .. } => Ok(Literal::parameter(word.value)),
            found => Err(self.misplaced(&found, "the name of a parameter, as in :lot,")),
        }
    }

    fn number(&self, at: usize, sign: &str, digits: &str, long: bool) -> Result<Literal> {
        let text = format!("{sign}{digits}");
        if long {
            return Err(self.error(at, "a number has no suffix; leave out the L"));
        }
        number(&text).map_err(|message| self.error(at, message))
    }

    pub(super) fn text_token(&mut self, expected: &str) -> Result<String> {
        if !matches!(self.current.token, Token::SingleQuotedString(_)) {
            return Err(self.unexpected(expected));
        }
        match self.bump()?.token {
            Token::SingleQuotedString(text) => Ok(text),
            _ => Ok(String::new()),
        }
    }

    /// The place of the current token; scopes are too short for it not to fit.
    pub(super) fn offset(&self) -> u32 {
        u32::try_from(self.current.at).unwrap_or(u32::MAX)
    }
}

fn check_date(text: &str) -> Result<()> {
    day(text).map(|_| ())
}

fn check_time(text: &str) -> Result<()> {
    time_of_day(text).map(|_| ())
}

fn check_timestamp(text: &str) -> Result<()> {
    if !text.contains(':') {
        return Err(Error::new(
            ErrorKind::ScopeField,
            "a TIMESTAMP has a time of day, such as '2025-03-01T12:30:00Z'; for a day write DATE",
        ));
    }
    // In UTC every local time is one instant, so only the text itself can be at fault.
    instant(text, &Zone::utc()).map(|_| ())
}

/// Reads a decimal number of SQL or JSON: whole where it is written without fraction and exponent.
pub(in crate::scope) fn number(text: &str) -> Result<Literal, &'static str> {
    let whole = text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    if whole {
        return text
            .parse::<i64>()
            .map(Literal::from)
            .map_err(|_| "the number is outside -9223372036854775808 to 9223372036854775807");
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Literal::from(number)),
        Ok(_) => Err("the number is greater than any that a column holds"),
        Err(_) => Err("this is not a decimal number"),
    }
}
