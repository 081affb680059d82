//! Who registers which unit, as what and for how long.

use super::production::{Components, Unit};
use super::random::Random;
use super::scenario::{AFFECTED, FACILITIES, MARKETS, REGISTERED, REGISTERED_PER_MILLE};

/// The part an owner plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Owner,
    GiftRecipient,
    /// Holds a unit to sell it: not an owner.
    Reseller,
}

/// From when to when a registration holds, seen from the instant the recall looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// Begun soon after the unit was made, with no end.
    Open,
    /// Begun later, with no end: the unit changed hands before.
    OpenLate,
    /// Begun soon, and with an end that is still to come.
    Running,
    /// Begun soon, and over: the unit was given away, sold or returned.
    Ended,
    /// Not yet begun.
    Future,
}

/// A registration before its person is drawn. Kept small: all of them wait in memory to be shuffled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) owner: u32,
    pub(super) number: u32,
    /// Seconds after 1970 at which the unit was made.
    pub(super) made_at: u32,
    pub(super) facility: u8,
    pub(super) year: u8,
    pub(super) market: u8,
    pub(super) role: Role,
    pub(super) span: Span,
    /// The serial is written without its last digit.
    pub(super) cut_short: bool,
}

/// What one registration in a thousand of a unit nobody made starts numbering from.
const NUMBERS_NEVER_MADE: u64 = 900_000_000;

/// Decides on the registrations of one plant's units, in the order they are made.
#[derive(Debug)]
pub(super) struct Registering {
    facility: u8,
    random: Random,
    affected_left: u64,
    registered_left: u64,
    claims: Vec<Claim>,
}

impl Registering {
    pub(super) fn new(facility: usize, random: Random) -> Self {
        Registering {
            facility: u8::try_from(facility).unwrap_or(0),
            random,
            affected_left: AFFECTED,
            registered_left: REGISTERED,
            claims: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, unit: &Unit) {
        use Role::{GiftRecipient, Owner, Reseller};
        use Span::{Ended, Future, Open, OpenLate, Running};
        let claims: &[(Role, Span)] = if self.is_registered(unit) {
            match self.random.below(1_000) {
                0..860 => &[(Owner, Open)],
                860..890 => &[(Owner, Open), (Owner, OpenLate)],
                890..920 => &[(Owner, Ended), (GiftRecipient, OpenLate)],
                920..945 => &[(Owner, Ended), (Owner, OpenLate)],
                945..965 => &[(Reseller, Open), (Owner, OpenLate)],
                965..985 => &[(Owner, Running)],
                _ => &[(GiftRecipient, Open)],
            }
        } else {
            match self.random.below(1_000) {
                0..60 => &[(Owner, Ended)],
                60..90 => &[(Reseller, Open)],
                90..100 => &[(Owner, Future)],
                _ => &[],
            }
        };
        for &(role, span) in claims {
            self.push_claim(unit, role, span);
        }
    }

    /// Whether somebody owns the unit by a live registration. Of the affected exactly as many as the
    /// scenario says, of all others by what is usual in their market.
    fn is_registered(&mut self, unit: &Unit) -> bool {
        let rate = unit.market.map_or(REGISTERED_PER_MILLE, |it| MARKETS[it].registered);
        if unit.components != Components::Recalled {
            return self.random.per_mille(rate);
        }
        let (left, of) = (self.registered_left, self.affected_left);
        let chance = left as f64 / of as f64 * rate as f64 / REGISTERED_PER_MILLE as f64;
        let registered = left == of || (left > 0 && self.random.fraction() < chance);
        self.affected_left -= 1;
        self.registered_left -= u64::from(registered);
        registered
    }

    fn push_claim(&mut self, unit: &Unit, role: Role, span: Span) {
        let weights = &FACILITIES[usize::from(self.facility)].markets;
        let market = unit.market.unwrap_or_else(|| self.random.weighted(weights, 100));
        let mut claim = Claim {
            owner: 0,
            number: u32::try_from(unit.number).unwrap_or(u32::MAX),
            made_at: u32::try_from(unit.made_at).unwrap_or(u32::MAX),
            facility: self.facility,
            year: u8::try_from(unit.year).unwrap_or(0),
            market: u8::try_from(market).unwrap_or(0),
            role,
            span,
            cut_short: false,
        };
        self.claims.push(claim);
        if self.random.per_mille(1) {
            // A slip of the pen, or a fake: three in four still look like a serial.
            let number = NUMBERS_NEVER_MADE + self.random.below(NUMBERS_NEVER_MADE / 10);
            claim.number = u32::try_from(number).unwrap_or(u32::MAX);
            claim.cut_short = self.random.below(4) == 0;
            self.claims.push(claim);
        }
    }

    pub(super) fn finish(self) -> Vec<Claim> {
        self.claims
    }
}

impl Claim {
    /// Whether the serial is one that was never made.
    pub(super) fn is_of_unknown_serial(&self) -> bool {
        u64::from(self.number) >= NUMBERS_NEVER_MADE
    }
}

/// Puts the registrations in the order in which they came in, which is none, and draws their owners:
/// one in eight belongs to somebody who is already there.
pub(super) fn shuffled(mut claims: Vec<Claim>, mut random: Random) -> Vec<Claim> {
    for place in (1..claims.len()).rev() {
        let other = random.place(place + 1);
        claims.swap(place, other);
    }
    let mut known = [0_u32; MARKETS.len()];
    let markets = u32::try_from(MARKETS.len()).unwrap_or(1);
    for claim in &mut claims {
        let known = &mut known[usize::from(claim.market)];
        let nth = if *known > 0 && random.below(8) == 0 {
            u32::try_from(random.below(u64::from(*known))).unwrap_or(0)
        } else {
            *known += 1;
            *known - 1
        };
        // The number alone tells the market, and so where the owner lives.
        claim.owner = nth * markets + u32::from(claim.market);
    }
    claims
}
