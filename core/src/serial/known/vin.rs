//! Vehicles: ISO 3779 and 49 CFR 565.

use crate::error::{Error, Result};
use crate::serial::{Normaliser, SerialFamily};

/// What a vehicle's number is made of: I, O and Q could be taken for digits.
const ANY: &str = "[0123456789ABCDEFGHJKLMNPRSTUVWXYZ]";
/// Years that a character of the tenth place stands for in turn, 49 CFR 565.15, table VII.
const YEARS: &str = "[ABCDEFGHJKLMNPRSTVWXY123456789]";
/// The year from which 49 CFR 565 has had codes of 17 characters, the first A.
const FIRST_YEAR: i16 = 1980;
/// Years until the characters come round again.
const CYCLE: i16 = 30;
/// What decides the order of vehicles, before their options and check characters.
const ORDER: [&str; 6] = ["wmi", "model_year", "plant", "n", "vds", "check"];

impl SerialFamily {
    /// Vehicle identification numbers, 17 characters, the tenth of which is a model year.
    ///
    /// | characters | field | |
    /// |---|---|---|
    /// | 1 to 3 | `wmi` | the maker, ISO 3780 |
    /// | 4 to 8 | `vds` | model and options |
    /// | 9 | `check` | North America's check digit; elsewhere any character |
    /// | 10 | `model_year` | A to Y without I, O, Q, U and Z, then 1 to 9 |
    /// | 11 | `plant` | |
    /// | 12 to 17 | `n` | the running number; a maker of few vehicles a year has letters in it |
    ///
    /// The order is `wmi`, `model_year`, `plant`, `n`, then `vds` and `check`: a range from one
    /// whole number to another runs by model year, plant and running number, and takes in every
    /// model, whatever stands in its other places. As text one real range in five would be empty,
    /// since its ends differ in options or check digit first.
    ///
    /// `first_model_year` is the year of the 30 that the tenth character may stand for: with 2010,
    /// A is 2010 and 9 is 2039; with 1980, A is 1980 and 9 is 2009; with 1996, T is 1996, 9 is 2009,
    /// and A is 2010. A fleet that spans more than 30 model years needs two families, told apart
    /// by something else, or a model year from elsewhere.
    ///
    /// The check digit is [reported](SerialFamily::check) and not required, as fewer than half of
    /// all numbers in the field have a right one. Small letters are read as capitals. Numbers with
    /// 0, U or Z at the tenth place fit
    /// [`vin_without_model_year`](SerialFamily::vin_without_model_year).
    ///
    /// # Errors
    ///
    /// `invalid_argument` for a name that is none, and for a first model year before 1980 or after
    /// 2100.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{FieldValue, SerialFamily};
    ///
    /// let vin = SerialFamily::vin("vin", 1981)?;
    /// let code = vin.encode("1M8GDM9AXKP042788").unwrap();
    /// let values = vin.values(code)?;
    /// assert_eq!(values[0], ("wmi", FieldValue::Text("1M8".into())));
    /// assert_eq!(values[3], ("model_year", FieldValue::Number(1989)));
    /// assert_eq!(vin.check("1M8GDM9AXKP042788"), Some(true));
    /// // Another model of the same plant, made later in the same year.
    /// assert!(vin.encode("1M8GDM9AXKP042788") < vin.encode("1M8ADM0A1KP042789"));
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn vin(name: &str, first_model_year: i16) -> Result<Self> {
        if !(FIRST_YEAR..=2100).contains(&first_model_year) {
            return Err(Error::invalid(format!(
                "the first model year of vehicles is {FIRST_YEAR} to 2100, not {first_model_year}; \
                 give the first of the {CYCLE} years that may occur"
            )));
        }
        // The characters in the order of their years from the first on.
        let years = YEARS.trim_matches(['[', ']']);
        let turned = usize::try_from((first_model_year - FIRST_YEAR) % CYCLE).unwrap_or(0);
        let (later, first) = years.split_at_checked(turned).unwrap_or((years, ""));
        let year = format!("{{model_year:year[{first}{later}]@{first_model_year}}}");
        vehicles(name, &year, ORDER)
    }

    /// Vehicle identification numbers that have 0, U or Z at the tenth place, which is no model
    /// year: some makers outside of North America fill it with a zero. Their fields are those of
    /// [`vin`](SerialFamily::vin), with `tenth` in place of `model_year`, and so is their order. No
    /// number fits both families, so they may stand side by side.
    ///
    /// # Errors
    ///
    /// `invalid_argument` for a name that is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{Families, SerialFamily};
    ///
    /// let vehicles = Families::new(vec![
    ///     SerialFamily::vin("vin", 2000)?,
    ///     SerialFamily::vin_without_model_year("vin of no year")?,
    /// ])?;
    /// let key = vehicles.classify("VF1BB1A0H0A123456")?;
    /// assert_eq!(vehicles.family(key.family()).unwrap().name(), "vin of no year");
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn vin_without_model_year(name: &str) -> Result<Self> {
        let order = ORDER.map(|it| if it == "model_year" { "tenth" } else { it });
        vehicles(name, "{tenth:[0UZ]1}", order)
    }
}

fn vehicles(name: &str, tenth: &str, order: [&str; 6]) -> Result<SerialFamily> {
    let layout =
        format!("{{wmi:{ANY}3}}{{vds:{ANY}5}}{{check:vin}}{tenth}{{plant:{ANY}1}}{{n:{ANY}6}}");
    SerialFamily::new(name, &layout)?
        .order_by(&order)?
        .with_normaliser(Normaliser::new().upper_case())
}
