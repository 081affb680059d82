//! How long something takes, measured as the other engines are: see `benches/peers/common.py`.
#![expect(clippy::disallowed_methods, reason = "to measure time is what this file is for")]

use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use crate::Fallible;

/// What was measured, by name.
pub(crate) type Report = Map<String, Value>;

const WARM_UPS: usize = 2;
const RUNS: usize = 7;
/// Runs of what takes less than `CHEAP`: the machine may be shared.
const RUNS_CHEAP: usize = 21;
const CHEAP: Duration = Duration::from_millis(20);
/// No further runs after this long.
const BUDGET: Duration = Duration::from_secs(90);

#[derive(Clone, Copy, Debug)]
struct Run {
    wall: Duration,
    cpu: Duration,
}

/// A stretch of wall time and of processor time.
#[derive(Debug)]
pub(crate) struct Watch {
    wall: Instant,
    cpu: Duration,
}

impl Watch {
    pub(crate) fn start() -> Self {
        Watch { cpu: processor_time(), wall: Instant::now() }
    }

    pub(crate) fn wall(&self) -> Duration {
        self.wall.elapsed()
    }

    pub(crate) fn cpu(&self) -> Duration {
        processor_time().saturating_sub(self.cpu)
    }
}

/// What all threads of this process have computed so far.
fn processor_time() -> Duration {
    #[cfg(target_os = "linux")]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        Duration::try_from(time).unwrap_or_default()
    }
    #[cfg(not(target_os = "linux"))]
    Duration::ZERO
}

/// Two warm-ups, then the median and the least of 7 runs, or 21 cheap ones, or as many as are asked
/// for; and the last answer.
/// As for the other engines, the answer before is dropped within the time of a run.
pub(crate) fn measure<T>(
    asked: Option<usize>,
    mut run: impl FnMut() -> Fallible<T>,
) -> Fallible<(Report, T)> {
    let begun = Instant::now();
    let (mut runs, mut first, mut wanted) = (Vec::new(), None, asked.unwrap_or(RUNS));
    loop {
        let watch = Watch::start();
        let answer = run()?;
        let it = Run { wall: watch.wall(), cpu: watch.cpu() };
        let warm = first.is_some_and(|(_, before)| before + 1 >= WARM_UPS);
        first = Some(
            first.map_or((it.wall, 0), |(wall, before): (Duration, usize)| (wall, before + 1)),
        );
        if warm {
            if runs.is_empty() && it.wall < CHEAP && asked.is_none() {
                wanted = RUNS_CHEAP;
            }
            runs.push(it);
        }
        if runs.len() >= wanted || (!runs.is_empty() && begun.elapsed() > BUDGET) {
            let first = first.map_or(Duration::ZERO, |(wall, _)| wall);
            return Ok((report(&runs, first), answer));
        }
    }
}

/// The median and the least time of one call a value, over many different values, after a warm-up
/// with the first of them; and what each call gave. The shape of `bench_single` in `common.py`.
pub(crate) fn measure_each<V: Copy, T>(
    values: &[V],
    mut run: impl FnMut(V) -> Fallible<T>,
) -> Fallible<(Report, Vec<T>)> {
    const WARM_UPS: usize = 50;
    for value in values.iter().take(WARM_UPS) {
        run(*value)?;
    }
    let (mut walls, mut answers) = (Vec::new(), Vec::new());
    for value in values {
        let begun = Instant::now();
        let answer = run(*value)?;
        walls.push(milliseconds(begun.elapsed()));
        answers.push(answer);
    }
    walls.sort_by(f64::total_cmp);
    let report = named([
        ("ms", median(&walls).into()),
        ("p99_ms", walls.get(walls.len() * 99 / 100).copied().into()),
        ("min_ms", walls.first().copied().into()),
        ("reps", walls.len().into()),
        ("load1", load_average().into()),
    ]);
    Ok((report, answers))
}

/// The shape of `bench` in `common.py`.
fn report(runs: &[Run], first: Duration) -> Report {
    let walls: Vec<f64> = runs.iter().map(|it| milliseconds(it.wall)).collect();
    let cpus: Vec<f64> = runs.iter().map(|it| milliseconds(it.cpu)).collect();
    named([
        ("ms", median(&walls).into()),
        ("min_ms", walls.iter().copied().fold(f64::INFINITY, f64::min).into()),
        ("cpu_ms", median(&cpus).into()),
        ("first_ms", milliseconds(first).into()),
        ("reps", runs.len().into()),
        ("load1", load_average().into()),
    ])
}

fn named<const N: usize>(figures: [(&str, Value); N]) -> Report {
    figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let at = |place: usize| sorted.get(place).copied().unwrap_or_default();
    if sorted.len() % 2 == 1 {
        at(middle)
    } else {
        f64::midpoint(at(middle.saturating_sub(1)), at(middle))
    }
}

/// How many processes wanted the processors in the last minute.
fn load_average() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|it| it.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_in_the_middle() {
        for (values, expected) in [(&[3.0, 1.0, 2.0][..], 2.0), (&[4.0, 1.0], 2.5), (&[7.0], 7.0)] {
            assert!((median(values) - expected).abs() < 1e-9, "{values:?}");
        }
    }

    #[test]
    fn cheap_runs_are_repeated_more_often() {
        let mut runs = 0;
        let (report, last) = measure(None, || {
            runs += 1;
            Ok(runs)
        })
        .unwrap();
        assert_eq!(last, WARM_UPS + RUNS_CHEAP);
        assert_eq!(report["reps"], RUNS_CHEAP);
    }
}
