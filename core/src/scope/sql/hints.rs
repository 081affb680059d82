//! What was found, and the way out.

use sqlparser::tokenizer::Token;

/// A token as a message shows it.
pub(super) fn shown(token: &Token) -> String {
    match token {
        Token::SingleQuotedString(_) => "a text".into(),
        Token::Word(word) if word.value.chars().nth(60).is_some() => "a long name".into(),
        token => format!("`{token}`"),
    }
}

/// The way out for a token that the language has no use for.
pub(super) fn way_out(token: &Token) -> Option<&'static str> {
    match token {
        Token::DoubleEq => Some("write `=`"),
        Token::SemiColon => Some("a scope is one condition, without a semicolon"),
        Token::Overlap => Some("write AND"),
        Token::StringConcat => Some("write OR; texts cannot be joined"),
        Token::ExclamationMark => Some("write NOT"),
        Token::Plus
        | Token::Minus
        | Token::Mul
        | Token::Div
        | Token::Mod
        | Token::Ampersand
        | Token::Pipe
        | Token::Caret
        | Token::ShiftLeft
        | Token::ShiftRight
        | Token::DoubleColon => {
            Some("the language has no arithmetic and no casts; write the value itself")
        }
        Token::Tilde
        | Token::TildeAsterisk
        | Token::ExclamationMarkTilde
        | Token::ExclamationMarkTildeAsterisk
        | Token::DoubleTilde
        | Token::DoubleTildeAsterisk => Some("the language has no regular expressions; use LIKE"),
        Token::Placeholder(_) | Token::Colon | Token::AtSign | Token::Sharp => {
            Some("the language has no parameters; write the value itself")
        }
        Token::Char('\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '`') => {
            Some("a text stands in straight single quotes: 'text'")
        }
        Token::NationalStringLiteral(_)
        | Token::HexStringLiteral(_)
        | Token::DollarQuotedString(_) => Some("a text stands in plain single quotes: 'text'"),
        Token::Word(word) if word.quote_style.is_none() => word_way_out(&word.value),
        _ => None,
    }
}

fn word_way_out(word: &str) -> Option<&'static str> {
    match word.to_ascii_uppercase().as_str() {
        "ILIKE" => Some("LIKE heeds case; list the spellings with OR"),
        "RLIKE" | "REGEXP" | "SIMILAR" | "GLOB" => {
            Some("the language has no regular expressions; use LIKE")
        }
        "WHERE" => Some("leave WHERE out: a scope is the condition that follows it"),
        "SELECT" | "WITH" | "EXISTS" => {
            Some("the language has no queries; list the values with IN")
        }
        "ORDER" | "GROUP" | "LIMIT" | "HAVING" | "UNION" => {
            Some("a scope is only the condition that follows WHERE")
        }
        "CASE" => Some("the language has no CASE; write the cases with AND and OR"),
        "XOR" => Some("write (a AND NOT b) OR (b AND NOT a)"),
        _ => None,
    }
}
