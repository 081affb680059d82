//! From the shapes of a sample to the layouts of families.

use std::collections::{BTreeMap, BTreeSet};

use super::SerialFamily;
use super::layout::escaped;
use super::shapes::{Length, RunKind, Shape, Shapes, Span, Tally};

/// In a sample of up to this many serials, one alone is worth a family.
const SMALL_SAMPLE: u64 = 100;
/// In a larger sample a family needs at least this many serials ...
const FAMILY_COUNT_MIN: u64 = 3;
/// ... and one in so many of all.
const FAMILY_SHARE: u64 = 1_000;
/// More patterns of digits and letters than this in serials of one length are a mix.
const PATTERNS_MAX: usize = 6;
/// More runs of digits and letters than this side by side are a mix.
const MIXED_RUNS_MAX: usize = 6;
/// A mix is one in at least so many serials of its length; a smaller one is a heap of slips.
const MIX_SHARE: u64 = 20;
/// Serials of one shape that are fewer than one in so many of their pattern may be slips.
const SLIP_SHARE: u64 = 50;
/// A counter has gone through at least one number of fewer digits in so many; 10 would be even.
const COUNTER_SHARE: u64 = 20;
/// Bytes of a proposed name.
const NAME_BYTES_MAX: usize = 180;

/// A family to propose.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    pub(super) layout: String,
    pub(super) name: String,
    pub(super) tally: Tally,
    /// Whether it is one field of digits and letters, which comes after all others since it may
    /// fit what they fit.
    is_mix: bool,
    /// The same serials as families of one width each, where it has several.
    pub(super) finer: Option<Finer>,
}

/// The families of one width each that serials of several widths make.
#[derive(Clone, Debug)]
pub(super) struct Finer {
    /// The families, the most serials first.
    pub(super) families: Vec<Proposal>,
    /// Serials of widths that too few have.
    pub(super) left: Vec<Tally>,
}

/// What serials of one pattern share: the sequence of runs, whatever their widths, and literals.
type Pattern = Vec<(RunKind, String)>;

/// The families that a sample of so many serials shows, in the order in which a serial is to be
/// tried against them, and what is left.
pub(super) fn propose(shapes: &Shapes, sample: u64) -> (Vec<Proposal>, Vec<Tally>) {
    let least =
        if sample <= SMALL_SAMPLE { 1 } else { FAMILY_COUNT_MIN.max(sample / FAMILY_SHARE) };
    let mut proposals = Vec::new();
    let mut left = Vec::new();
    let mut patterns: BTreeMap<Pattern, Vec<&Shape>> = BTreeMap::new();
    for (length, it) in shapes.lengths() {
        let (plain, mix) = split_mix(it, least);
        for shape in plain {
            patterns.entry(pattern(shape)).or_default().push(shape);
        }
        proposals.extend(propose_mix(length, it, mix, least, &mut left));
        left.push(it.other.clone());
    }
    for shapes in patterns.into_values() {
        let (shapes, slips) = split_slips(shapes, least);
        left.extend(slips.into_iter().map(tally_of));
        for family in split_widths(&shapes) {
            let tally = tally(&family);
            let (layout, name) = layout(&family);
            if tally.count >= least && SerialFamily::new(&name, &layout).is_ok() {
                let finer = finer(&family, least);
                proposals.push(Proposal { layout, name, tally, is_mix: false, finer });
            } else {
                left.extend(family.iter().map(|it| tally_of(it)));
            }
        }
    }
    left.retain(|it| it.count > 0);
    proposals.sort_by(|a, b| {
        let by_count = || b.tally.count.cmp(&a.tally.count);
        a.is_mix.cmp(&b.is_mix).then_with(by_count).then_with(|| a.layout.cmp(&b.layout))
    });
    (proposals, left)
}

fn tally(shapes: &[&Shape]) -> Tally {
    let mut tally = Tally::default();
    for it in shapes {
        tally.add(it.count, &it.example);
    }
    tally
}

fn tally_of(shape: &Shape) -> Tally {
    tally(&[shape])
}

fn pattern(shape: &Shape) -> Pattern {
    let literal = |kind, text: &str| if kind == RunKind::Literal { text } else { "" }.to_owned();
    let spans = shape.runs.iter().map(|it| it.span);
    spans.map(|it| (it.kind, literal(it.kind, it.text(&shape.example)))).collect()
}

/// Parts the shapes of one length into those that stand for themselves and those that are a mix of
/// digits and letters.
fn split_mix(length: &Length, least: u64) -> (Vec<&Shape>, Vec<&Shape>) {
    let mut patterns: BTreeMap<Pattern, u64> = BTreeMap::new();
    let mut total = length.mixed.count;
    for shape in length.shapes.values().filter(|it| it.is_alphanumeric()) {
        *patterns.entry(pattern(shape)).or_default() += shape.count;
        total += shape.count;
    }
    let usual = patterns.values().filter(|it| **it >= least).count();
    let is_mix = usual > PATTERNS_MAX || length.mixed.count >= least && length.mixed.count > 0;
    let stands = |shape: &&Shape| {
        let is_main = shape.count * 2 >= total;
        !shape.is_alphanumeric() || shape.runs.len() <= MIXED_RUNS_MAX && (!is_mix || is_main)
    };
    length.shapes.values().partition(stands)
}

/// One family for the mix of digits and letters of one length, where it is worth one.
fn propose_mix(
    length: usize,
    it: &Length,
    mix: Vec<&Shape>,
    least: u64,
    left: &mut Vec<Tally>,
) -> Option<Proposal> {
    let mut all = it.mixed.clone();
    for it in &mix {
        all.add(it.count, &it.example);
    }
    let plain = it.shapes.values().filter(|it| it.is_alphanumeric()).map(|it| it.count);
    let total = plain.sum::<u64>() + it.mixed.count;
    let (layout, name) = (format!("{{s:X{length}}}"), format!("X{length}"));
    let worth = all.count >= least.max(total / MIX_SHARE);
    if all.count > 0 && worth && SerialFamily::new(&name, &layout).is_ok() {
        return Some(Proposal { layout, name, tally: all, is_mix: true, finer: None });
    }
    left.extend(mix.into_iter().map(tally_of));
    left.push(it.mixed.clone());
    None
}

/// Parts the shapes of one pattern into those that speak for it and those so rare that a slip, such
/// as a digit left out, explains them. A slip taken for a width of its own would turn a number of
/// one width into one of many, and so hide all slips to come.
fn split_slips(mut shapes: Vec<&Shape>, least: u64) -> (Vec<&Shape>, Vec<&Shape>) {
    let total: u64 = shapes.iter().map(|it| it.count).sum();
    let is_rare = |it: &&Shape| it.count < least && it.count * SLIP_SHARE < total;
    // Longest first, so that what a counter went through is followed down from where it stands.
    shapes.sort_by_key(|it| std::cmp::Reverse(it.example.len()));
    let (rare, mut kept): (Vec<&Shape>, Vec<&Shape>) = shapes.into_iter().partition(is_rare);
    let mut slips = Vec::new();
    for shape in rare {
        let counted = kept.iter().any(|it| is_counted_below(shape, it) || is_counted_on(it, shape));
        if counted { kept.push(shape) } else { slips.push(shape) }
    }
    (kept, slips)
}

/// Whether a counter that is one digit wider has gone through the narrow shape: there are only a
/// tenth as many such numbers, so that few are to be expected, but not far fewer than that.
fn is_counted_below(narrow: &Shape, wide: &Shape) -> bool {
    wider_run(narrow, wide).is_some() && narrow.count * COUNTER_SHARE >= wide.count
}

/// Whether the wide shape goes on where the counter of the narrow one ran out of digits, as
/// `10000003` after `9999998`.
fn is_counted_on(narrow: &Shape, wide: &Shape) -> bool {
    wider_run(narrow, wide).is_some_and(|(narrow_run, wide_run)| {
        narrow_run.text(&narrow.last).starts_with('9')
            && wide_run.text(&wide.example).starts_with("10")
    })
}

/// The run of digits in which the wide shape has one more, where they differ in nothing else.
fn wider_run(narrow: &Shape, wide: &Shape) -> Option<(Span, Span)> {
    let mut runs = narrow.runs.iter().zip(&wide.runs);
    let mut others = runs.clone().filter(|(a, b)| a.span.width() != b.span.width());
    let (a, b) = runs.find(|(a, b)| a.span.width() != b.span.width())?;
    let one_more = a.span.width() + 1 == b.span.width() && others.nth(1).is_none();
    let digits = a.span.kind == RunKind::Digits && !a.marked && !b.marked;
    (one_more && digits).then_some((a.span, b.span))
}

/// Parts shapes of one pattern by the widths of those digit runs that had leading zeros, as `007`
/// and `0007` are serials of two families.
fn split_widths<'s>(shapes: &[&'s Shape]) -> Vec<Vec<&'s Shape>> {
    let padded: BTreeSet<usize> = shapes
        .iter()
        .flat_map(|it| it.runs.iter().enumerate())
        .filter(|(_, run)| run.span.kind == RunKind::Digits && run.marked)
        .map(|(at, _)| at)
        .collect();
    let mut families: BTreeMap<Vec<usize>, Vec<&Shape>> = BTreeMap::new();
    for shape in shapes {
        let runs = padded.iter().filter_map(|at| shape.runs.get(*at));
        families.entry(runs.map(|it| it.span.width()).collect()).or_default().push(shape);
    }
    families.into_values().collect()
}

/// The shapes of a family, each as a family of its own; none where there is one only.
fn finer(shapes: &[&Shape], least: u64) -> Option<Finer> {
    if shapes.len() < 2 {
        return None;
    }
    let mut shapes = shapes.to_vec();
    shapes.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.example.cmp(&b.example)));
    let (usual, rare): (Vec<&Shape>, Vec<&Shape>) =
        shapes.into_iter().partition(|it| it.count >= least);
    let family = |shape: &Shape| {
        let (layout, name) = layout(&[shape]);
        Proposal { layout, name, tally: tally_of(shape), is_mix: false, finer: None }
    };
    let families = usual.into_iter().map(family).collect();
    Some(Finer { families, left: rare.into_iter().map(tally_of).collect() })
}

/// The layout and the name of a family of shapes of one pattern.
fn layout(shapes: &[&Shape]) -> (String, String) {
    let (mut layout, mut name) = (String::new(), String::new());
    let (mut digits, mut letters) = (0_usize, 0_usize);
    let Some(model) = shapes.first() else { return (layout, name) };
    for (at, run) in model.runs.iter().enumerate() {
        let text = run.span.text(&model.example);
        let runs = || shapes.iter().filter_map(move |it| Some((it, it.runs.get(at)?)));
        let most = runs().map(|(_, it)| it.span.width()).max().unwrap_or(0);
        let least = runs().map(|(_, it)| it.span.width()).min().unwrap_or(0);
        let varies = || runs().any(|(shape, it)| it.marked || it.span.text(&shape.example) != text);
        let (field, width) = match run.span.kind {
            RunKind::Letters if varies() => (numbered('a', &mut letters), width('A', least, most)),
            RunKind::Letters | RunKind::Literal => {
                layout.push_str(&escaped(text));
                name.push_str(text);
                continue;
            }
            // A counter that grows has begun with fewer digits than the sample shows.
            RunKind::Digits if least < most => (numbered('n', &mut digits), width('D', 1, most)),
            RunKind::Digits => (numbered('n', &mut digits), width('D', most, most)),
        };
        layout.extend(["{", &field, ":", &width, "}"]);
        name.push_str(&width);
    }
    while name.len() > NAME_BYTES_MAX {
        name.pop();
    }
    (layout, name)
}

/// `n`, then `n2`, `n3` ...
fn numbered(name: char, used: &mut usize) -> String {
    *used += 1;
    if *used == 1 { name.to_string() } else { format!("{name}{used}") }
}

fn width(kind: char, least: usize, most: usize) -> String {
    if least == most { format!("{kind}{most}") } else { format!("{kind}{least}..{most}") }
}
