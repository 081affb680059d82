//! Many serials asked at once.

use rayon::prelude::*;

use super::find::{Found, Place, find_sorted};
use super::near::{Guess, Guesser};
use super::{NearMiss, Unit, UnitSet};
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::{LiveSegment, Snapshot};
use crate::pool;
use crate::serial::SerialKey;

/// What became of serials that were looked up: every one of them is in exactly one of the first
/// five.
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
    /// The units of the serials that are there once.
    pub found: UnitSet,
    /// Serials that fit a declared family, or any where none is declared, but are no unit's.
    pub unknown: Vec<usize>,
    /// Serials that fit no declared family and are no unit's, and what cannot be a serial at all.
    pub invalid: Vec<usize>,
    /// Serials that were asked before, as their families normalise them.
    pub duplicate: Vec<usize>,
    /// Serials that units of several namespaces have.
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
        self.look_up(None, serials)
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
        self.look_up(Some(namespace), serials)
    }

    fn look_up<S: AsRef<str> + Sync>(
        &self,
        namespace: Option<&str>,
        serials: &[S],
    ) -> Result<Lookup> {
        if serials.len() <= BLOCK {
            let keys = serials.iter().map(|it| self.key(it.as_ref())).collect();
            let answer = self.answer(namespace, Asked::new(keys, <[_]>::sort_unstable))?;
            return self.with_near_misses(namespace, answer, serials);
        }
        pool::shared()?.install(|| {
            let keys = serials.par_iter().with_min_len(BLOCK).map(|it| self.key(it.as_ref()));
            let asked = Asked::new(keys.collect(), <[_]>::par_sort_unstable);
            self.with_near_misses(namespace, self.answer(namespace, asked)?, serials)
        })
    }

    /// Says of the invalid serials what they may be.
    fn with_near_misses<S: AsRef<str> + Sync>(
        &self,
        namespace: Option<&str>,
        mut answer: Lookup,
        serials: &[S],
    ) -> Result<Lookup> {
        let families = self.schema().families();
        let guesser = Guesser::new(families);
        let guess = |place: &usize| {
            let guess = serials.get(*place).and_then(|it| guesser.guess(it.as_ref().trim()))?;
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
        let found = self.find_all(namespace, &keys)?;
        for (place, guess) in guesses {
            let at = guess.key.as_ref().and_then(|key| keys.binary_search(key).ok());
            let unit = match at.and_then(|at| found.get(at)).zip(guess.key.as_ref()) {
                Some((Found::One(at), key)) => Some(self.unit(*at, key)?),
                _ => None,
            };
            let family = families.family(guess.family).map(|it| it.name().to_owned());
            let family = family.unwrap_or_default();
            answer.near_misses.push(NearMiss { place, family, unit });
        }
        Ok(answer)
    }

    /// The unit of a place, whose key is known.
    fn unit(&self, place: Place, key: &SerialKey) -> Result<Unit> {
        let segment = self.segments().get(place.segment);
        let segment = segment.ok_or_else(|| Error::corrupt("a unit is in no segment"))?;
        let (number, _) = segment.units.keys().key_at(place.row)?;
        let namespace = segment.units.namespaces().get(number as usize);
        let namespace =
            namespace.ok_or_else(|| Error::corrupt("segment: a serial is of no namespace"))?;
        Ok(Unit::new(namespace, self.schema().families().text(key)?))
    }

    /// The key of what may be a serial.
    fn key(&self, serial: &str) -> Option<SerialKey> {
        // What cannot be a serial is told as invalid, as is what fits no family.
        self.schema().families().classify(serial).ok()
    }

    fn answer(&self, namespace: Option<&str>, asked: Asked) -> Result<Lookup> {
        let Asked { keys, places, duplicate, mut invalid } = asked;
        let found = self.find_all(namespace, &keys)?;
        let declared = !self.schema().families().is_empty();
        let mut rows = vec![Vec::new(); self.segments().len()];
        let (mut unknown, mut ambiguous) = (Vec::new(), Vec::new());
        for ((key, asked_at), found) in keys.iter().zip(places).zip(found) {
            match (found, key) {
                (Found::One(place), _) => {
                    if let Some(rows) = rows.get_mut(place.segment) {
                        rows.push(place.row);
                    }
                }
                (Found::Several, _) => ambiguous.push(asked_at),
                (Found::Nothing, SerialKey::Opaque(_)) if declared => invalid.push(asked_at),
                (Found::Nothing, _) => unknown.push(asked_at),
            }
        }
        let sets = rows.into_iter().map(|mut rows| {
            rows.sort_unstable();
            RowSet::from_sorted(rows)
        });
        let found = UnitSet::of(self.clone(), sets.collect());
        for places in [&mut unknown, &mut invalid, &mut ambiguous] {
            places.sort_unstable();
        }
        Ok(Lookup { found, unknown, invalid, duplicate, ambiguous, near_misses: Vec::new() })
    }

    /// What there is of each key; `keys` ascend and are unique.
    fn find_all(&self, namespace: Option<&str>, keys: &[SerialKey]) -> Result<Vec<Found>> {
        let blocks = || (0..).step_by(BLOCK).zip(keys.chunks(BLOCK));
        let segments = self.segments().iter().enumerate();
        let tasks: Vec<_> =
            segments.flat_map(|segment| blocks().map(move |block| (segment, block))).collect();
        let find =
            |((at, segment), (start, keys)): &((usize, &LiveSegment), (usize, &[SerialKey]))| {
                let mut hits = Vec::new();
                find_sorted(segment, namespace, keys, |key, row| {
                    hits.push((*start + key, Place { segment: *at, row }));
                })?;
                Ok(hits)
            };
        let hits: Vec<Result<Vec<(usize, Place)>>> = if keys.len() <= BLOCK {
            tasks.iter().map(find).collect()
        } else {
            tasks.par_iter().map(find).collect()
        };
        let mut found = vec![Found::Nothing; keys.len()];
        for hits in hits {
            for (key, place) in hits? {
                if let Some(found) = found.get_mut(key) {
                    found.add(place);
                }
            }
        }
        Ok(found)
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
