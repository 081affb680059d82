//! A recall, start to end: the cable of a home-fitness machine parts under load.
//!
//! `cargo run --release --example recall -- --units 5000000 --folder target/demo` writes the maker's
//! records as Parquet files, one of units a plant and one of registrations.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a program for people to watch, on data it makes up: it prints, writes its own files, \
              and draws every place below the length of what it indexes"
)]

mod generate;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use generate::{
    AFFECTED, AS_OF, GAP, Generated, KNOWN_NONE, REGISTERED, SCOPE, SERIAL_LAYOUT, UNDETERMINED,
};

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
    let begun = Instant::now();
    match generate::generate(&options.folder, options.units) {
        Ok(generated) => {
            print_generated(&generated, begun.elapsed().as_secs_f64());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print_generated(generated: &Generated, seconds: f64) {
    println!(
        "{} units and {} registrations ({} of serials never made) written in {seconds:.1} s",
        thousands(generated.units),
        thousands(generated.registrations),
        thousands(generated.unknown_serials),
    );
    for file in generated.unit_files.iter().chain([&generated.registration_file]) {
        println!("  {}", file.display());
    }
    println!("serials   {SERIAL_LAYOUT}");
    println!("scope     {SCOPE}");
    println!(
        "to find   {} affected, {} undetermined ({} more have no cable, as is known)",
        thousands(AFFECTED),
        thousands(UNDETERMINED),
        thousands(KNOWN_NONE),
    );
    println!("          {} registered at {AS_OF}, gap {}", thousands(REGISTERED), thousands(GAP));
}

/// A number with its thousands set apart.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Options, PathBuf, thousands};

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

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [0, 999, 1_000, 12_000, 5_000_000].map(thousands).join(" "),
            "0 999 1,000 12,000 5,000,000"
        );
    }
}
