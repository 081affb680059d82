//! The maker, its machines, the cable recall, and the figures it comes to.
//!
//! In six weeks of spring 2025 the Leipzig plant built the cable tower PT-300 with cable of batch
//! CB-7781, whose strands part under load. Most of these towers are recorded with the batches built
//! into them. At times the scanner was down: those units have no record, so nobody can rule them
//! out. Some towers left without a cable, with a record that says so: an empty one.

/// The scope of the recall. The batch alone names the affected units; plant, model and weeks bound
/// those that cannot be ruled out.
pub(crate) const SCOPE: &str = "component_batch = 'CB-7781' AND model = 'PT-300' \
     AND facility = 'Leipzig' AND made_at BETWEEN '2025-03-03' AND '2025-04-13'";
/// The instant the registrations are looked at.
pub(crate) const AS_OF: &str = "2026-01-15T00:00:00Z";
/// Units the scope is true for.
pub(crate) const AFFECTED: u64 = 12_000;
/// Units the scope is unknown for: their `component_batch` is missing.
pub(crate) const UNDETERMINED: u64 = 340;
/// Units that all but the batch speaks for and whose `component_batch` is empty: a known none.
pub(crate) const KNOWN_NONE: u64 = 260;
/// Affected units that an owner or gift recipient holds by a registration live at `AS_OF`.
pub(crate) const REGISTERED: u64 = 8_400;
/// Affected units nobody is known to hold.
pub(crate) const GAP: u64 = AFFECTED - REGISTERED;
/// The layout of every serial.
pub(crate) const SERIAL_LAYOUT: &str = "{plant:A2}{yy:D2}{seq:D10}";
/// The fewest units that leave room for the recall.
pub(crate) const UNITS_MIN: u64 = 200_000;

/// Seconds of `AS_OF` after 1970.
pub(super) const AS_OF_SECONDS: i64 = 20_468 * DAY;
/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// Days after 1970 of the first day of production, Monday 4 January 2021.
pub(super) const FIRST_DAY: i64 = 18_631;
/// Weeks of production; the last ends on 28 December 2025.
pub(super) const WEEKS: i64 = 260;
/// The week of production in which the recalled cable was first used, and the weeks it lasted.
pub(super) const RECALL_WEEK: i64 = 217;
pub(super) const RECALL_WEEKS: i64 = 6;
/// Days of production before the first of January of 2022, 2023, 2024, 2025.
pub(super) const NEW_YEARS: [i64; 4] = [362, 727, 1_092, 1_458];

/// Units of a drum of cable, and of a spell of the scanner being down: the grain of the recall.
pub(super) const DRUM: u64 = 400;
pub(super) const SPELL: u64 = 20;
/// The fewest units Leipzig makes in the recall's weeks, and the fewest PT-300 among them.
pub(super) const RECALL_UNITS_MIN: u64 = 20_000;
pub(super) const RECALL_TOWERS_MIN: u64 = 16_000;

/// A kind of machine.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) name: &'static str,
    pub(super) product: &'static str,
    /// What batches are recorded of: the letters their names begin with.
    pub(super) components: &'static [&'static str],
    /// What the drive holds in the pull test, in newtons.
    pub(super) pull: f64,
    pub(super) firmware: u8,
}

const fn model(
    name: &'static str,
    product: &'static str,
    components: &'static [&'static str],
    pull: f64,
    firmware: u8,
) -> Model {
    Model { name, product, components, pull, firmware }
}

pub(super) const MODELS: [Model; 8] = [
    model("TR-500", "treadmill", &["BE", "MO", "FR"], 1_900.0, 2),
    model("TR-700", "treadmill", &["BE", "MO", "FR", "DI"], 2_100.0, 3),
    model("BK-200", "bike", &["CR", "FR"], 1_250.0, 1),
    model("BK-350", "bike", &["CR", "MO", "DI"], 1_300.0, 4),
    model("RW-100", "rower", &["ST", "FR"], 1_600.0, 1),
    model("XT-400", "cross trainer", &["CR", "FR", "DI"], 1_450.0, 2),
    model("PT-300", "cable tower", &["CB", "PU", "FR"], 2_600.0, 4),
    model("HG-900", "home gym", &["CB", "PU", "FR", "DI"], 2_750.0, 5),
];
/// The place of the recalled model.
pub(super) const RECALLED_MODEL: usize = 6;
/// The letters and number of the recalled batch.
pub(super) const RECALLED_COMPONENT: &str = "CB";
pub(super) const RECALLED_BATCH: i64 = 7_781;

/// A plant: its share of a hundred units, what it makes and whom it sells to.
#[derive(Debug)]
pub(super) struct Facility {
    pub(super) name: &'static str,
    pub(super) file: &'static str,
    pub(super) plant: &'static str,
    pub(super) share: u64,
    /// How its clock differs from UTC, in hours.
    pub(super) clock: i64,
    /// What is added to the numbers of its batches.
    pub(super) batches: i64,
    pub(super) lines: u64,
    pub(super) models: [u16; 8],
    pub(super) markets: [u16; 20],
}

/// The first is where the recall happened.
pub(super) const FACILITIES: [Facility; 4] = [
    Facility {
        name: "Leipzig",
        file: "leipzig",
        plant: "AX",
        share: 30,
        clock: 1,
        batches: 0,
        lines: 6,
        models: [14, 10, 10, 8, 6, 12, 24, 16],
        markets: [26, 6, 7, 11, 6, 4, 5, 4, 12, 2, 6, 5, 3, 3, 0, 0, 0, 0, 0, 0],
    },
    Facility {
        name: "Brno",
        file: "brno",
        plant: "BR",
        share: 25,
        clock: 1,
        batches: -2_000,
        lines: 4,
        models: [20, 12, 18, 16, 20, 14, 0, 0],
        markets: [16, 5, 3, 10, 4, 3, 13, 12, 12, 3, 7, 6, 3, 3, 0, 0, 0, 0, 0, 0],
    },
    Facility {
        name: "Monterrey",
        file: "monterrey",
        plant: "MY",
        share: 25,
        clock: -6,
        batches: -4_000,
        lines: 5,
        models: [22, 18, 10, 10, 10, 10, 12, 8],
        markets: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 62, 17, 21, 0, 0, 0],
    },
    Facility {
        name: "Hai Phong",
        file: "hai-phong",
        plant: "HP",
        share: 20,
        clock: 7,
        batches: -6_000,
        lines: 4,
        models: [10, 20, 14, 24, 10, 12, 6, 4],
        markets: [4, 0, 0, 3, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 24, 7, 0, 26, 18, 12],
    },
];

/// Country and language of a market, and how many of a thousand units are registered there.
#[derive(Debug)]
pub(super) struct Market {
    pub(super) country: &'static str,
    pub(super) language: &'static str,
    pub(super) registered: u64,
}

const fn market(country: &'static str, language: &'static str, registered: u64) -> Market {
    Market { country, language, registered }
}

pub(super) const MARKETS: [Market; 20] = [
    market("DE", "de", 510),
    market("AT", "de", 490),
    market("CH", "de", 500),
    market("FR", "fr", 400),
    market("NL", "nl", 520),
    market("BE", "nl", 450),
    market("PL", "pl", 390),
    market("CZ", "cs", 420),
    market("GB", "en", 480),
    market("IE", "en", 460),
    market("IT", "it", 370),
    market("ES", "es", 380),
    market("SE", "sv", 540),
    market("DK", "da", 530),
    market("US", "en", 440),
    market("CA", "en", 430),
    market("MX", "es", 360),
    market("JP", "ja", 520),
    market("KR", "ko", 500),
    market("AU", "en", 450),
];
/// How many of a thousand units are registered where the market is not known.
pub(super) const REGISTERED_PER_MILLE: u64 = 450;
/// Retailers, `R-01` to `R-60`.
pub(super) const RETAILERS: u64 = 60;
