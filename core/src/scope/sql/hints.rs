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
        | Token::ShiftRight => Some("the language has no arithmetic; write the value itself"),
        Token::DoubleColon => Some("write CAST(made_at AS DATE) or CAST(made_at AS TIME)"),
        Token::Tilde
        | Token::TildeAsterisk
        | Token::ExclamationMarkTilde
        | Token::ExclamationMarkTildeAsterisk
        | Token::DoubleTilde
        | Token::DoubleTildeAsterisk => Some("the language has no regular expressions; use LIKE"),
        Token::Placeholder(_) | Token::Colon | Token::AtSign | Token::Sharp => {
            Some("a parameter is a colon and a name: :lot")
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

/// The way out for a function of another language.
pub(super) fn foreign_function(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_uppercase().as_str() {
        "MID" => "write SUBSTRING(serial FROM 7 FOR 2)",
        "LEN" => "write CHAR_LENGTH(serial)",
        "OCTET_LENGTH" | "BIT_LENGTH" => "CHAR_LENGTH counts characters",
        "UCASE" => "write UPPER(lot)",
        "LCASE" => "write LOWER(lot)",
        "LTRIM" | "RTRIM" | "BTRIM" => "TRIM takes the spaces off both ends",
        "STARTS_WITH" => "write serial LIKE 'AX%'",
        "ENDS_WITH" => "write serial LIKE '%0123'",
        "CONTAINS" | "POSITION" | "STRPOS" | "INSTR" | "CHARINDEX" => "write serial LIKE '%WY%'",
        "REGEXP_LIKE" | "REGEXP_MATCHES" | "REGEXP_REPLACE" => {
            "the language has no regular expressions; use LIKE, SUBSTRING or MASK"
        }
        "REPLACE" | "TRANSLATE" => "a family's normaliser overlooks dashes, spaces and case",
        "CONCAT" => "texts cannot be joined; compare each part",
        "COALESCE" | "IFNULL" | "NVL" | "ISNULL" | "NULLIF" => {
            "write `lot IS NULL OR lot = 'L1'`, or IS NOT DISTINCT FROM"
        }
        "YEAR" | "DATE_PART" => "write EXTRACT(YEAR FROM made_at)",
        "QUARTER" => "write EXTRACT(QUARTER FROM made_at)",
        "MONTH" => "write EXTRACT(MONTH FROM made_at)",
        "WEEK" => "write EXTRACT(WEEK FROM made_at)",
        "DAY" => "write EXTRACT(DAY FROM made_at)",
        "HOUR" => "write EXTRACT(HOUR FROM made_at)",
        "MINUTE" => "write EXTRACT(MINUTE FROM made_at)",
        "DATE" | "TO_DATE" | "DATE_TRUNC" | "STR_TO_DATE" => "write CAST(made_at AS DATE)",
        "TIME" => "write CAST(made_at AS TIME)",
        "NOW" | "GETDATE" => NO_CLOCK,
        "ABS" | "ROUND" | "FLOOR" | "CEIL" | "MOD" => {
            "the language has no arithmetic; write the values themselves"
        }
        "ANY" | "ALL" | "SOME" | "UNNEST" => {
            "a test of a column with many values holds where any value passes"
        }
        _ => return None,
    })
}

const NO_CLOCK: &str = "a scope reads no clock; write the day itself";

/// The way out for a word that stands where a literal should, and is no column either.
pub(super) fn word_of_clock(word: &str) -> Option<&'static str> {
    let words = ["CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "TODAY"];
    words.iter().any(|it| word.eq_ignore_ascii_case(it)).then_some(NO_CLOCK)
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
