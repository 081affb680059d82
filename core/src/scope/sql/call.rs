//! Functions of a column.

use sqlparser::tokenizer::Token;

use super::hints::{foreign_function, shown};
use super::operand::Side;
use super::parser::Parser;
use crate::error::{Error, Result};
use crate::scope::Literal;
use crate::scope::ast::{Called, Spot, Subject};
use crate::scope::call::{Call, Function};
use crate::scope::date_part::DatePart;
use crate::scope::draft::check_calls;
use crate::scope::literal::Kind;
use crate::scope::mask::Mask;
use crate::scope::place::nearest;
use crate::scope::text_expr::TextStep;

impl Parser<'_> {
    /// Reads a call from its opening parenthesis on.
    pub(super) fn call(&mut self, name: &str, at: Spot) -> Result<Subject> {
        let Some(function) = Function::named(name) else {
            return Err(self.error(at.0 as usize, no_function(name)));
        };
        self.calls += 1;
        check_calls(self.calls).map_err(|error| self.placed(at.0 as usize, error))?;
        self.bump()?;
        let (mut subject, call) = match function {
            Function::Extract => {
                let part = self.date_part()?;
                self.keyword("FROM", function)?;
                (self.argument(function)?, Call::Extract(part))
            }
            function => {
                let subject = self.argument(function)?;
                (subject, self.arguments(function)?)
            }
        };
        call.check().map_err(|error| self.placed(at.0 as usize, error))?;
        self.mark(&Token::RParen, function)?;
        self.calls -= 1;
        subject.calls.push(Called { call, at });
        Ok(subject)
    }

    /// What follows the column.
    fn arguments(&mut self, function: Function) -> Result<Call> {
        Ok(match function {
            Function::Substring => Call::Text(self.substring()?),
            Function::Left => Call::Text(TextStep::Left(self.next_whole(function)?)),
            Function::Right => Call::Text(TextStep::Right(self.next_whole(function)?)),
            Function::SplitPart => {
                self.mark(&Token::Comma, function)?;
                let separator = self.text_token("the separator in single quotes")?.into();
                Call::Text(TextStep::SplitPart { separator, part: self.next_whole(function)? })
            }
            Function::Cast => {
                self.keyword("AS", function)?;
                if self.take_word("DATE")? {
                    Call::AsDate
                } else if self.take_word("TIME")? {
                    Call::AsTime
                } else {
                    return Err(self.unexpected("DATE or TIME"));
                }
            }
            function => match function.plain() {
                Some(call) => call,
                None => return Err(self.misused(function)),
            },
        })
    }

    fn substring(&mut self) -> Result<TextStep> {
        let function = Function::Substring;
        if self.take_word("FROM")? {
            let start = self.whole(function)?;
            let length = if self.take_word("FOR")? { Some(self.whole(function)?) } else { None };
            return Ok(TextStep::Substring { start, length });
        }
        if self.take_word("FOR")? {
            let length = Some(self.whole(function)?);
            return Ok(TextStep::Substring { start: 1, length });
        }
        let start = self.next_whole(function)?;
        let length = match self.current.token {
            Token::Comma => Some(self.next_whole(function)?),
            _ => None,
        };
        Ok(TextStep::Substring { start, length })
    }

    /// The column of a call, or a further call.
    fn argument(&mut self, function: Function) -> Result<Subject> {
        let at = self.current.at;
        match self.side("a column")? {
            Side::Column { subject, .. } => Ok(subject),
            Side::Literal(_) | Side::Null => Err(self.error(
                at,
                format!(
                    "{} is of a column, and a literal stands here; write {}",
                    function.sql(),
                    function.usage()
                ),
            )),
        }
    }

    fn date_part(&mut self) -> Result<DatePart> {
        let found = self.bump()?;
        let part = match &found.token {
            Token::Word(word) => DatePart::named(&word.value),
            _ => None,
        };
        part.ok_or_else(|| {
            let names = DatePart::ALL.map(DatePart::sql).join(", ");
            let way_out = match &found.token {
                Token::Word(word) if word.value.eq_ignore_ascii_case("DOW") => {
                    "ISODOW counts the days of the week from Monday, 1, to Sunday, 7".into()
                }
                Token::Word(word) if word.value.eq_ignore_ascii_case("SECOND") => {
                    "compare CAST(made_at AS TIME) with a time of day".into()
                }
                _ => format!("there are {names}"),
            };
            let found_text = shown(&found.token);
            self.error(found.at, format!("{found_text} is no part that EXTRACT gives; {way_out}"))
        })
    }

    /// A comma and a whole number.
    fn next_whole(&mut self, function: Function) -> Result<i32> {
        self.mark(&Token::Comma, function)?;
        self.whole(function)
    }

    fn whole(&mut self, function: Function) -> Result<i32> {
        let at = self.current.at;
        let refused = |parser: &Self| {
            let message = format!(
                "{} takes whole numbers here, from -2147483648 to 2147483647; write {}",
                function.sql(),
                function.usage()
            );
            parser.error(at, message)
        };
        match self.side("a whole number")? {
            Side::Literal(operand) => match operand.literal.0 {
                Kind::Integer(number) => i32::try_from(number).map_err(|_| refused(self)),
                _ => Err(refused(self)),
            },
            Side::Column { .. } | Side::Null => Err(refused(self)),
        }
    }

    /// Reads a mask from its opening parenthesis on.
    pub(super) fn mask(&mut self) -> Result<Literal> {
        self.bump()?;
        let at = self.current.at;
        let text = self.text_token("a mask in single quotes, as in MASK('1TC720E****010001'),")?;
        let mask = if self.current.token == Token::Comma {
            self.bump()?;
            let free_at = self.current.at;
            let free = self.text_token("the characters that mask, in single quotes,")?;
            if free.is_empty() {
                return Err(self
                    .error(free_at, "at least one character masks; leave '' out for `*` and `#`"));
            }
            Mask::with_free(&text, &free)
        } else {
            Mask::new(&text)
        };
        mask.check().map_err(|error| self.placed(at, error))?;
        if self.current.token != Token::RParen {
            return Err(self.unexpected("the `)` of MASK"));
        }
        self.bump()?;
        Ok(Literal(Kind::Mask(mask)))
    }

    fn mark(&mut self, mark: &Token, function: Function) -> Result<()> {
        if self.current.token != *mark {
            return Err(self.misused(function));
        }
        self.bump().map(|_| ())
    }

    fn keyword(&mut self, word: &str, function: Function) -> Result<()> {
        if self.take_word(word)? { Ok(()) } else { Err(self.misused(function)) }
    }

    /// The error for a token that has no place in a call.
    fn misused(&self, function: Function) -> Error {
        let found = match &self.current.token {
            Token::EOF => "the scope ends".into(),
            token => format!("{} stands", shown(token)),
        };
        let message = format!(
            "{found} where {} does not have it; write {}",
            function.sql(),
            function.usage()
        );
        self.error(self.current.at, message)
    }
}

fn no_function(name: &str) -> String {
    if let Some(way_out) = foreign_function(name) {
        return format!("there is no function {}; {way_out}", name.to_uppercase());
    }
    let names = || Function::ALL.into_iter().map(Function::sql).chain(["MASK"]);
    let shown: String = name.chars().take(60).collect();
    match nearest(name, names()) {
        Some(near) => format!("there is no function {shown}; did you mean {near}?"),
        None => {
            format!(
                "there is no function {shown}; there are {}",
                names().collect::<Vec<_>>().join(", ")
            )
        }
    }
}
