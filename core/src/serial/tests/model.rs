//! Families against a model: all serials of a layout, written out and sorted.

use proptest::prelude::*;

use crate::calendar::Date;
use crate::serial::SerialFamily;
use crate::serial::layout::escaped;

/// One field of a random layout: its kind, and all its texts in its order.
#[derive(Clone, Debug)]
struct ModelField {
    kind: &'static str,
    values: Vec<String>,
    /// The part of a date that it is, and its first value.
    unit: Option<(&'static str, i16)>,
    separator: &'static str,
    /// Whether the separator may be left out.
    optional: bool,
}

/// All texts of a width over an alphabet, in order.
fn texts(symbols: &str, width: usize) -> Vec<String> {
    (0..width).fold(vec![String::new()], |shorter, _| {
        shorter.iter().flat_map(|it| symbols.chars().map(move |c| format!("{it}{c}"))).collect()
    })
}

const DIGITS: &str = "0123456789";
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A kind, all its texts in its order, and the part of a date that it is.
fn kind(kind: &'static str) -> (&'static str, Vec<String>, Option<(&'static str, i16)>) {
    let up_to = |symbols: &str, most| (1..=most).flat_map(|it| texts(symbols, it)).collect();
    let numbers = |width: usize, first: usize, last: usize| {
        (first..=last).map(|it| format!("{it:0width$}")).collect::<Vec<_>>()
    };
    let (values, unit) = match kind {
        "D1" => (texts(DIGITS, 1), None),
        "D2" => (texts(DIGITS, 2), None),
        "D1..3" => ((0..1_000).map(|it| it.to_string()).collect(), None),
        "D2..3" => ((10..1_000).map(|it| it.to_string()).collect(), None),
        "A1..2" => (up_to(LETTERS, 2), None),
        "X2" => (texts(&format!("{DIGITS}{LETTERS}"), 2), None),
        "H2" => (texts("0123456789ABCDEF", 2), None),
        "B1" => (texts("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 1), None),
        "[BAZ]2" => (texts("BAZ", 2), None),
        "[b0]1..3" => (up_to("b0", 3), None),
        "year4" => (numbers(4, 0, 9_999), Some(("year", 0))),
        "year2" => (numbers(2, 0, 99), Some(("year", 2000))),
        "year2@1990" => ([numbers(2, 90, 99), numbers(2, 0, 89)].concat(), Some(("year", 1990))),
        "year1@2015" => ([numbers(1, 5, 9), numbers(1, 0, 4)].concat(), Some(("year", 2015))),
        "year[ST1]@2019" => (texts("ST1", 1), Some(("year", 2019))),
        "month" => (numbers(2, 1, 12), Some(("month", 1))),
        "month[ABCDEFGHJKLM]" => (texts("ABCDEFGHJKLM", 1), Some(("month", 1))),
        "week" => (numbers(2, 1, 53), Some(("week", 1))),
        "yday" => (numbers(3, 1, 366), Some(("yday", 1))),
        _ => (numbers(2, 1, 31), Some(("day", 1))),
    };
    (kind, values, unit)
}

const KINDS: [&str; 20] = [
    "D1",
    "D2",
    "D1..3",
    "D2..3",
    "A1..2",
    "X2",
    "H2",
    "B1",
    "[BAZ]2",
    "[b0]1..3",
    "year4",
    "year2",
    "year2@1990",
    "year1@2015",
    "year[ST1]@2019",
    "month",
    "month[ABCDEFGHJKLM]",
    "week",
    "yday",
    "day",
];

fn model_field() -> impl Strategy<Value = ModelField> {
    let separators = prop::sample::select(vec!["-", "/", "№", "{", "_?", "(-)"]);
    (prop::sample::select(KINDS.to_vec()), separators, any::<bool>()).prop_map(
        |(name, separator, optional)| {
            let (kind, values, unit) = kind(name);
            ModelField { kind, values, unit, separator, optional }
        },
    )
}

/// A layout of up to three fields, the order of their significance, and the fields.
fn model() -> impl Strategy<Value = (SerialFamily, Vec<ModelField>, Vec<usize>)> {
    let order = Just(vec![0_usize, 1, 2]).prop_shuffle();
    (prop::collection::vec(model_field(), 1..=3), order).prop_map(|(mut fields, order)| {
        for at in 0..fields.len() {
            let unit = |it: &ModelField| it.unit.map(|(unit, _)| unit);
            let twin =
                fields[..at].iter().any(|it| unit(it).is_some() && unit(it) == unit(&fields[at]));
            if twin {
                (fields[at].kind, fields[at].values, fields[at].unit) = kind("D1");
            }
            // Without a separator it could not be told where a field of several widths ends.
            fields[at].optional &= at == 0 || !fields[at - 1].kind.contains("..");
        }
        let order: Vec<usize> = order.into_iter().filter(|it| *it < fields.len()).collect();
        let part = |(at, it): (usize, &ModelField)| {
            let text = escaped(it.separator);
            let separator = if it.optional {
                format!("({})?", text.replace('(', "\\(").replace(')', "\\)"))
            } else {
                text
            };
            format!("{separator}{{f{at}:{}}}", it.kind)
        };
        let layout: String = fields.iter().enumerate().map(part).collect();
        let names: Vec<String> = order.iter().map(|it| format!("f{it}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let family = SerialFamily::new("it", &layout).unwrap();
        (family.order_by(&names).unwrap(), fields, order)
    })
}

/// The days that have all these parts, looked for one by one. A week alone is of its own year.
fn days(parts: &[(&str, i16)]) -> Vec<Date> {
    let part = |name: &str| parts.iter().find(|(it, _)| *it == name).map(|(_, value)| *value);
    let is_week_date = part("week").is_some() && part("month").is_none() && part("yday").is_none();
    let years = part("year").map_or(2000..=2027, |it| it..=it);
    let (first, last) = (*years.start(), *years.end());
    let start = Date::new(first, 1, 1).unwrap().days() - 7;
    let end = Date::new(last, 12, 31).unwrap().days() + 7;
    let fits = |date: &Date| {
        let year = if is_week_date { date.iso_week().0 } else { date.year() };
        let yday = date.days() - Date::new(date.year(), 1, 1).unwrap().days() + 1;
        let is = |name: &str, value: i32| part(name).is_none_or(|it| i32::from(it) == value);
        years.contains(&year)
            && is("month", i32::from(date.month()))
            && is("day", i32::from(date.day()))
            && is("week", i32::from(date.iso_week().1))
            && is("yday", yday)
    };
    (start..=end).filter_map(|it| Date::from_days(it).ok()).filter(fits).collect()
}

/// The parts of a date that the values at these places are.
fn parts(fields: &[ModelField], places: &[usize]) -> Vec<(&'static str, i16)> {
    let part = |(it, at): (&ModelField, &usize)| {
        it.unit.map(|(unit, first)| (unit, first + i16::try_from(*at).unwrap()))
    };
    fields.iter().zip(places).filter_map(part).collect()
}

/// Whether a text of these fields and literals could be meant, whatever characters the fields have.
fn looks_like(fields: &[ModelField], text: &str) -> bool {
    let Some((field, later)) = fields.split_first() else { return text.is_empty() };
    let after = [text.strip_prefix(field.separator), field.optional.then_some(text)];
    let widths: Vec<usize> = field.values.iter().map(|it| it.chars().count()).collect();
    let (least, most) = (*widths.iter().min().unwrap(), *widths.iter().max().unwrap());
    after.into_iter().flatten().any(|rest| {
        (least..=most).any(|width| {
            let end = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(width);
            end.is_some_and(|end| looks_like(later, &rest[end..]))
        })
    })
}

/// The ways in which a field, and the separator before it, can be read off the rest of a text.
fn readings<'t>(
    field: &ModelField,
    (rest, places): &(&'t str, Vec<usize>),
) -> Vec<(&'t str, Vec<usize>)> {
    let after = [rest.strip_prefix(field.separator), field.optional.then_some(*rest)];
    let mut found = Vec::new();
    for rest in after.into_iter().flatten() {
        for (at, value) in field.values.iter().enumerate() {
            if let Some(rest) = rest.strip_prefix(value.as_str()) {
                found.push((rest, [places.as_slice(), &[at]].concat()));
            }
        }
    }
    found
}

proptest! {
    #[test]
    fn codes_are_the_places_in_the_order_of_significance(
        (family, fields, order) in model(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 3),
    ) {
        let pick = |(it, pick): (&ModelField, &prop::sample::Index)| pick.index(it.values.len());
        let places: Vec<usize> = fields.iter().zip(&picks).map(pick).collect();
        let written = |it: &ModelField| it.separator;
        let shorter = |it: &ModelField| if it.optional { "" } else { it.separator };
        let serial = |separator: fn(&ModelField) -> &'static str| -> String {
            let value = |(it, at): (&ModelField, &usize)| format!("{}{}", separator(it), it.values[*at]);
            fields.iter().zip(&places).map(value).collect()
        };
        let (serial, shorter) = (serial(written), serial(shorter));
        let mut code = 0_u128;
        let mut codes = 1_u128;
        for field in &order {
            code = code * fields[*field].values.len() as u128 + places[*field] as u128;
            codes *= fields[*field].values.len() as u128;
        }
        prop_assert_eq!(family.codes(), Some(codes));
        let parts = parts(&fields, &places);
        let days = if parts.is_empty() { Vec::new() } else { days(&parts) };
        if !parts.is_empty() && days.is_empty() {
            prop_assert_eq!(family.encode(&serial), None, "{}", &serial);
            prop_assert!(family.decode(code).is_err());
            prop_assert!(family.resembles(&serial));
            prop_assert_eq!(family.misfit(&serial), "is of no day there is");
            return Ok(());
        }
        prop_assert_eq!(family.encode(&serial), Some(code), "{}", &serial);
        prop_assert_eq!(family.encode(&shorter), Some(code), "{}", &shorter);
        prop_assert_eq!(&family.decode(code).unwrap(), &serial);
        prop_assert!(!family.resembles(&serial) && !family.resembles(&shorter));
        if family.has_made() {
            let ends = days.first().copied().zip(days.last().copied());
            prop_assert_eq!(family.made(code), ends);
        }
        for (field, (it, at)) in family.fields().zip(fields.iter().zip(&places)) {
            prop_assert_eq!(field.number_of(code), *at as u128);
            prop_assert_eq!(field.label(*at as u128), it.values[*at].clone());
            prop_assert_eq!(field.number_of_text(&it.values[*at]), Some(*at as u128));
            if let Some(range) = field.places() {
                let text: String = serial.chars().skip(range.start).take(range.len()).collect();
                prop_assert_eq!(text, it.values[*at].clone());
            }
        }
    }

    #[test]
    fn a_text_fits_if_it_is_written_so(
        (family, fields, _order) in model(),
        text in "[-/№{_?(]{0,2}[0-3AbZ]{1,4}([-/№{][0-2A]{1,3}){0,2}",
    ) {
        let mut model = vec![(text.as_str(), Vec::new())];
        for field in &fields {
            model = model.iter().flat_map(|it| readings(field, it)).collect();
        }
        let is_date = |places: &[usize]| {
            let parts = parts(&fields, places);
            parts.is_empty() || !days(&parts).is_empty()
        };
        let fits = model.iter().any(|(rest, places)| rest.is_empty() && is_date(places));
        prop_assert_eq!(family.encode(&text).is_some(), fits);
        prop_assert_eq!(family.resembles(&text), !fits && looks_like(&fields, &text));
    }

    #[test]
    fn a_prefix_takes_in_what_begins_with_it(
        (family, fields, order) in model(),
        pick in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        others in prop::collection::vec(any::<prop::sample::Index>(), 50),
    ) {
        let codes = usize::try_from(family.codes().unwrap()).unwrap();
        let Ok(serial) = family.decode(pick.index(codes) as u128) else { return Ok(()) };
        let ends: Vec<usize> = serial.char_indices().map(|(at, _)| at).chain([serial.len()]).collect();
        let prefix = &serial[..ends[cut.index(ends.len())]];
        let Some(intervals) = family.prefix_codes(prefix) else {
            prop_assert!(!order.is_sorted());
            return Ok(());
        };
        prop_assert!(!fields.is_empty() && intervals.windows(2).all(|it| it[0].1 < it[1].0));
        // Codes near the ends of the intervals, and codes anywhere.
        let near = intervals.iter().flat_map(|it| [it.0.saturating_sub(1), it.0, it.1, it.1 + 1]);
        let anywhere = others.iter().map(|it| it.index(codes) as u128);
        for code in near.chain(anywhere).filter(|it| *it < codes as u128) {
            let inside = intervals.iter().any(|it| (it.0..=it.1).contains(&code));
            let Ok(text) = family.decode(code) else { continue };
            prop_assert_eq!(text.starts_with(prefix), inside, "{} {}", prefix, text);
        }
    }
}
