//! What a scope says of many serials.

use rayon::prelude::*;

use super::Selection;
use crate::error::Result;
use crate::pool;
use crate::scope::Verdict;

/// Serials that one thread takes on at a time; fewer are not worth waking another.
const BLOCK: usize = 1 << 11;

impl Selection {
    /// What the scope says of many serials, in their order, each as [`status`](Selection::status)
    /// says it.
    ///
    /// Takes a look-up a serial and segment, on the threads of the process where they are many.
    ///
    /// # Errors
    ///
    /// As [`status`](Selection::status).
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{Index, LoadOptions, Record, Schema, Units, Verdict};
    ///
    /// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
    /// let units = ["A001", "A002"].map(Record::of_serial);
    /// index.load_units(Units::records(units), LoadOptions::default())?;
    ///
    /// let found = index.snapshot().select(&"serial = 'A002'".parse()?)?;
    /// let verdicts = found.status_many(&["A002", "A001", "A002"])?;
    /// assert_eq!(verdicts, [Verdict::Affected, Verdict::NotAffected, Verdict::Affected]);
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn status_many<S: AsRef<str> + Sync>(&self, serials: &[S]) -> Result<Vec<Verdict>> {
        each(serials, |it| self.status(it))
    }

    /// As [`status_many`](Selection::status_many), in a namespace.
    ///
    /// # Errors
    ///
    /// As [`status_in`](Selection::status_in).
    pub fn status_many_in<S: AsRef<str> + Sync>(
        &self,
        namespace: &str,
        serials: &[S],
    ) -> Result<Vec<Verdict>> {
        each(serials, |it| self.status_in(namespace, it))
    }
}

/// The verdicts in order, and of several errors the first.
fn each<S: AsRef<str> + Sync>(
    serials: &[S],
    verdict: impl Fn(&str) -> Result<Verdict> + Sync,
) -> Result<Vec<Verdict>> {
    let of_block =
        |block: &[S]| block.iter().map(|it| verdict(it.as_ref())).collect::<Result<Vec<_>>>();
    if serials.len() <= BLOCK {
        return of_block(serials);
    }
    let blocks: Vec<Result<Vec<Verdict>>> =
        pool::shared()?.install(|| serials.par_chunks(BLOCK).map(of_block).collect());
    let mut verdicts = Vec::with_capacity(serials.len());
    for block in blocks {
        verdicts.extend(block?);
    }
    Ok(verdicts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Index, LoadOptions, Units};
    use crate::io::MemoryDirectory;
    use crate::schema::{Record, Schema};

    #[test]
    fn many_serials_have_the_verdicts_that_each_has() {
        let index = Index::create_in(MemoryDirectory::new(), Schema::default()).unwrap();
        let units = (0..3 * BLOCK).step_by(2).map(|it| Record::of_serial(format!("A{it:05}")));
        index.load_units(Units::records(units), LoadOptions::default()).unwrap();
        let found = index.snapshot().select(&"serial >= 'A03000'".parse().unwrap()).unwrap();
        let mut asked: Vec<String> = (0..3 * BLOCK).map(|it| format!("A{it:05}")).collect();
        asked.reverse();
        asked.push("?".to_owned());
        for serials in [&asked[..], &asked[asked.len() - 9..], &[]] {
            let one_by_one: Vec<Verdict> =
                serials.iter().map(|it| found.status(it).unwrap()).collect();
            assert_eq!(found.status_many(serials).unwrap(), one_by_one);
            let elsewhere = found.status_many_in("elsewhere", serials).unwrap();
            assert!(elsewhere.iter().zip(&one_by_one).all(|(there, here)| match here {
                Verdict::InvalidSerial => *there == Verdict::InvalidSerial,
                _ => *there == Verdict::UnknownSerial,
            }));
        }
    }

    #[test]
    fn one_ambiguous_serial_is_an_error() {
        let index = Index::create_in(MemoryDirectory::new(), Schema::default()).unwrap();
        let units = ["x", "y"].map(|it| Record::of_serial("A1").in_namespace(it));
        index.load_units(Units::records(units), LoadOptions::default()).unwrap();
        let found = index.snapshot().select(&"serial = 'A1'".parse().unwrap()).unwrap();
        let mut asked = vec!["A2"; 2 * BLOCK];
        asked.push("A1");
        assert_eq!(found.status_many(&asked).unwrap_err().kind().code(), "conflict");
        assert_eq!(found.status_many_in("y", &asked).unwrap().last(), Some(&Verdict::Affected));
    }
}
