//! Functions of a column in JSON.

use super::lexer::Token;
use super::reader::Reader;
use crate::error::{Error, Result};
use crate::scope::Literal;
use crate::scope::ast::{Called, Down, Spot, Subject};
use crate::scope::call::{Call, Function};
use crate::scope::date_part::DatePart;
use crate::scope::draft::check_calls;
use crate::scope::literal::Kind;
use crate::scope::mask::Mask;
use crate::scope::place::nearest;
use crate::scope::text_expr::TextStep;

impl Reader<'_> {
    /// A column, or a call in its place.
    pub(super) fn subject(&mut self, at: u32) -> Result<Subject> {
        match self.token(at)? {
            Token::Literal(Literal(Kind::Text(name))) => Ok(Subject::column(name, Spot(at))),
            Token::Mark('{') => self.call(at),
            token => Err(self.misplaced(at, &token, "the name of a column in double quotes")),
        }
    }

    /// A call after its opening brace.
    fn call(&mut self, at: u32) -> Result<Subject> {
        self.calls += 1;
        check_calls(self.calls).map_err(|error| self.placed(at, error))?;
        let key = self.key(at, "the name of a function in double quotes")?;
        let Some(function) = Function::of_key(&key) else {
            return Err(self.no_function(at, &key));
        };
        let inner = self.step(at, Down::Key(function.key()));
        let (mut subject, call) = match function.plain() {
            Some(call) => (self.subject(inner)?, call),
            None => self.call_with_arguments(function, inner)?,
        };
        call.check().map_err(|error| self.placed(inner, error))?;
        self.close(at, "a function stands by itself in its object")?;
        self.calls -= 1;
        subject.calls.push(Called { call, at: Spot(at) });
        Ok(subject)
    }

    fn call_with_arguments(&mut self, function: Function, at: u32) -> Result<(Subject, Call)> {
        let expected = format!("an array, as in {},", function.json_usage());
        self.mark('[', at, &expected)?;
        let column_at = self.step(at, Down::Element(0));
        let subject = self.subject(column_at)?;
        self.mark(
            ',',
            at,
            &format!("`,` and a further argument, as in {},", function.json_usage()),
        )?;
        let call = match function {
            Function::Substring => {
                let start = self.whole(at, 1, function)?;
                if self.ends(at)? {
                    return Ok((subject, Call::Text(TextStep::Substring { start, length: None })));
                }
                let length = Some(self.whole(at, 2, function)?);
                Call::Text(TextStep::Substring { start, length })
            }
            Function::Left => Call::Text(TextStep::Left(self.whole(at, 1, function)?)),
            Function::Right => Call::Text(TextStep::Right(self.whole(at, 1, function)?)),
            Function::SplitPart => {
                let separator = self.text(at, 1, function)?;
                self.comma(at)?;
                Call::Text(TextStep::SplitPart { separator, part: self.whole(at, 2, function)? })
            }
            Function::Extract => {
                let name = self.text(at, 1, function)?;
                let part = DatePart::named(&name).ok_or_else(|| {
                    let names = DatePart::ALL.map(DatePart::code).join(", ");
                    let found = Literal::from(&*name);
                    self.error(at, format!("{found} is no part of a date; there are {names}"))
                })?;
                Call::Extract(part)
            }
            _ => match &*self.text(at, 1, function)? {
                "date" => Call::AsDate,
                "time" => Call::AsTime,
                other => {
                    let message = format!(
                        "{} is no type of a cast; there are date and time",
                        Literal::from(other)
                    );
                    return Err(self.error(at, message));
                }
            },
        };
        self.mark(']', at, "`]`")?;
        Ok((subject, call))
    }

    fn whole(&mut self, at: u32, element: u32, function: Function) -> Result<i32> {
        let operand = self.operand(at, element)?;
        let number = match operand.literal.0 {
            Kind::Integer(number) => i32::try_from(number).ok(),
            _ => None,
        };
        number.ok_or_else(|| {
            let message = format!(
                "{} is no whole number from -2147483648 to 2147483647; write {}",
                operand.literal,
                function.json_usage()
            );
            self.error(operand.at.0, message)
        })
    }

    fn text(&mut self, at: u32, element: u32, function: Function) -> Result<Box<str>> {
        let operand = self.operand(at, element)?;
        match operand.literal {
            Literal(Kind::Text(text)) => Ok(text),
            literal => {
                let message = format!("{literal} is no text; write {}", function.json_usage());
                Err(self.error(operand.at.0, message))
            }
        }
    }

    /// A mask or a parameter, after its opening brace.
    pub(super) fn special(&mut self, at: u32) -> Result<Literal> {
        let key = self.key(at, "`mask` or `parameter` in double quotes")?;
        let literal = match &*key {
            "parameter" => {
                let inner = self.step(at, Down::Key("parameter"));
                Literal::parameter(self.name(inner, "the name of a parameter in double quotes")?)
            }
            "mask" => {
                let inner = self.step(at, Down::Key("mask"));
                let mask = self.mask(inner)?;
                mask.check().map_err(|error| self.placed(inner, error))?;
                Literal(Kind::Mask(mask))
            }
            _ => {
                let message = if Function::of_key(&key).is_some() {
                    "a function stands in the place of the column; here stands a literal".into()
                } else {
                    let found = Literal::from(&*key);
                    format!("{found} is no literal; an object here is a mask or a parameter")
                };
                return Err(self.error(at, message));
            }
        };
        self.close(at, "a mask or a parameter stands by itself in its object")?;
        Ok(literal)
    }

    fn mask(&mut self, at: u32) -> Result<Mask> {
        match self.token(at)? {
            Token::Literal(Literal(Kind::Text(text))) => Ok(Mask::new(&text)),
            Token::Mark('[') => {
                let (text_at, free_at) =
                    (self.step(at, Down::Element(0)), self.step(at, Down::Element(1)));
                let text = self.name(text_at, "a mask in double quotes")?;
                self.comma(at)?;
                let free = self.name(free_at, "the characters that mask, in double quotes")?;
                self.mark(']', at, "`]`")?;
                if free.is_empty() {
                    return Err(self.error(free_at, "at least one character masks"));
                }
                Ok(Mask::with_free(&text, &free))
            }
            token => Err(self.misplaced(at, &token, "a mask in double quotes")),
        }
    }

    fn name(&mut self, at: u32, expected: &str) -> Result<Box<str>> {
        match self.token(at)? {
            Token::Literal(Literal(Kind::Text(text))) => Ok(text),
            token => Err(self.misplaced(at, &token, expected)),
        }
    }

    fn no_function(&self, at: u32, found: &str) -> Error {
        let keys = || Function::ALL.into_iter().map(Function::key);
        let hint = match nearest(found, keys()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", keys().collect::<Vec<_>>().join(", ")),
        };
        self.error(at, format!("{} is no function; {hint}", Literal::from(found)))
    }
}
