use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::{GroupKeys, KeyGroup, Keys, encode_keys};
use crate::error::{ErrorKind, Result};
use crate::format::{FileBuilder, FileId, FileKind, SealedFile, Section, SectionId};
use crate::io::{Directory, MemoryDirectory};
use crate::pool::Halt;
use crate::serial::{FamilyId, SerialKey, opaque_order};

/// What a segment holds, row by row.
type Model = Vec<(u32, SerialKey)>;

fn section(bytes: &[u8]) -> Section {
    let directory = MemoryDirectory::new();
    let writer = directory.create("keys").unwrap();
    let id = SectionId { kind: 1, column: 0 };
    let mut file = FileBuilder::create(writer, FileKind::UnitSegment, FileId([0; 16])).unwrap();
    file.section(id, bytes).unwrap();
    file.finish().unwrap();
    let file = SealedFile::open(directory.open("keys").unwrap(), FileKind::UnitSegment).unwrap();
    file.section(id).unwrap()
}

fn coded(family: u8, code: u128) -> SerialKey {
    SerialKey::Coded { family: FamilyId(family), code }
}

/// Codes that make every form of chunk and block, at both ends of the code space too.
fn codes() -> impl Strategy<Value = BTreeSet<u128>> {
    let start = prop_oneof![
        0_u128..200_000,
        Just(u128::from(u64::MAX) - 70_000),
        Just(u128::MAX - 70_000),
        any::<u64>().prop_map(u128::from),
        any::<u128>(),
    ];
    let piece =
        (start, 1_u128..5, 1_u128..3000, 0_u32..100).prop_map(|(start, step, count, sparse)| {
            // Now and then the codes lie so far apart that no chunk has many.
            let step = if sparse < 10 { step << (sparse * 6) } else { step };
            (0..count).filter_map(move |at| start.checked_add(at * step)).collect::<Vec<_>>()
        });
    let full = (0_u128..4).prop_map(|chunk| (chunk << 16..(chunk + 1) << 16).collect());
    vec(prop_oneof![8 => piece, 1 => full], 1..4)
        .prop_map(|pieces| pieces.into_iter().flatten().collect())
}

fn texts() -> impl Strategy<Value = BTreeSet<String>> {
    proptest::collection::btree_set(prop_oneof!["[AB]{1,7}", "X-[0-9]{3}", "[aü☂]{1,4}"], 1..150)
}

fn model() -> impl Strategy<Value = Model> {
    let groups = vec((0_u32..3, 0_u8..2, codes()), 0..4);
    (groups, vec((0_u32..3, texts()), 0..3)).prop_map(|(groups, opaque)| {
        let coded_keys = groups.into_iter().flat_map(|(namespace, family, codes)| {
            codes.into_iter().map(move |code| (namespace, coded(family, code)))
        });
        let texts = opaque.into_iter().flat_map(|(namespace, texts)| {
            texts.into_iter().map(move |text| (namespace, SerialKey::Opaque(text.into())))
        });
        let keys: BTreeSet<_> = coded_keys.chain(texts).collect();
        keys.into_iter().collect()
    })
}

fn groups_of(model: &[(u32, SerialKey)]) -> Vec<KeyGroup> {
    let mut groups: BTreeMap<(u32, FamilyId), GroupKeys> = BTreeMap::new();
    for (namespace, key) in model {
        let family = key.family();
        let group = groups.entry((*namespace, family)).or_insert_with(|| match key {
            SerialKey::Coded { .. } => GroupKeys::Coded { family, codes: Vec::new() },
            SerialKey::Opaque(_) => GroupKeys::Opaque(Vec::new()),
        });
        match (group, key) {
            (GroupKeys::Coded { codes, .. }, SerialKey::Coded { code, .. }) => codes.push(*code),
            (GroupKeys::Opaque(texts), SerialKey::Opaque(text)) => texts.push(text.clone()),
            _ => unreachable!("a family is coded or opaque"),
        }
    }
    let groups = groups.into_iter();
    groups.map(|((namespace, _), keys)| KeyGroup { namespace, keys }).collect()
}

fn open(model: &[(u32, SerialKey)]) -> Keys {
    let bytes = encode_keys(&groups_of(model), &Halt::default()).unwrap();
    Keys::open(section(&bytes), model.len() as u64).unwrap()
}

/// A serial that is there, or one next to it.
fn near(model: &[(u32, SerialKey)], index: Index, step: u8) -> (u32, SerialKey) {
    if model.is_empty() {
        return (0, coded(0, u128::from(step)));
    }
    let (namespace, key) = index.get(model).clone();
    let key = match (key, step) {
        (SerialKey::Coded { family, code }, 1) => {
            SerialKey::Coded { family, code: code.wrapping_add(1) }
        }
        (SerialKey::Coded { family, code }, 2) => {
            SerialKey::Coded { family, code: code.wrapping_sub(1) }
        }
        (SerialKey::Coded { code, .. }, 3) => coded(1, code.wrapping_add(1 << 17)),
        (SerialKey::Opaque(text), 1) => SerialKey::Opaque(format!("{text}A").into()),
        (SerialKey::Opaque(text), 2) => SerialKey::Opaque(text.replace('A', "B").into()),
        (SerialKey::Opaque(text), 3) => SerialKey::Opaque(text.replace('B', "A").into()),
        (key, _) => key,
    };
    (namespace, key)
}

fn probes() -> impl Strategy<Value = Vec<(Index, u8)>> {
    vec((any::<Index>(), 0_u8..5), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn serials_are_found_both_ways(model in model(), probes in probes()) {
        let keys = open(&model);
        keys.verify().unwrap();
        prop_assert_eq!(keys.rows(), model.len() as u64);
        let mut asked: Vec<_> = probes.iter().map(|(at, step)| near(&model, *at, *step)).collect();
        let expected = |probe: &(u32, SerialKey)| {
            model.binary_search(probe).ok().map(|row| u32::try_from(row).unwrap())
        };
        let mut lookup = keys.lookup();
        for probe in &asked {
            prop_assert_eq!(keys.row_of(probe.0, &probe.1).unwrap(), expected(probe));
            prop_assert_eq!(lookup.row_of(probe.0, &probe.1).unwrap(), expected(probe));
        }
        asked.sort();
        let mut lookup = keys.lookup();
        for probe in &asked {
            prop_assert_eq!(lookup.row_of(probe.0, &probe.1).unwrap(), expected(probe));
        }
        let mut lookup = keys.lookup();
        for (row, key) in (0..).zip(&model) {
            prop_assert_eq!(lookup.row_of(key.0, &key.1).unwrap(), Some(row));
        }
        for (at, _) in probes.iter().filter(|_| !model.is_empty()) {
            let row = at.index(model.len());
            prop_assert_eq!(&keys.key_at(u32::try_from(row).unwrap()).unwrap(), &model[row]);
        }
    }

    #[test]
    fn a_range_is_its_rows(model in model(), from in any::<(Index, u8)>(), to in any::<(Index, u8)>()) {
        let keys = open(&model);
        let (namespace, first) = near(&model, from.0, from.1 % 5);
        let (_, last) = near(&model, to.0, to.1 % 5);
        let found = keys.rows_between(namespace, &first, &last).unwrap();
        let expected = (0..).zip(&model).filter(|(_, (space, key))| {
            first.family() == last.family() && *space == namespace && (&first..=&last).contains(&key)
        });
        prop_assert!(expected.map(|(row, _)| row).eq(found));
    }

    #[test]
    fn rows_are_read_in_order(model in model(), from: Index, to: Index) {
        let keys = open(&model);
        let bounds = [from, to].map(|it| it.index(model.len() + 1));
        let (start, end) = (bounds[0].min(bounds[1]), bounds[0].max(bounds[1]));
        for rows in [0..model.len(), start..end] {
            let mut read = Vec::new();
            for (at, group) in keys.groups().iter().enumerate() {
                let asked = rows.start as u64..rows.end as u64;
                let mut codes = Vec::new();
                keys.codes_into(at, asked.clone(), &mut codes).unwrap();
                read.extend(codes.into_iter().map(|code| {
                    (group.namespace, SerialKey::Coded { family: group.family, code })
                }));
                keys.for_each_text(at, asked, |row, text| {
                    assert_eq!(row, (rows.start + read.len()) as u64);
                    read.push((group.namespace, SerialKey::Opaque(text.into())));
                    Ok(())
                }).unwrap();
            }
            prop_assert_eq!(&read, &model[rows]);
        }
    }

    #[test]
    fn damaged_bytes_never_panic(
        model in model(),
        damage in vec((any::<Index>(), any::<u8>()), 1..8),
        cut in any::<Option<Index>>(),
        probes in probes(),
    ) {
        let mut bytes = encode_keys(&groups_of(&model), &Halt::default()).unwrap();
        for (at, (index, value)) in damage.iter().enumerate() {
            // Most damage goes to the tables, where it does most harm.
            let reach = if at % 2 == 0 { bytes.len().min(400) } else { bytes.len() };
            bytes[index.index(reach)] = *value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let checked = use_it_all(&bytes, &model, &probes);
        prop_assert!(checked.is_ok() || checked.unwrap_err().kind() == ErrorKind::Corrupt);
    }

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..600), probes in probes()) {
        let model = [(0, coded(0, 7)), (1, SerialKey::Opaque("A".into()))];
        let checked = use_it_all(&bytes, &model, &probes);
        prop_assert_eq!(checked.unwrap_err().kind(), ErrorKind::Corrupt);
    }
}

/// Calls all that can be called on bytes of any kind; the first error is what `verify` or opening
/// finds.
fn use_it_all(bytes: &[u8], model: &[(u32, SerialKey)], probes: &[(Index, u8)]) -> Result<()> {
    let rows = model.len() as u64;
    let keys = Keys::open(section(bytes), rows)?;
    let verified = keys.verify();
    let check = |result: Result<()>| match result {
        Ok(()) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt),
    };
    let mut lookup = keys.lookup();
    for (at, step) in probes {
        let (namespace, key) = near(model, *at, *step);
        check(keys.row_of(namespace, &key).map(drop));
        check(lookup.row_of(namespace, &key).map(drop));
        check(keys.rows_between(namespace, &key, &key).map(|rows| assert!(rows.end <= 1 << 32)));
        if rows > 0 {
            check(keys.key_at(u32::try_from(at.index(model.len())).unwrap()).map(drop));
        }
    }
    for group in 0..keys.groups().len() {
        check(keys.codes_into(group, 0..rows, &mut Vec::new()));
        check(keys.for_each_text(group, 0..rows, |_, _| Ok(())));
    }
    verified
}

fn of_codes(codes: impl IntoIterator<Item = u128>) -> Vec<u8> {
    let keys = GroupKeys::Coded { family: FamilyId(0), codes: codes.into_iter().collect() };
    encode_keys(&[KeyGroup { namespace: 0, keys }], &Halt::default()).unwrap()
}

#[test]
fn the_smallest_form_is_taken() {
    const FORM: usize = 13;
    let check = |codes: Vec<u128>, form: u8, bits_max: usize| {
        let count = codes.len();
        let bytes = of_codes(codes);
        assert_eq!(bytes[FORM], form);
        let bits = 8 * bytes.len() / count;
        assert!(bits <= bits_max, "{bits} bits a serial");
    };
    check((250_000_000..251_000_000).collect(), 0, 0);
    // One in 50 is missing.
    check((0..100_000).filter(|it| it * 7919 % 50 != 3).collect(), 0, 1);
    check((0..100_000).map(|it| it * 7).collect(), 0, 8);
    check((0..100_000).map(|it| (it << 34) | ((it * 7919) & 0xffff_ffff)).collect(), 1, 43);
    check((0..100_000).map(|it| (it << 90) | ((it * 7919) & 0xffff_ffff)).collect(), 2, 100);
}

#[test]
fn a_segment_may_be_empty() {
    let keys = open(&[]);
    assert_eq!(keys.groups(), []);
    assert_eq!(keys.row_of(0, &coded(0, 1)).unwrap(), None);
    assert_eq!(keys.rows_between(0, &coded(0, 0), &coded(0, u128::MAX)).unwrap(), 0..0);
    let error = keys.key_at(0).unwrap_err();
    assert_eq!(error.to_string(), "row 0 is past the last of 0");
    keys.verify().unwrap();
}

#[test]
fn a_serial_is_asked_of_the_right_group_only() {
    let text = |text: &str| SerialKey::Opaque(text.into());
    let keys = open(&[(1, coded(0, 5)), (1, text("B")), (1, text("AA")), (4, coded(2, 5))]);
    let row = |namespace, key: &SerialKey| keys.row_of(namespace, key).unwrap();
    assert_eq!(row(1, &coded(0, 5)), Some(0));
    assert_eq!(row(1, &coded(2, 5)), None);
    assert_eq!(row(4, &coded(2, 5)), Some(3));
    assert_eq!(row(2, &coded(0, 5)), None);
    assert_eq!(row(1, &text("AA")), Some(2));
    assert_eq!(row(4, &text("AA")), None);
    assert_eq!(keys.rows_between(1, &coded(0, 0), &text("B")).unwrap(), 0..0);
    assert_eq!(keys.rows_between(1, &text("A"), &text("ZZZ")).unwrap(), 1..3);
}

#[test]
fn what_cannot_be_written_is_refused() {
    let check = |groups: &[KeyGroup], expected: &str| {
        let error = encode_keys(groups, &Halt::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert_eq!(error.to_string(), expected);
    };
    let group = |namespace, family, codes: &[u128]| {
        let keys = GroupKeys::Coded { family: FamilyId(family), codes: codes.to_vec() };
        KeyGroup { namespace, keys }
    };
    let unsorted = "the serials of a segment must strictly ascend; sort them";
    check(&[group(0, 0, &[1, 1])], unsorted);
    check(&[group(0, 0, &[2, 1])], unsorted);
    check(&[group(0, 1, &[1]), group(0, 0, &[1])], unsorted);
    check(&[group(0, 255, &[1])], unsorted);
    let texts = GroupKeys::Opaque(vec!["AA".into(), "B".into()]);
    check(&[KeyGroup { namespace: 0, keys: texts }], unsorted);
    check(&[group(0, 0, &[])], "a group of serials is empty; leave it out");
}

#[test]
fn what_is_wrong_is_told() {
    let check = |bytes: &[u8], rows: u64, expected: &str| {
        let error = Keys::open(section(bytes), rows).and_then(|keys| keys.verify()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt);
        assert!(error.to_string().ends_with(expected), "{error}");
    };
    let good = of_codes([5, 6, 70_000]);
    let changed = |at: usize, value: u8| {
        let mut bytes = good.clone();
        bytes[at] = value;
        bytes
    };
    check(&good, 4, "it has 3 serials for 4 rows");
    check(&good, 2, "its groups have other rows");
    check(&good[..40], 3, "1 groups do not fit in it");
    check(&changed(13, 9), 3, "form 9 of FamilyId(0) is unknown");
    check(&changed(14, 1), 3, "reserved bytes are not zeros");
    check(&changed(24, 255), 3, "a group at 255 of 54 bytes is not in it");
    check(&changed(40, 1), 3, "a group has no chunks or no round base");
    check(&changed(56, 3), 3, "a table of 3 entries does not fit a group");
    let last = good.len() - 1;
    check(&changed(last - 3, 1), 3, "chunk 0 of serials is not whole");
}

#[test]
fn texts_are_ordered_shortest_first() {
    let texts = ["", "B", "AA", "AB", "ü"];
    let model: Model = texts.iter().map(|it| (0, SerialKey::Opaque((*it).into()))).collect();
    assert!(texts.is_sorted_by(|a, b| opaque_order(a, b).is_lt()));
    let keys = open(&model);
    assert_eq!(keys.rows_between(0, &model[1].1, &model[3].1).unwrap(), 1..4);
    keys.verify().unwrap();
}
