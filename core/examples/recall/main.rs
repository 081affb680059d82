//! A recall, start to end: the cable of a home-fitness machine parts under load.
//!
//! `cargo run --release --example recall -- --units 5000000 --folder target/demo` writes the maker's
//! records as Parquet files, one of units a plant and one of registrations; then it indexes them and
//! answers the recall: which units, which of them cannot be ruled out, who owns them, and who cannot
//! be reached.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a program for people to watch, on data it makes up: it prints, writes its own files, \
              and draws every place below the length of what it indexes"
)]

mod answer;
mod generate;
mod print;

use std::path::PathBuf;
use std::process::ExitCode;

use print::{Step, thousands};

const USAGE: &str = "usage: recall [--units 5000000] [--folder target/demo]";

/// What to make, and where.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    units: u64,
    folder: PathBuf,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options { units: 5_000_000, folder: PathBuf::from("target/demo") };
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("`{name}` lacks its value"))?;
            match name.as_str() {
                "--units" => {
                    options.units = value
                        .replace(['_', ','], "")
                        .parse()
                        .map_err(|_| format!("`{value}` is not a number of units"))?;
                }
                "--folder" => options.folder = PathBuf::from(value),
                _ => return Err(format!("there is no option `{name}`")),
            }
        }
        Ok(options)
    }
}

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match demonstrate(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn demonstrate(options: &Options) -> answer::Outcome<()> {
    let step = Step::begin("write files");
    let generated = generate::generate(&options.folder, options.units)?;
    step.end(&format!(
        "{} units and {} registrations as Parquet, in {}",
        thousands(generated.units),
        thousands(generated.registrations),
        options.folder.display(),
    ));
    answer::answer(&options.folder, &generated)
}

#[cfg(test)]
mod tests {
    use super::{Options, PathBuf};

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        Options::parse(arguments.iter().map(|&it| it.to_owned()))
    }

    #[test]
    fn arguments() {
        let default = Options { units: 5_000_000, folder: PathBuf::from("target/demo") };
        assert_eq!(parse(&[]), Ok(default));
        let chosen = Options { units: 200_000, folder: PathBuf::from("here") };
        assert_eq!(parse(&["--folder", "here", "--units", "200_000"]), Ok(chosen));
        assert_eq!(parse(&["--units"]), Err("`--units` lacks its value".to_owned()));
        assert_eq!(parse(&["--units", "few"]), Err("`few` is not a number of units".to_owned()));
        assert_eq!(parse(&["--colour", "red"]), Err("there is no option `--colour`".to_owned()));
    }
}
