//! Many serials asked at once.

use rayon::prelude::*;

use super::find::{Found, Place, find_identified, find_sorted};
use super::near::{Guess, guess};
use super::{NearMiss, Unit, UnitSet};
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::{LiveSegment, Snapshot};
use crate::pool;
use crate::serial::{Families, SerialKey};

/// What became of serials, or of identifiers, that were looked up: every one of them is in exactly
/// one of the first five, but that the units of ambiguous identifiers are found as well.
///
/// But for what was found, they are told as places in the list that was asked, ascending.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, LoadOptions, Record, Schema, Units};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let units = (1..=9).map(|n| Record::of_serial(format!("A{n:03}")));
/// index.load_units(Units::records(units), LoadOptions::default())?;
///
/// let answer = index.snapshot().lookup(&["A003", "A010", "a typo", "A003"])?;
/// assert_eq!(answer.found.len(), 1);
/// assert_eq!(answer.unknown, [1]);
/// assert_eq!(answer.invalid, [2]);
/// assert_eq!(answer.duplicate, [3]);
/// assert!(answer.ambiguous.is_empty());
/// # Ok::<(), seriatim::Error>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Lookup {
    /// The units of the serials that are there once, and all units of identifiers.
    pub found: UnitSet,
    /// Serials that fit a declared family, or any where none is declared, but are no unit's.
    pub unknown: Vec<usize>,
    /// Serials that fit no declared family and are no unit's, and what cannot be a serial at all.
    pub invalid: Vec<usize>,
    /// Serials that were asked before, as their families normalise them.
    pub duplicate: Vec<usize>,
    /// Serials that units of several namespaces have, and identifiers that units share.
    pub ambiguous: Vec<usize>,
    /// What some of the invalid ones may be, in the order of their places.
    pub near_misses: Vec<NearMiss>,
}

/// Serials that one thread takes on at a time; fewer are not worth waking another.
const BLOCK: usize = 1 << 12;

impl Snapshot {
    /// Finds the units of many serials, whatever their namespaces.
    ///
    /// Takes time with the serials, not with the units.
    ///
    /// # Errors
    ///
    /// `corrupt` when a file is damaged where it is read; `io`.
    pub fn lookup<S: AsRef<str> + Sync>(&self, serials: &[S]) -> Result<Lookup> {
        self.look_up(&self.serials(None), serials)
    }

    /// Finds the units of many serials of one namespace; none of them is ambiguous.
    ///
    /// # Errors
    ///
    /// As [`lookup`](Snapshot::lookup).
    pub fn lookup_in<S: AsRef<str> + Sync>(
        &self,
        namespace: &str,
        serials: &[S],
    ) -> Result<Lookup> {
        self.look_up(&self.serials(Some(namespace)), serials)
    }

    /// Finds the units of many identifiers of a column. One that units share is ambiguous, and all
    /// its units are among those found.
    ///
    /// Takes time with the identifiers, not with the units.
    ///
    /// # Errors
    ///
    /// `invalid_argument` when no identifier column has this name, besides those of
    /// [`lookup`](Snapshot::lookup).
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::io::MemoryDirectory;
    /// use seriatim::{Column, ColumnType, Families, Index, LoadOptions, Record, Schema};
    /// use seriatim::{SerialFamily, Units, Value};
    ///
    /// let families = Families::new(vec![SerialFamily::imei("imei")?])?;
    /// let columns = vec![Column::new("imei", ColumnType::Text)?.as_identifier(families)?];
    /// let index = Index::create_in(MemoryDirectory::new(), Schema::new(columns)?)?;
    /// let phone = Record::of_serial("A7").with("imei", Value::Text("35-209900-176148-1".into()));
    /// index.load_units(Units::records([phone]), LoadOptions::default())?;
    ///
    /// let asked = ["352099001761481", "352099001761499", "none"];
    /// let answer = index.snapshot().lookup_by("imei", &asked)?;
    /// let found: Vec<String> =
    ///     answer.found.iter().map(|unit| Ok(unit?.serial().to_owned())).collect::<Result<_, seriatim::Error>>()?;
    /// assert_eq!(found, ["A7"]);
    /// assert_eq!((answer.unknown, answer.invalid), (vec![1], vec![2]));
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn lookup_by<S: AsRef<str> + Sync>(
        &self,
        column: &str,
        identifiers: &[S],
    ) -> Result<Lookup> {
        let (column, families) = self.schema().identifier(column)?;
        self.look_up(&Sought { families, of: Of::Column(column) }, identifiers)
    }

    fn serials<'a>(&'a self, namespace: Option<&'a str>) -> Sought<'a> {
        Sought { families: self.schema().families(), of: Of::Serials(namespace) }
    }

    fn look_up<S: AsRef<str> + Sync>(&self, sought: &Sought<'_>, texts: &[S]) -> Result<Lookup> {
        if texts.len() <= BLOCK {
            let keys = texts.iter().map(|it| sought.key(it.as_ref())).collect();
            let answer = self.answer(sought, Asked::new(keys, <[_]>::sort_unstable))?;
            return self.with_near_misses(sought, answer, texts);
        }
        pool::shared()?.install(|| {
            let keys = texts.par_iter().with_min_len(BLOCK).map(|it| sought.key(it.as_ref()));
            let asked = Asked::new(keys.collect(), <[_]>::par_sort_unstable);
            self.with_near_misses(sought, self.answer(sought, asked)?, texts)
        })
    }

    /// Says of the invalid ones what they may be.
    fn with_near_misses<S: AsRef<str> + Sync>(
        &self,
        sought: &Sought<'_>,
        mut answer: Lookup,
        texts: &[S],
    ) -> Result<Lookup> {
        let guess = |place: &usize| {
            let text = texts.get(*place)?.as_ref().trim();
            let guess = guess(sought.families, text)?;
            Some((*place, guess))
        };
        let guesses: Vec<(usize, Guess)> = if answer.invalid.len() <= BLOCK {
            answer.invalid.iter().filter_map(guess).collect()
        } else {
            answer.invalid.par_iter().filter_map(guess).collect()
        };
        let mut keys: Vec<SerialKey> =
            guesses.iter().filter_map(|(_, guess)| guess.key.clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        let found = counted(&self.hits(sought, &keys)?, keys.len());
        for (place, guess) in guesses {
            let at = guess.key.as_ref().and_then(|key| keys.binary_search(key).ok());
            let unit = match at.and_then(|at| found.get(at)) {
                Some(Found::One(at)) => Some(self.unit(*at)?),
                _ => None,
            };
            let family = sought.families.family(guess.family).map(|it| it.name().to_owned());
            let family = family.unwrap_or_default();
            answer.near_misses.push(NearMiss { place, family, unit });
        }
        Ok(answer)
    }

    /// The unit of a place.
    fn unit(&self, place: Place) -> Result<Unit> {
        let segment = self.segments().get(place.segment);
        let segment = segment.ok_or_else(|| Error::corrupt("a unit is in no segment"))?;
        let (number, key) = segment.units.keys().key_at(place.row)?;
        let namespace = segment.units.namespaces().get(number as usize);
        let namespace =
            namespace.ok_or_else(|| Error::corrupt("segment: a serial is of no namespace"))?;
        Ok(Unit::new(namespace, self.schema().families().text(&key)?))
    }

    fn answer(&self, sought: &Sought<'_>, asked: Asked) -> Result<Lookup> {
        let Asked { keys, places, duplicate, mut invalid } = asked;
        let hits = self.hits(sought, &keys)?;
        let found = counted(&hits, keys.len());
        let declared = !sought.families.is_empty();
        let (mut unknown, mut ambiguous) = (Vec::new(), Vec::new());
        for ((key, asked_at), found) in keys.iter().zip(places).zip(&found) {
            match (found, key) {
                (Found::One(_), _) => {}
                (Found::Several, _) => ambiguous.push(asked_at),
                (Found::Nothing, SerialKey::Opaque(_)) if declared => invalid.push(asked_at),
                (Found::Nothing, _) => unknown.push(asked_at),
            }
        }
        let mut rows = vec![Vec::new(); self.segments().len()];
        for (key, place) in hits.iter().flatten() {
            let is_one = matches!(found.get(*key), Some(Found::One(_)));
            if (is_one || matches!(sought.of, Of::Column(_)))
                && let Some(rows) = rows.get_mut(place.segment)
            {
                rows.push(place.row);
            }
        }
        let sets = rows.into_iter().map(|mut rows| {
            rows.sort_unstable();
            // In a damaged file, two identifiers may have one row.
            rows.dedup();
            RowSet::from_sorted(rows)
        });
        let found = UnitSet::of(self.clone(), sets.collect());
        for places in [&mut unknown, &mut invalid, &mut ambiguous] {
            places.sort_unstable();
        }
        Ok(Lookup { found, unknown, invalid, duplicate, ambiguous, near_misses: Vec::new() })
    }

    /// The units of each key, by its place in `keys`, which ascend and are unique.
    fn hits(&self, sought: &Sought<'_>, keys: &[SerialKey]) -> Result<Vec<Vec<(usize, Place)>>> {
        let blocks = || (0..).step_by(BLOCK).zip(keys.chunks(BLOCK));
        let segments = self.segments().iter().enumerate();
        let tasks: Vec<_> =
            segments.flat_map(|segment| blocks().map(move |block| (segment, block))).collect();
        let find =
            |((at, segment), (start, keys)): &((usize, &LiveSegment), (usize, &[SerialKey]))| {
                let mut hits = Vec::new();
                let tell = |key, row| hits.push((*start + key, Place { segment: *at, row }));
                match sought.of {
                    Of::Serials(namespace) => find_sorted(segment, namespace, keys, tell)?,
                    Of::Column(column) => find_identified(segment, column, keys, tell)?,
                }
                Ok(hits)
            };
        if keys.len() <= BLOCK {
            tasks.iter().map(find).collect()
        } else {
            tasks.par_iter().map(find).collect()
        }
    }
}

/// How many units there are of each key.
fn counted(hits: &[Vec<(usize, Place)>], keys: usize) -> Vec<Found> {
    let mut found = vec![Found::Nothing; keys];
    for (key, place) in hits.iter().flatten() {
        if let Some(found) = found.get_mut(*key) {
            found.add(*place);
        }
    }
    found
}

/// What is looked up.
struct Sought<'a> {
    families: &'a Families,
    of: Of<'a>,
}

#[derive(Clone, Copy)]
enum Of<'a> {
    /// Serials of one namespace, or of any.
    Serials(Option<&'a str>),
    /// The identifiers of the column at this place of the schema.
    Column(usize),
}

impl Sought<'_> {
    /// The key of what may be a serial.
    fn key(&self, text: &str) -> Option<SerialKey> {
        // What cannot be a serial is told as invalid, as is what fits no family.
        self.families.classify(text).ok()
    }
}

/// The serials of a question.
struct Asked {
    /// Ascending and unique.
    keys: Vec<SerialKey>,
    /// Where each was asked first.
    places: Vec<usize>,
    duplicate: Vec<usize>,
    invalid: Vec<usize>,
}

impl Asked {
    fn new(asked: Vec<Option<SerialKey>>, sort: fn(&mut [(SerialKey, usize)])) -> Self {
        let (mut sorted, mut invalid) = (Vec::with_capacity(asked.len()), Vec::new());
        for (place, key) in asked.into_iter().enumerate() {
            match key {
                Some(key) => sorted.push((key, place)),
                None => invalid.push(place),
            }
        }
        sort(&mut sorted);
        let (mut keys, mut places) = (Vec::with_capacity(sorted.len()), Vec::new());
        let mut duplicate = Vec::new();
        for (key, place) in sorted {
            if keys.last() == Some(&key) {
                duplicate.push(place);
            } else {
                keys.push(key);
                places.push(place);
            }
        }
        duplicate.sort_unstable();
        Asked { keys, places, duplicate, invalid }
    }
}
