//! Which columns of a file hold what.

use super::options::RangeTableOptions;
use crate::error::{Error, Result};

/// The places of the columns of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) model: Option<usize>,
    pub(super) first: usize,
    pub(super) last: Option<usize>,
    pub(super) remarks: Vec<usize>,
}

/// What the header of a column says that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Model,
    First,
    Last,
    /// A serial, or a whole range.
    Serial,
    Remark,
    Other,
}

const FIRST: [&str; 9] =
    ["first", "start", "starting", "from", "begin", "beginning", "low", "lowest", "min"];
const LAST: [&str; 13] = [
    "last", "end", "ending", "to", "through", "thru", "until", "high", "highest", "max", "stop",
    "up", "finish",
];
const MODEL: [&str; 3] = ["model", "models", "product"];
const SERIAL: [&str; 11] =
    ["serial", "serials", "vin", "vins", "sn", "range", "ranges", "s", "chassis", "hin", "imei"];
const REMARK: [&str; 12] = [
    "note",
    "notes",
    "remark",
    "remarks",
    "comment",
    "comments",
    "exception",
    "exceptions",
    "except",
    "exclusions",
    "excluding",
    "excluded",
];
/// What makes of a model or a serial something else: a model year, the number of units.
const OTHER: [&str; 9] =
    ["year", "years", "quantity", "qty", "count", "units", "date", "dates", "affected"];

fn role(header: &str) -> Role {
    let lower = header.to_lowercase();
    let words: Vec<&str> = lower.split(|it: char| !it.is_alphanumeric()).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    if has(&REMARK) {
        Role::Remark
    } else if has(&OTHER) {
        Role::Other
    } else if has(&FIRST) {
        Role::First
    } else if has(&LAST) {
        Role::Last
    } else if has(&MODEL) {
        Role::Model
    } else if has(&SERIAL) {
        Role::Serial
    } else {
        Role::Other
    }
}

impl Header {
    /// Finds the columns: by the names of the options, and the others by their words.
    pub(super) fn find(cells: &[String], options: &RangeTableOptions) -> Result<Self> {
        check_delimiter(cells)?;
        let named = |name: &Option<String>| match name {
            None => Ok(None),
            Some(name) => place(cells, name).map(Some),
        };
        let taken =
            [named(&options.model_from)?, named(&options.first_from)?, named(&options.last_from)?];
        let [model, first, last] = taken;
        let of = |wanted: Role| -> Vec<usize> {
            let free = cells.iter().enumerate().filter(|(at, _)| !taken.contains(&Some(*at)));
            free.filter(|(_, cell)| role(cell) == wanted).map(|(at, _)| at).collect()
        };
        let found = |given: Option<usize>, wanted: Role, what: &str| match given {
            Some(at) => Ok(Some(at)),
            None => only(cells, &of(wanted), what),
        };
        let first_given = first;
        let mut first = found(first, Role::First, "the first serials")?;
        // Who names the column of the first serials names that of the last, if there is one.
        let last = match (last, first_given) {
            (None, Some(_)) => None,
            _ => found(last, Role::Last, "the last serials")?,
        };
        if first.is_none() && last.is_none() {
            first = only(cells, &of(Role::Serial), "the ranges")?;
        }
        let model = found(model, Role::Model, "the models")?;
        let Some(first) = first else { return Err(unknown(cells, last)) };
        if Some(first) == last || Some(first) == model || last.is_some() && last == model {
            return Err(Error::invalid("one column of the table is named for two things"));
        }
        Ok(Header { model, first, last, remarks: of(Role::Remark) })
    }

    /// The headers of the columns that are not looked at.
    pub(super) fn ignored(&self, cells: &[String]) -> Vec<String> {
        let used = |at: &usize| {
            self.model == Some(*at)
                || self.first == *at
                || self.last == Some(*at)
                || self.remarks.contains(at)
        };
        let ignored = cells.iter().enumerate().filter(|(at, _)| !used(at));
        ignored.map(|(_, cell)| cell.clone()).filter(|it| !it.is_empty()).collect()
    }
}

fn place(cells: &[String], name: &str) -> Result<usize> {
    let exact = cells.iter().position(|it| it == name);
    let found = exact.or_else(|| cells.iter().position(|it| it.eq_ignore_ascii_case(name.trim())));
    found.ok_or_else(|| {
        Error::invalid(format!("the table has no column `{name}`; there are {}", cells.join(", ")))
    })
}

/// The only one of these columns.
fn only(cells: &[String], places: &[usize], what: &str) -> Result<Option<usize>> {
    let name = |at: &usize| cells.get(*at).map(String::as_str).unwrap_or_default();
    match places {
        [] => Ok(None),
        [only] => Ok(Some(*only)),
        [one, other, ..] => Err(Error::invalid(format!(
            "the columns `{}` and `{}` may both hold {what}; name the one that does",
            name(one),
            name(other)
        ))),
    }
}

/// A header line that was not split is one of another delimiter.
fn check_delimiter(cells: &[String]) -> Result<()> {
    if let [only] = cells
        && let Some(delimiter) = [';', '\t', '|', ','].iter().find(|it| only.contains(**it))
    {
        return Err(Error::invalid(format!(
            "the header line has one cell with {delimiter:?} in it; give that as the delimiter"
        )));
    }
    Ok(())
}

fn unknown(cells: &[String], last: Option<usize>) -> Error {
    let what = if last.is_some() { "first serials" } else { "serials" };
    Error::invalid(format!(
        "no column of the table seems to hold {what}; name it, of {}",
        cells.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &str) -> Result<Header, String> {
        let cells: Vec<String> = header.split(',').map(str::to_owned).collect();
        Header::find(&cells, &RangeTableOptions::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_are_known_by_their_words() {
        for (header, model, first, last) in [
            ("Model,Start,End", Some(0), 1, Some(2)),
            ("Model Number,Serial Number From,Serial Number To", Some(0), 1, Some(2)),
            ("VIN start,VIN end,Model year", None, 0, Some(1)),
            ("Make,Model,Model year,First VIN,Last VIN,Units affected", Some(1), 3, Some(4)),
            ("model_no,serial_first,serial_last", Some(0), 1, Some(2)),
            ("MODEL,SERIAL RANGE", Some(0), 1, None),
            ("Serial No.", None, 0, None),
            ("From,Through", None, 0, Some(1)),
        ] {
            let expected = Header { model, first, last, remarks: vec![] };
            assert_eq!(find(header), Ok(expected), "{header}");
        }
        assert_eq!(find("Model,From,To,Remarks").unwrap().remarks, [3]);
    }

    #[test]
    fn doubts_are_errors() {
        for (header, part) in [
            ("Model name,Model number,From,To", "`Model name` and `Model number`"),
            ("Model,Serial,VIN", "`Serial` and `VIN` may both hold the ranges"),
            ("Model,Last serial", "no column of the table seems to hold first serials"),
            ("a,b", "name it, of a, b"),
            ("Model;Start;End", "give that as the delimiter"),
        ] {
            let error = find(header).unwrap_err();
            assert!(error.contains(part), "{header}: {error}");
        }
    }

    #[test]
    fn names_of_options_go_before_words() {
        let cells = ["Modell", "von", "bis", "Model"].map(str::to_owned);
        let options = RangeTableOptions::default();
        let options = options.model_from("modell").first_from("von").last_from("bis");
        let header = Header::find(&cells, &options).unwrap();
        let expected = Header { model: Some(0), first: 1, last: Some(2), remarks: vec![] };
        assert_eq!(header, expected);
        assert_eq!(header.ignored(&cells), ["Model"]);
        let error = Header::find(&cells, &options.first_from("ab")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the table has no column `ab`; there are Modell, von, bis, Model"
        );
    }
}
