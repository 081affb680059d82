//! In which order the steps of a plan are evaluated.

use super::answer::At;
use super::plan::{Kind, Plan, Step};
use crate::error::Result;
use crate::scope::{NodeId, Truth};

/// Chunks looked at to learn what tests are worth, in all and at most.
const SAMPLES_MAX: usize = 32;
/// Of so many chunks, about one is looked at.
const SAMPLED: usize = 16;
/// Tests looked at to learn what they are worth, in all and about.
const LOOKS_MAX: usize = 1 << 15;

/// What was seen of a test in the sampled chunks.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    chunks: f64,
    /// Chunks with rows for which it may be other than FALSE.
    surviving: f64,
    /// Chunks whose rows must be read.
    read: f64,
    /// Rows for which it may be other than FALSE, as a share of the chunk.
    share: f64,
}

/// What a step is expected to do to a chunk.
#[derive(Clone, Copy, Debug)]
struct Weight {
    /// The chance that rows are left for which it may hold.
    survival: f64,
    /// The share of rows that is left.
    share: f64,
    /// Time, in scans of a column.
    cost: f64,
}

/// Puts what is cheap and rules much out first. The order is the same in all segments and depends on
/// the data only.
pub(super) fn order_steps(plans: &mut [Plan<'_>], root: NodeId) -> Result<()> {
    // Nodes are in post-order, so that none below the root has a greater number.
    let mut tallies = vec![Tally::default(); root.index() + 1];
    let tests: usize = plans.iter().map(|plan| tests(&plan.root)).max().unwrap_or(0);
    if tests < 2 {
        return Ok(());
    }
    let open = plans.iter().filter(|plan| !plan.is_plain());
    let chunks: Vec<(&Plan<'_>, At)> =
        open.flat_map(|plan| plan.seen_chunks().into_iter().map(move |at| (plan, at))).collect();
    let samples = (LOOKS_MAX / tests).min(SAMPLES_MAX).min(chunks.len() / SAMPLED).max(1);
    let stride = chunks.len().div_ceil(samples).max(1);
    for (plan, at) in chunks.iter().skip(stride / 2).step_by(stride) {
        tally(&plan.root, *at, &mut tallies)?;
    }
    for plan in plans {
        sort(&mut plan.root, &tallies);
    }
    Ok(())
}

/// Tests at and below a node that read columns or texts.
fn tests(step: &Step<'_>) -> usize {
    match &step.kind {
        Kind::Constant(_) | Kind::Rows(_) | Kind::Identifiers(_) => 0,
        Kind::Codes(_) | Kind::Texts(_) | Kind::Table(_) | Kind::Column(_) | Kind::Missing(_) => 1,
        Kind::Not(step) => tests(step),
        Kind::And(steps) | Kind::Or(steps) => steps.iter().map(tests).sum(),
    }
}

fn tally(step: &Step<'_>, at: At, tallies: &mut [Tally]) -> Result<()> {
    let (outlook, share) = match &step.kind {
        Kind::Constant(_) | Kind::Rows(_) | Kind::Identifiers(_) => return Ok(()),
        Kind::Not(step) => return tally(step, at, tallies),
        Kind::And(steps) | Kind::Or(steps) => {
            return steps.iter().try_for_each(|step| tally(step, at, tallies));
        }
        Kind::Codes(leaf) => (leaf.outlook(at), 0.5),
        Kind::Texts(leaf) => (leaf.outlook(at), 0.5),
        Kind::Table(leaf) => (leaf.outlook(at)?, 0.5),
        Kind::Column(leaf) => leaf.sample(at)?,
        Kind::Missing(leaf) => leaf.sample(at)?,
    };
    if let Some(tally) = tallies.get_mut(step.node.index()) {
        tally.chunks += 1.0;
        tally.surviving += f64::from(u8::from(outlook != Some(Truth::False)));
        tally.read += f64::from(u8::from(outlook.is_none()));
        tally.share += share;
    }
    Ok(())
}

fn sort(step: &mut Step<'_>, tallies: &[Tally]) -> Weight {
    let test = |cost: f64| {
        let tally = tallies.get(step.node.index()).copied().unwrap_or_default();
        let chunks = tally.chunks.max(1.0);
        Weight {
            survival: tally.surviving / chunks,
            share: tally.share / chunks,
            cost: 0.01 + cost * tally.read / chunks,
        }
    };
    match &mut step.kind {
        // Rows are there already.
        Kind::Constant(_) | Kind::Rows(_) | Kind::Identifiers(_) => {
            Weight { survival: 0.0, share: 0.0, cost: 0.0 }
        }
        Kind::Missing(_) => test(0.2),
        Kind::Column(leaf) => test(if leaf.has_lists() { 4.0 } else { 1.0 }),
        Kind::Codes(_) | Kind::Table(_) => test(10.0),
        Kind::Texts(_) => test(100.0),
        Kind::Not(step) => {
            let weight = sort(step, tallies);
            Weight { survival: 1.0, share: 1.0 - weight.share, cost: weight.cost }
        }
        Kind::And(steps) => {
            let weights = sort_by(steps, tallies, |it| {
                it.cost / (1.01 - it.survival * (1.0 + it.share) / 2.0)
            });
            weights.fold(Weight { survival: 1.0, share: 1.0, cost: 0.0 }, |all, it| Weight {
                survival: all.survival.min(it.survival),
                share: all.share * it.share,
                cost: all.cost + all.survival * it.cost,
            })
        }
        Kind::Or(steps) => {
            let weights = sort_by(steps, tallies, |it| it.cost);
            weights.fold(Weight { survival: 0.0, share: 0.0, cost: 0.0 }, |all, it| Weight {
                survival: (all.survival + it.survival).min(1.0),
                share: (all.share + it.share).min(1.0),
                cost: all.cost + it.cost,
            })
        }
    }
}

/// Sorts steps by rank; steps of one rank stay in the order of the scope. Their weights, in order.
fn sort_by(
    steps: &mut Vec<Step<'_>>,
    tallies: &[Tally],
    rank: impl Fn(&Weight) -> f64,
) -> impl Iterator<Item = Weight> {
    let mut weighed: Vec<(Weight, Step<'_>)> = Vec::with_capacity(steps.len());
    for mut step in steps.drain(..) {
        weighed.push((sort(&mut step, tallies), step));
    }
    weighed.sort_by(|(a, _), (b, _)| rank(a).total_cmp(&rank(b)));
    let mut weights = Vec::with_capacity(weighed.len());
    for (weight, step) in weighed {
        weights.push(weight);
        steps.push(step);
    }
    weights.into_iter()
}
