//! What the serials of a sample look like, in bounded memory.

use std::collections::BTreeMap;
use std::mem::take;

/// Shapes kept for one length: those of the fewest runs, whatever the order of observation.
const SHAPES_MAX: usize = 128;

/// The shapes of a sample.
///
/// What is kept does not depend on the order of observation: a shape that is among the simplest
/// of its length at the end was so all along, and so was never given up; every other is counted
/// with the rest of its length, wherever in the sample it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Shapes {
    lengths: BTreeMap<usize, Length>,
    /// Space for the shape at hand.
    key: Vec<u8>,
    runs: Vec<Span>,
}

/// The serials of one length in bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Length {
    /// By shape, fewest runs first.
    pub(super) shapes: BTreeMap<Box<[u8]>, Shape>,
    /// What was too many to be kept, and has digits and letters A to Z only.
    pub(super) mixed: Tally,
    /// What was too many to be kept, and has other characters too.
    pub(super) other: Tally,
}

/// Serials with the same runs of digits and letters, in the same places.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) count: u64,
    /// The first of them as text.
    pub(super) example: Box<str>,
    /// The last of them as text.
    pub(super) last: Box<str>,
    pub(super) runs: Vec<Run>,
}

/// Neighbouring characters of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) span: Span,
    /// Of digits: whether one of several began with a zero. Of letters: whether they differ.
    pub(super) marked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) kind: RunKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RunKind {
    Digits,
    Letters,
    /// Separators, small letters and everything else.
    Literal,
}

/// How many serials, and the first of them as text.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) count: u64,
    pub(super) example: Option<Box<str>>,
}

impl Tally {
    pub(super) fn add(&mut self, count: u64, example: &str) {
        self.count += count;
        if self.example.as_deref().is_none_or(|it| example < it) {
            self.example = Some(example.into());
        }
    }
}

impl Span {
    pub(super) fn width(&self) -> usize {
        self.end - self.start
    }

    pub(super) fn text<'t>(&self, serial: &'t str) -> &'t str {
        serial.get(self.start..self.end).unwrap_or_default()
    }

    fn is_padded(&self, serial: &str) -> bool {
        self.width() > 1 && self.text(serial).starts_with('0')
    }
}

impl Shape {
    /// Whether its serials hold digits and letters A to Z only.
    pub(super) fn is_alphanumeric(&self) -> bool {
        self.runs.iter().all(|it| it.span.kind != RunKind::Literal)
    }

    fn observe(&mut self, serial: &str) {
        self.count += 1;
        for run in &mut self.runs {
            run.marked |= match run.span.kind {
                RunKind::Digits => run.span.is_padded(serial),
                RunKind::Letters => run.span.text(serial) != run.span.text(&self.example),
                RunKind::Literal => false,
            };
        }
        if serial < &*self.example {
            self.example = serial.into();
        } else if serial > &*self.last {
            self.last = serial.into();
        }
    }
}

impl Shapes {
    pub(super) fn lengths(&self) -> impl Iterator<Item = (usize, &Length)> {
        self.lengths.iter().map(|(length, it)| (*length, it))
    }

    /// Counts a serial of 1 to 256 bytes.
    pub(super) fn observe(&mut self, serial: &str) {
        let mut key = take(&mut self.key);
        let mut runs = take(&mut self.runs);
        cut(serial, &mut runs);
        write_key(serial, &runs, &mut key);
        let length = self.lengths.entry(serial.len()).or_default();
        match length.shapes.get_mut(key.as_slice()) {
            Some(shape) => shape.observe(serial),
            None => length.observe_new(&key, serial, &runs),
        }
        self.key = key;
        self.runs = runs;
    }
}

impl Length {
    fn observe_new(&mut self, key: &[u8], serial: &str, runs: &[Span]) {
        let is_full = self.shapes.len() >= SHAPES_MAX;
        let beyond = self.shapes.last_key_value().is_some_and(|(last, _)| **last < *key);
        if is_full && beyond {
            let alphanumeric = runs.iter().all(|it| it.kind != RunKind::Literal);
            self.rest(alphanumeric).add(1, serial);
            return;
        }
        if is_full && let Some((_, given_up)) = self.shapes.pop_last() {
            self.rest(given_up.is_alphanumeric()).add(given_up.count, &given_up.example);
        }
        let run = |span: &Span| {
            let marked = span.kind == RunKind::Digits && span.is_padded(serial);
            Run { span: *span, marked }
        };
        let runs = runs.iter().map(run).collect();
        self.shapes.insert(
            key.into(),
            Shape { count: 1, example: serial.into(), last: serial.into(), runs },
        );
    }

    fn rest(&mut self, alphanumeric: bool) -> &mut Tally {
        if alphanumeric { &mut self.mixed } else { &mut self.other }
    }
}

fn kind_of(byte: u8) -> RunKind {
    match byte {
        b'0'..=b'9' => RunKind::Digits,
        b'A'..=b'Z' => RunKind::Letters,
        _ => RunKind::Literal,
    }
}

/// Cuts a serial into its runs.
fn cut(serial: &str, runs: &mut Vec<Span>) {
    runs.clear();
    for (at, byte) in serial.bytes().enumerate() {
        let kind = kind_of(byte);
        match runs.last_mut() {
            Some(run) if run.kind == kind => run.end = at + 1,
            _ => runs.push(Span { kind, start: at, end: at + 1 }),
        }
    }
}

/// Writes the shape so that shapes of fewer runs come first. Literal text is part of it.
fn write_key(serial: &str, runs: &[Span], key: &mut Vec<u8>) {
    // A serial has at most 256 runs of at most 256 bytes, each at least one.
    let small = |it: usize| u8::try_from(it - 1).unwrap_or(u8::MAX);
    key.clear();
    key.push(small(runs.len()));
    for run in runs {
        key.push(run.kind as u8);
        key.push(small(run.width()));
        if run.kind == RunKind::Literal {
            key.extend_from_slice(run.text(serial).as_bytes());
        }
    }
}
