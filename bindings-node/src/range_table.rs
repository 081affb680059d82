//! Published tables of models and serial ranges.

use std::path::PathBuf;

use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;
use serde::Deserialize;
use serde_json::json;
use seriatim::{Assumption, Finding, RangeTableOptions, ReasonRows, TableRow};

use crate::error::{OrThrow, invalid};
use crate::jobs::promise;
use crate::schema::Schema;
use crate::scope::Scope;

/// What is read: a file, a text, or rows of model, first and last serial.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    File(PathBuf),
    Csv(String),
    Rows(Vec<[String; 3]>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    model_from: Option<String>,
    first_from: Option<String>,
    last_from: Option<String>,
    model_column: Option<String>,
    mask_characters: Option<String>,
    delimiter: Option<char>,
    #[serde(default)]
    assume: Vec<Assumption>,
}

impl Options {
    fn options(self) -> napi::Result<RangeTableOptions> {
        let mut options = RangeTableOptions::default();
        if let Some(header) = self.model_from {
            options = options.model_from(header);
        }
        if let Some(header) = self.first_from {
            options = options.first_from(header);
        }
        if let Some(header) = self.last_from {
            options = options.last_from(header);
        }
        if let Some(name) = self.model_column {
            options = options.model_column(name);
        }
        if let Some(characters) = self.mask_characters {
            options = options.mask_characters(characters);
        }
        if let Some(delimiter) = self.delimiter {
            let byte = u8::try_from(delimiter).ok().filter(u8::is_ascii);
            let byte = byte.ok_or_else(|| invalid("the delimiter is one character of ASCII"))?;
            options = options.delimiter(byte);
        }
        Ok(self.assume.into_iter().fold(options, RangeTableOptions::assume))
    }
}

/// A table of models and their serial ranges, as regulators and makers publish them.
#[napi]
pub struct RangeTable {
    inner: seriatim::RangeTable,
}

#[napi]
impl RangeTable {
    #[napi(catch_unwind)]
    pub fn read<'env>(
        env: &'env Env,
        source: String,
        schema: &Schema,
        options: String,
    ) -> napi::Result<Object<'env>> {
        let wrong = |error: serde_json::Error| invalid(error.to_string());
        let source: Source = serde_json::from_str(&source).map_err(wrong)?;
        let options: Options = serde_json::from_str(&options).map_err(wrong)?;
        let (options, schema) = (options.options()?, schema.inner.clone());
        let read = move || {
            match source {
                Source::File(path) => seriatim::RangeTable::open_csv(path, &schema, &options),
                Source::Csv(text) => {
                    seriatim::RangeTable::from_csv(text.as_bytes(), &schema, &options)
                }
                Source::Rows(rows) => seriatim::RangeTable::from_rows(rows, &schema, &options),
            }
            .or_throw()
        };
        promise(env, read, |_, inner| Ok(RangeTable { inner }))
    }

    /// The rows and the report; JSON.
    #[napi(catch_unwind)]
    pub fn told(&self) -> String {
        let finding = |it: &Finding| json!({"reason": it.reason.code(), "refused": it.refused, "message": it.message});
        let row = |it: &TableRow| {
            json!({
                "line": it.line(),
                "model": it.model(),
                "first": it.first(),
                "last": it.last(),
                "outcome": it.outcome().code(),
                "findings": it.findings().iter().map(finding).collect::<Vec<_>>(),
            })
        };
        let reason = |it: &ReasonRows| json!({"reason": it.reason.code(), "refused": it.refused, "lines": it.lines});
        let report = self.inner.report();
        json!({
            "rows": self.inner.rows().iter().map(row).collect::<Vec<_>>(),
            "report": {
                "accepted": report.accepted,
                "flagged": report.flagged,
                "refused": report.refused,
                "blank": report.blank,
                "reasons": report.reasons.iter().map(reason).collect::<Vec<_>>(),
                "columnsIgnored": report.columns_ignored,
            },
        })
        .to_string()
    }

    #[napi(catch_unwind)]
    pub fn scope(&self) -> napi::Result<Scope> {
        self.inner.scope().or_throw().map(Scope::from)
    }

    #[napi(catch_unwind)]
    pub fn scope_without_refused(&self, refused: u32) -> napi::Result<Scope> {
        self.inner.scope_without_refused(u64::from(refused)).or_throw().map(Scope::from)
    }
}
