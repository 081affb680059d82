//! The units in the order a plant makes them.

use super::random::Random;
use super::scenario::{
    AFFECTED, DAY, DRUM, FACILITIES, FIRST_DAY, Facility, KNOWN_NONE, MODELS, NEW_YEARS,
    RECALL_TOWERS_MIN, RECALL_UNITS_MIN, RECALL_WEEK, RECALL_WEEKS, RECALLED_BATCH,
    RECALLED_COMPONENT, RECALLED_MODEL, RETAILERS, SPELL, UNDETERMINED, WEEKS,
};

/// What is recorded of the batches built into a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Components {
    /// Nothing is known.
    Missing,
    /// It is known that there are none.
    Empty,
    /// The batches of the day.
    OfTheDay,
    /// The batches of the day, but for the cable, which is of the recalled batch.
    Recalled,
}

/// A made unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    /// The last two digits of the year, and the number within it.
    pub(super) year: i64,
    pub(super) number: u64,
    /// Seconds after 1970, and days of production before it by the plant's clock.
    pub(super) made_at: i64,
    pub(super) day: i64,
    pub(super) model: usize,
    pub(super) line: u64,
    pub(super) components: Components,
    pub(super) market: Option<usize>,
    pub(super) retailer: Option<u64>,
}

/// A stretch of weeks and how many units are made in it.
#[derive(Debug)]
struct Period {
    week: i64,
    weeks: i64,
    units: u64,
    recall: Option<Recall>,
}

/// How the recalled cable, the scanner's bad spells and towers without cable fall on the towers
/// made in the recall's weeks. Drawn without replacement, so that each comes out exact.
#[derive(Debug)]
struct Recall {
    towers: u64,
    spells: u64,
    missing: u64,
    empty: u64,
    drums: u64,
    recalled: u64,
    drum_left: u64,
    drum: Components,
    spell_left: u64,
    spell: Components,
}

impl Recall {
    fn new(towers: u64) -> Self {
        let spells = towers / SPELL;
        let (missing, empty) = (UNDETERMINED / SPELL, KNOWN_NONE / SPELL);
        Recall {
            towers,
            spells,
            missing,
            empty,
            drums: (spells - missing - empty) * SPELL / DRUM,
            recalled: AFFECTED / DRUM,
            drum_left: 0,
            drum: Components::OfTheDay,
            spell_left: 0,
            spell: Components::OfTheDay,
        }
    }

    fn next(&mut self, random: &mut Random) -> Components {
        self.towers -= 1;
        if self.spell_left == 0 {
            self.spell = self.next_spell(random);
            self.spell_left = SPELL;
        }
        self.spell_left -= 1;
        self.spell
    }

    fn next_spell(&mut self, random: &mut Random) -> Components {
        let draw = random.below(self.spells);
        // The last towers may not fill a spell: they get what is left, which is the usual.
        self.spells = self.spells.saturating_sub(1);
        if draw < self.missing {
            self.missing -= 1;
            return Components::Missing;
        }
        if draw < self.missing + self.empty {
            self.empty -= 1;
            return Components::Empty;
        }
        if self.drum_left == 0 {
            let recalled = random.below(self.drums) < self.recalled;
            self.drums = self.drums.saturating_sub(1);
            self.recalled -= u64::from(recalled);
            self.drum = if recalled { Components::Recalled } else { Components::OfTheDay };
            self.drum_left = DRUM / SPELL;
        }
        self.drum_left -= 1;
        self.drum
    }
}

/// Units of one model, one after another on one line.
#[derive(Debug)]
struct Run {
    model: usize,
    line: u64,
    left: u64,
}

/// The production of one plant.
#[derive(Debug)]
pub(super) struct Production {
    facility: &'static Facility,
    random: Random,
    periods: std::vec::IntoIter<Period>,
    period: Period,
    done: u64,
    run: Run,
    year: i64,
    number: u64,
}

impl Production {
    /// What the plant of that place makes when all plants make `units`.
    pub(super) fn new(place: usize, units: u64) -> Self {
        let facility = &FACILITIES[place];
        let others: u64 = FACILITIES[1..].iter().map(|it| units * it.share / 100).sum();
        let periods = if place == 0 {
            with_recall(units - others)
        } else {
            let units = units * facility.share / 100;
            vec![Period { week: 0, weeks: WEEKS, units, recall: None }]
        };
        Production {
            facility,
            random: Random::stream(1 + place as u64),
            periods: periods.into_iter(),
            period: Period { week: 0, weeks: 0, units: 0, recall: None },
            done: 0,
            run: Run { model: 0, line: 0, left: 0 },
            year: 0,
            number: 0,
        }
    }

    /// The next run: 200 to 1,200 units of a model, but never more than the period has left of it.
    fn next_run(&mut self) -> Run {
        let left = self.period.units - self.done;
        let wanted = 200 + self.random.below(1_001);
        let mut weights = self.facility.models;
        let (model, most) = match &self.period.recall {
            Some(recall) if self.random.below(left) < recall.towers => {
                (RECALLED_MODEL, recall.towers)
            }
            recall => {
                let towers = recall.as_ref().map_or(0, |it| it.towers);
                if recall.is_some() {
                    weights[RECALLED_MODEL] = 0;
                }
                let total = weights.iter().map(|&it| u64::from(it)).sum();
                (self.random.weighted(&weights, total), left - towers)
            }
        };
        let line = 1 + self.random.below(self.facility.lines);
        Run { model, line, left: wanted.min(most) }
    }

    /// When the unit in hand is made: evenly over the working hours of the period, 5:00 to 21:00 by
    /// the plant's clock from Monday to Saturday. In seconds after 1970, and in days of production.
    fn next_made_at(&mut self) -> (i64, i64) {
        const SHIFTS: i64 = 16 * 3_600;
        let seconds = self.period.weeks * 6 * SHIFTS;
        let through = (self.done as f64 + self.random.fraction()) / self.period.units as f64;
        #[expect(clippy::cast_possible_truncation, reason = "five years of seconds are far below")]
        let working = ((seconds as f64 * through) as i64).min(seconds - 1);
        let (workday, second) = (working / SHIFTS, working % SHIFTS);
        let day = (self.period.week + workday / 6) * 7 + workday % 6;
        ((FIRST_DAY + day) * DAY + (5 - self.facility.clock) * 3_600 + second, day)
    }

    fn next_components(&mut self) -> Components {
        match &mut self.period.recall {
            Some(recall) if self.run.model == RECALLED_MODEL => recall.next(&mut self.random),
            _ => match self.random.below(1_000) {
                0..4 => Components::Missing,
                4..9 => Components::Empty,
                _ => Components::OfTheDay,
            },
        }
    }
}

impl Iterator for Production {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        while self.done == self.period.units {
            self.period = self.periods.next()?;
            self.done = 0;
            self.run.left = 0;
        }
        if self.run.left == 0 {
            self.run = self.next_run();
        }
        self.run.left -= 1;
        let (made_at, day) = self.next_made_at();
        self.done += 1;
        let year = 21 + NEW_YEARS.iter().map(|&first| i64::from(day >= first)).sum::<i64>();
        if year != self.year {
            (self.year, self.number) = (year, 0);
        }
        // One number in five hundred was scrapped.
        self.number += 1 + u64::from(self.random.per_mille(2));
        let components = self.next_components();
        let market = self.random.weighted(&self.facility.markets, 100);
        let retailer = 1 + self.random.below(RETAILERS).min(self.random.below(RETAILERS));
        Some(Unit {
            year,
            number: self.number,
            made_at,
            day,
            model: self.run.model,
            line: self.run.line,
            components,
            market: (!self.random.per_mille(2)).then_some(market),
            retailer: (!self.random.per_mille(3)).then_some(retailer),
        })
    }
}

/// The periods of the plant of the recall: before, in and after its weeks.
fn with_recall(units: u64) -> Vec<Period> {
    let share = |weeks: i64, of: u64, all: i64| of * weeks.unsigned_abs() / all.unsigned_abs();
    let recall_units = share(RECALL_WEEKS, units, WEEKS).max(RECALL_UNITS_MIN);
    let towers = (recall_units * 3 / 10).max(RECALL_TOWERS_MIN);
    let before = share(RECALL_WEEK, units - recall_units, WEEKS - RECALL_WEEKS);
    let after = RECALL_WEEK + RECALL_WEEKS;
    let recall = Some(Recall::new(towers));
    vec![
        Period { week: 0, weeks: RECALL_WEEK, units: before, recall: None },
        Period { week: RECALL_WEEK, weeks: RECALL_WEEKS, units: recall_units, recall },
        Period {
            week: after,
            weeks: WEEKS - after,
            units: units - recall_units - before,
            recall: None,
        },
    ]
}

/// The number of the batch that a plant draws a part from on a day of production: a new one every
/// other day. The recalled number is not given out: it belongs to one delivery.
pub(super) fn batch_number(facility: &Facility, component: &str, day: i64) -> i64 {
    let number = RECALLED_BATCH + facility.batches + (day - RECALL_WEEK * 7).div_euclid(2);
    if component == RECALLED_COMPONENT && number >= RECALLED_BATCH { number + 1 } else { number }
}

/// The firmware of a unit: a minor version every eight weeks, one unit in twenty one behind.
pub(super) fn firmware(unit: &Unit, random: &mut Random) -> (u8, i64, i64) {
    let minor = unit.day / 56;
    let behind = i64::from(random.per_mille(50) && minor > 0);
    (MODELS[unit.model].firmware, minor - behind, (unit.day / 14) % 4)
}
