//! Layouts as text.

use proptest::prelude::*;

use super::kind::{Alphabet, FieldKind};
use super::part::{FieldPart, Layout, Part};

#[test]
fn a_layout_is_written_as_it_is_read() {
    let cases = [
        ("{plant:A2}{yy:D2}{seq:D9}", "{plant:A2}{yy:D2}{seq:D9}"),
        ("LJ-{n:D1..6}", "LJ-{n:D1..6}"),
        ("{s:X4..8}/B", "{s:X4..8}/B"),
        (r"\{\}{{}}\\\?\a{n:D1}", r"{{}}{{}}\\\?a{n:D1}"),
        ("№ {n:D3}", "№ {n:D3}"),
        ("{h:H4}{b:B10}{c:[ABCDEF]3}", "{h:H4}{b:B10}{c:[ABCDEF]3}"),
        (r"{c:[a\]}\\:{]1..3}", r"{c:[a\]}\\:{]1..3}"),
        ("{a:year4}{b:month}{c:day}", "{a:year4}{b:month}{c:day}"),
        ("{a:year2@2000}{b:week}", "{a:year2}{b:week}"),
        ("{a:year2@1990}{b:yday}", "{a:year2@1990}{b:yday}"),
        ("{a:year1@2015}{b:month[ABCDEFGHJKLM]}", "{a:year1@2015}{b:month[ABCDEFGHJKLM]}"),
        ("{a:year[AB]@2010}{n:D2}", "{a:year[AB]@2010}{n:D2}"),
        ("{n:D4}{c:luhn}", "{n:D4}{c:luhn}"),
        ("{tac:D8}{snr:D6}{c:luhn(tac, snr)}", "{tac:D8}{snr:D6}{c:luhn(tac,snr)}"),
        ("LJ-?{n:D1..6}", "LJ-?{n:D1..6}"),
        ("(S/N )??{n:D9}", "(S/N )??{n:D9}"),
        ("(-)?{n:D9}", "-?{n:D9}"),
        (r"A\???{n:D9}", r"A\???{n:D9}"),
        (r"\(?(a\)\(\?{{)?{n:D9}\)??", r"\(?(a\)\(\?{{)?{n:D9}\)??"),
        ("(01){n:D14}(21){s:X8}", "(01){n:D14}(21){s:X8}"),
        ("([x]({n:D1}", "([x]({n:D1}"),
        ("((ab)?{n:D1}", "((ab)?{n:D1}"),
        ("№?(№№)??{n:D1}", "№?(№№)??{n:D1}"),
    ];
    for (text, written) in cases {
        let layout = Layout::parse(text).unwrap();
        assert_eq!(layout.to_string(), written, "{text}");
        assert_eq!(Layout::parse(written).unwrap(), layout, "{text}");
    }
}

fn told(text: &str, message: &str) {
    let error = Layout::parse(text).unwrap_err();
    assert_eq!(error.message(), format!("layout `{text}`: {message}"));
}

#[test]
fn what_is_no_layout_is_told() {
    let cases = [
        ("", "there is no field, so it has a single serial; add a field such as `{n:D8}`"),
        ("{c:luhn}", "there is no field, so it has a single serial; add a field such as `{n:D8}`"),
        ("{n:D4", "`{` opens a field that no `}` closes"),
        ("{n:[a}", "`{` opens a field that no `}` closes"),
        ("n:D4}", "`}` closes no field; write `}}` for the character"),
        ("{n:D4}\\", "nothing follows the `\\` at the end"),
        ("{n:D4}\t", "a control character stands in no serial; remove it"),
        ("{n:D4}(\t)?", "a control character stands in no serial; remove it"),
        ("()?{n:D4}", "`()` is a group of no character; remove it"),
        (
            "{n:D4}?",
            "`?` follows neither a character nor a group that may be left out; write `\\?` for the \
             character itself, and `(...)?` for a group",
        ),
        ("{n}", "field `{n}` has no kind; write it as `{n:D8}`"),
        (
            "{1n:D4}",
            "`1n` cannot name a field; a name has 1 to 64 letters, digits and underscores and \
             begins with no digit",
        ),
        ("{n:D}", "field `n` has the width ``; write 1 to 256, or a least and a most as in `1..6`"),
        (
            "{n:D0..4}",
            "field `n` has the width `0..4`; write 1 to 256, or a least and a most as in `1..6`",
        ),
        (
            "{n:[AB]}",
            "field `n` has the width ``; write 1 to 256, or a least and a most as in `1..6`",
        ),
        ("{n:D4..4}", "field `n` has the width `4..4`, whose most is not above its least"),
        ("{n:D2}{N:A2}", "two fields are named `N`"),
        ("{a:X200}{b:X57}", "its longest serial has 257 bytes, but a serial has at most 256"),
        ("{a:X200}(57)??{b:X55}", "its longest serial has 257 bytes, but a serial has at most 256"),
        ("{n:[AA]2}", "field `n` has an alphabet in which `A` stands twice"),
        ("{n:[A]2}", "field `n` has an alphabet of less than two characters; write them as text"),
        (
            "{n:[A Z]2}",
            "field `n` has an alphabet with ' ', which is no visible character of ASCII",
        ),
    ];
    for (text, message) in cases {
        told(text, message);
    }
    told(
        "{n:Q4}",
        "field `n` is of an unknown kind `Q4`; write D for digits, A for letters, X for both, H for \
         hexadecimal, B for base32 or an alphabet such as `[ABC]`, and a width; year4, year2, \
         year1, month, week, yday or day for a part of a date; or a check: luhn, mod11, \
         iso7064_mod11_10, iso7064_mod11_2, iso7064_mod37_2, iso7064_mod37_36, iso7064_mod97_10, \
         verhoeff, damm, gs1_mod10, vin",
    );
}

#[test]
fn what_is_no_part_of_a_date_is_told() {
    let cases = [
        (
            "year",
            "which is none; write year4, year2, year1 with its era as in `year1@2015`, or a \
             character for each year as in `year[ABC]@2010`",
        ),
        (
            "year3",
            "which is none; write year4, year2, year1 with its era as in `year1@2015`, or a \
             character for each year as in `year[ABC]@2010`",
        ),
        ("year1", "which needs its era: the first year that it may stand for, as in `@2015`"),
        ("year[AB]", "which needs its era: the first year that it may stand for, as in `@2015`"),
        ("year2@90", "whose era is not the first year that it may stand for, as in `@2015`"),
        (
            "year2x",
            "but what follows is no era, the first year that it may stand for, as in `@2015`",
        ),
        ("year4@1990", "but four digits need no era"),
        ("year2@9901", "whose era ends in 10000, past the year 9999"),
        ("month[AB]", "with 2 characters for the 12 months"),
        ("month2", "which is none; write `month`, or `month[ABCDEFGHJKLM]`"),
        ("week2", "which has no width and no alphabet; write the word alone"),
        ("day[AB]", "which has no width and no alphabet; write the word alone"),
    ];
    for (kind, message) in cases {
        told(&format!("{{n:{kind}}}"), &format!("field `n` is of the kind `{kind}`, {message}"));
    }
    told(
        "{made:year2}{until:year4}",
        "fields `made` and `until` are both a year, but a serial has one date; make one of them \
         plain digits or an alphabet, such as `{until:D4}`",
    );
    told(
        "{a:month}{b:month[ABCDEFGHJKLM]}",
        "fields `a` and `b` are both a month, but a serial has one date; make one of them plain \
         digits or an alphabet, such as `{b:[ABCDEFGHJKLM]1}`",
    );
}

#[test]
fn what_a_check_cannot_be_over_is_told() {
    let of = |text: &str, message: &str| told(text, &format!("check field `c` (`luhn`) {message}"));
    of("{n:D4}{c:luhn(m)}", "is over a field `m`, which there is not");
    of("{n:D4}{c:luhn(n,n)}", "names field `n` twice");
    of("{n:D4}{c:luhn(n,d)}{d:damm}", "is over check field `d`, which does not stand before it");
    of("{n:D4}{c:luhn(c)}", "is over check field `c`, which does not stand before it");
    assert!(Layout::parse("{n:D4}{d:damm}{c:luhn(n,d)}").is_ok());
}

fn part() -> impl Strategy<Value = Part> {
    let kinds = prop_oneof![
        "[AB}\\]\\[\\\\{:]{2,6}".prop_filter_map("twins", |it| {
            let twins = it.char_indices().any(|(at, c)| it[..at].contains(c));
            let alphabet = Alphabet::Custom(it.into());
            (!twins).then_some(FieldKind::Text { alphabet, widths: (1, 2) })
        }),
        (1..9_usize)
            .prop_map(|it| FieldKind::Text { alphabet: Alphabet::Base32, widths: (it, it) }),
    ];
    prop_oneof![
        "[()?{}\\\\\\[\\]№a ]{1,4}".prop_map(Part::Literal),
        ("[()?{}\\\\\\[\\]№a ]{1,3}", any::<bool>())
            .prop_map(|(text, written)| Part::Optional { text, written }),
        ("[a-z]{1,4}", kinds).prop_map(|(name, kind)| Part::Field(FieldPart { name, kind })),
    ]
}

proptest! {
    #[test]
    fn any_parts_are_read_as_they_are_written(parts in prop::collection::vec(part(), 1..6)) {
        let side_by_side = |it: &[Part]| matches!(it, [Part::Literal(_), Part::Literal(_)]);
        prop_assume!(!parts.windows(2).any(side_by_side));
        let Ok(layout) = Layout::of(parts) else { return Ok(()) };
        let text = layout.to_string();
        prop_assert_eq!(&Layout::parse(&text).unwrap(), &layout, "{}", text);
    }

    #[test]
    fn any_text_that_is_a_layout_is_printed_as_one(
        text in "([(){}?\\\\-]|\\{a:[DAXHB][1-9](\\.\\.[1-9])?\\}|\\{[b-d]:\\[AB\\]2\\}|\\([a(]\\)|LJ){1,8}"
    ) {
        if let Ok(layout) = Layout::parse(&text) {
            let printed = layout.to_string();
            prop_assert_eq!(&Layout::parse(&printed).unwrap(), &layout, "{}", printed);
            prop_assert_eq!(Layout::parse(&printed).unwrap().to_string(), printed);
        }
    }
}
