use proptest::collection::vec;
use proptest::prelude::*;
use roaring::RoaringBitmap;

use super::{Container, Mask, RowSet, View};
use crate::error::ErrorKind;

/// A few ways to fill part of five chunks, leaning on the edges of chunks and of forms.
#[derive(Clone, Debug)]
enum Piece {
    Range(u32, u32),
    Steps { start: u32, step: u32, count: u32 },
    Points(Vec<u32>),
    WholeChunk(u32),
}

const CHUNKS: u32 = 5;

fn row() -> impl Strategy<Value = u32> {
    let low = prop_oneof![Just(0), Just(1), Just(65_534), Just(65_535), 0_u32..65_536, 0_u32..300];
    (0..CHUNKS, low).prop_map(|(chunk, low)| chunk << 16 | low)
}

fn piece() -> impl Strategy<Value = Piece> {
    let steps = (row(), 1_u32..40, 1_u32..6000);
    prop_oneof![
        (row(), row()).prop_map(|(a, b)| Piece::Range(a.min(b), a.max(b))),
        steps.prop_map(|(start, step, count)| Piece::Steps { start, step, count }),
        vec(row(), 1..50).prop_map(Piece::Points),
        (0..CHUNKS).prop_map(Piece::WholeChunk),
    ]
}

fn rows_of(pieces: &[Piece]) -> Vec<u32> {
    let mut rows = vec![false; (CHUNKS << 16) as usize];
    for piece in pieces {
        match piece {
            Piece::Range(first, last) => rows[*first as usize..=*last as usize].fill(true),
            Piece::Steps { start, step, count } => {
                let stepped = rows.iter_mut().skip(*start as usize).step_by(*step as usize);
                stepped.take(*count as usize).for_each(|row| *row = true);
            }
            Piece::Points(points) => points.iter().for_each(|&row| rows[row as usize] = true),
            Piece::WholeChunk(chunk) => rows[(chunk << 16) as usize..][..1 << 16].fill(true),
        }
    }
    (0..CHUNKS << 16).filter(|&row| rows[row as usize]).collect()
}

fn set() -> impl Strategy<Value = (RowSet, RoaringBitmap)> {
    vec(piece(), 0..6).prop_map(|pieces| {
        let rows = rows_of(&pieces);
        let oracle = RoaringBitmap::from_sorted_iter(rows.iter().copied()).unwrap();
        (RowSet::from_sorted(rows), oracle)
    })
}

fn portable(oracle: &RoaringBitmap) -> Vec<u8> {
    let mut bytes = Vec::new();
    oracle.serialize_into(&mut bytes).unwrap();
    bytes
}

fn optimised(oracle: &RoaringBitmap) -> Vec<u8> {
    let mut oracle = RoaringBitmap::from_sorted_iter(oracle.iter()).unwrap();
    oracle.optimize();
    portable(&oracle)
}

fn masks() -> impl Strategy<Value = Mask> {
    set().prop_map(|(set, _)| set.chunk(1).map_or_else(Mask::new, Container::to_mask))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_set_answers_as_roaring_does((set, oracle) in set(), probes in vec(row(), 1..20)) {
        prop_assert_eq!(set.len(), oracle.len());
        prop_assert_eq!(set.is_empty(), oracle.is_empty());
        prop_assert!(set.iter().eq(oracle.iter()));
        for &probe in &probes {
            prop_assert_eq!(set.contains(probe), oracle.contains(probe));
            let before = oracle.rank(probe) - u64::from(oracle.contains(probe));
            prop_assert_eq!(set.rank(probe), before);
            let nth = u64::from(probe) % (oracle.len() + 2);
            prop_assert_eq!(set.select(nth), oracle.select(u32::try_from(nth).unwrap()));
            let other = probes[0];
            let rows = u64::from(probe.min(other))..u64::from(probe.max(other));
            let within = oracle.range_cardinality(probe.min(other)..probe.max(other));
            prop_assert_eq!(set.range_count(rows), within);
        }
        prop_assert_eq!(set.range_count(0..1 << 32), oracle.len());
    }

    #[test]
    fn ranges_are_the_fewest((set, oracle) in set()) {
        let mut expected = Vec::new();
        let mut rows = oracle.iter();
        while let Some(range) = rows.next_range() {
            let next = u64::from(*range.start())..u64::from(*range.end()) + 1;
            match expected.last_mut() {
                Some(std::ops::Range { end, .. }) if *end == next.start => *end = next.end,
                _ => expected.push(next),
            }
        }
        prop_assert!(set.ranges().eq(expected.iter().cloned()));
        let mut again = RowSet::new();
        for range in expected {
            again.push_range(range);
        }
        prop_assert_eq!(again, set);
    }

    #[test]
    fn sets_are_joined_end_to_end((set, oracle) in set(), cut in row()) {
        let [mut before, after] = [0..cut, cut..u32::MAX]
            .map(|rows| RowSet::from_sorted(oracle.iter().filter(|row| rows.contains(row))));
        let chunk = cut >> 16;
        let later: Vec<u16> = set.chunks_from(chunk).map(|(key, _)| key).collect();
        let all = set.chunks().map(|(key, _)| key);
        prop_assert!(later.into_iter().eq(all.filter(|key| u32::from(*key) >= chunk)));
        before.append(after);
        prop_assert_eq!(before, set);
    }

    #[test]
    fn sets_combine_as_roaring_does((a, p) in set(), (b, q) in set()) {
        let cases = [
            (a.union(&b), &p | &q),
            (a.intersection(&b), &p & &q),
            (a.difference(&b), &p - &q),
            (a.symmetric_difference(&b), &p ^ &q),
        ];
        for (found, expected) in cases {
            prop_assert_eq!(found.len(), expected.len());
            prop_assert!(found.iter().eq(expected.iter()));
            prop_assert_eq!(found.to_portable(), optimised(&expected));
        }
    }

    #[test]
    fn bytes_are_those_of_roaring((set, oracle) in set()) {
        let bytes = set.to_portable();
        prop_assert_eq!(&bytes, &optimised(&oracle));
        prop_assert_eq!(&RowSet::from_portable(&bytes).unwrap(), &set);
        let mut without_runs = oracle;
        without_runs.remove_run_compression();
        prop_assert_eq!(&RowSet::from_portable(&portable(&without_runs)).unwrap(), &set);
    }

    #[test]
    fn a_view_answers_as_roaring_does((_, oracle) in set(), probes in vec(row(), 1..20)) {
        for bytes in [portable(&oracle), optimised(&oracle)] {
            let view = View::new(&bytes).unwrap();
            view.verify().unwrap();
            prop_assert_eq!(view.len(), oracle.len());
            prop_assert_eq!(view.is_empty(), oracle.is_empty());
            for &probe in &probes {
                prop_assert_eq!(view.contains(probe), oracle.contains(probe));
            }
            let rows = view.chunks().flat_map(|(key, it)| {
                it.iter().map(move |low| u32::from(key) << 16 | u32::from(low))
            });
            prop_assert!(rows.eq(oracle.iter()));
            for key in 0..6 {
                let count = view.chunk(key).map_or(0, Container::count);
                prop_assert_eq!(count, view.chunk_count(key));
            }
        }
    }

    #[test]
    fn containers_work_on_masks_as_masks_do((set, _) in set(), mask in masks()) {
        for (_, container) in set.chunks() {
            let own = container.to_mask();
            prop_assert!(own.iter().eq(container.iter()));
            prop_assert!(own.runs().eq(container.runs()));
            prop_assert_eq!(own.count(), container.count());
            prop_assert_eq!(container.and_count(&mask), own.and_count(&mask));
            let applied = |apply: &dyn Fn(&mut Mask)| {
                let mut mask = mask.clone();
                apply(&mut mask);
                mask
            };
            prop_assert_eq!(applied(&|it| container.or_into(it)), applied(&|it| it.or(&own)));
            prop_assert_eq!(applied(&|it| container.and_into(it)), applied(&|it| it.and(&own)));
            prop_assert_eq!(
                applied(&|it| container.and_not_into(it)),
                applied(&|it| it.and_not(&own))
            );
        }
    }

    #[test]
    fn rows_are_told_by_their_ranks(
        (set, oracle) in set(),
        ranks in prop::collection::btree_set(0_u32..70_000, 0..60),
    ) {
        for (_, container) in set.chunks() {
            let rows: Vec<u16> = container.iter().collect();
            let expected: Vec<u16> =
                ranks.iter().filter_map(|rank| rows.get(*rank as usize).copied()).collect();
            let mut selected = Vec::new();
            container.select_each(ranks.iter().copied(), &mut selected);
            prop_assert_eq!(selected, expected);
        }
        let rows: Vec<u32> = oracle.iter().collect();
        prop_assert_eq!(RowSet::from_ascending(&rows), set);
    }

    #[test]
    fn a_mask_is_a_set_of_rows(
        ranges in vec((0_u32..70_000, 0_u32..70_000, any::<bool>()), 0..12),
        probes in vec(any::<u16>(), 1..20),
    ) {
        let mut mask = Mask::new();
        let mut model = vec![false; 1 << 16];
        for (a, b, into) in ranges {
            let rows = a.min(b)..a.max(b);
            let end = (rows.end as usize).min(model.len());
            model[(rows.start as usize).min(end)..end].fill(into);
            if into { mask.set_range(rows) } else { mask.clear_range(rows) }
        }
        for &probe in &probes {
            let at = usize::from(probe);
            prop_assert_eq!(mask.contains(probe), model[at]);
            if at % 2 == 0 { mask.set(probe) } else { mask.clear(probe) }
            model[at] = at % 2 == 0;
        }
        let rows: Vec<u16> = (0..=u16::MAX).filter(|&row| model[usize::from(row)]).collect();
        prop_assert!(mask.iter().eq(rows.iter().copied()));
        prop_assert_eq!(mask.count() as usize, rows.len());
        prop_assert_eq!(mask.is_empty(), rows.is_empty());
        let (a, b) = (u32::from(probes[0]), u32::from(probes[probes.len() - 1]));
        let within = rows.iter().filter(|&&row| (a..b).contains(&u32::from(row))).count();
        prop_assert_eq!(mask.count_range(a..b) as usize, within);
    }

    #[test]
    fn damaged_bytes_never_panic(
        (_, oracle) in set(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<Option<prop::sample::Index>>(),
        mask in masks(),
    ) {
        for mut bytes in [portable(&oracle), optimised(&oracle)] {
            // Most damage goes to the header, where it does most harm.
            for (at, (index, value)) in damage.iter().enumerate() {
                let reach = if at % 2 == 0 { bytes.len().min(40) } else { bytes.len() };
                bytes[index.index(reach)] = *value;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            use_it_all(&bytes, &mask);
        }
    }

    #[test]
    fn random_bytes_never_panic(mut bytes in vec(any::<u8>(), 0..600), runs: bool, mask in masks()) {
        use_it_all(&bytes, &mask);
        if let Some(cookie) = bytes.first_chunk_mut::<4>() {
            *cookie = if runs { [0x3b, 0x30, 0, 0] } else { [0x3a, 0x30, 0, 0] };
        }
        use_it_all(&bytes, &mask);
    }
}

/// Calls all that can be called on bytes of any kind. What is refused is `corrupt`; what verifies
/// must be what the oracle reads.
fn use_it_all(bytes: &[u8], mask: &Mask) {
    let view = match View::new(bytes) {
        Ok(view) => view,
        Err(error) => return assert_eq!(error.kind(), ErrorKind::Corrupt),
    };
    for (key, container) in view.chunks() {
        let mut scratch = mask.clone();
        container.or_into(&mut scratch);
        container.and_into(&mut scratch);
        container.xor_into(&mut scratch);
        container.and_not_into(&mut scratch);
        let total = container.count() + container.rank(u16::MAX) + container.and_count(mask);
        assert_eq!(container.contains(7), view.contains(u32::from(key) << 16 | 7));
        assert!(container.iter().count() <= 1 << 32);
        assert!(container.runs().count() <= 1 << 16);
        assert!(container.select(total).is_none() || total < u32::MAX);
    }
    match (view.verify(), RoaringBitmap::deserialize_from(bytes)) {
        (Ok(()), Ok(oracle)) => {
            assert_eq!(view.len(), oracle.len());
            assert!(RowSet::from_view(&view).unwrap().iter().eq(oracle.iter()));
        }
        (Ok(()), Err(_)) => assert!(RowSet::from_view(&view).is_ok()),
        (Err(error), _) => assert_eq!(error.kind(), ErrorKind::Corrupt),
    }
}

/// A file that is published for tests of the format; its licence lies beside it.
fn published(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/roaring");
    std::fs::read(format!("{folder}/{name}")).unwrap()
}

#[test]
fn the_published_sets_read_as_documented() {
    let expected = || {
        let thousands = (0..100_000).step_by(1000);
        let thirds = (100_000..200_000).map(|it| 3 * it);
        thousands.chain(thirds).chain(700_000..800_000)
    };
    for name in ["testdata_bitmapwithruns.bin", "testdata_bitmapwithoutruns.bin"] {
        let bytes = published(name);
        let set = RowSet::from_portable(&bytes).unwrap();
        assert!(set.iter().eq(expected()), "{name}");
        assert_eq!(set, RowSet::from_sorted(expected()), "{name}");
        assert_eq!(View::new(&bytes).unwrap().len(), 200_100, "{name}");
    }
    let bytes = published("testdata_bitmapwithruns.bin");
    assert_eq!(RowSet::from_sorted(expected()).to_portable(), bytes);
}

#[test]
fn the_published_crash_inputs_are_refused() {
    for number in 1..=7 {
        let bytes = published(&format!("crashproneinput{number}.bin"));
        use_it_all(&bytes, &Mask::full());
        let error = RowSet::from_portable(&bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupt, "crashproneinput{number}");
    }
}

#[test]
fn sets_of_64_bit_values_are_refused() {
    for name in ["testdata64_bitmap64.bin", "testdata64_portable_bitmap64.bin"] {
        let error = RowSet::from_portable(&published(name)).unwrap_err();
        assert_eq!(error.to_string(), "bitmap: not the portable Roaring format of 32-bit values");
    }
}

#[test]
fn what_is_wrong_is_told() {
    let good = RowSet::from_sorted([1, 5, 70_000]).to_portable();
    let check = |change: &dyn Fn(&mut Vec<u8>), expected: &str| {
        let mut bytes = good.clone();
        change(&mut bytes);
        assert_eq!(RowSet::from_portable(&bytes).unwrap_err().to_string(), expected);
    };
    check(&|it| it.truncate(3), "bitmap: ends 1 bytes short");
    check(&|it| it.push(0), "bitmap: chunk 1 cannot have 3 bytes");
    check(&|it| it[6] = 2, "bitmap: claims 131074 containers");
    check(&|it| it[12] = 0, "bitmap: its chunks are out of order");
    check(&|it| it[16] += 1, "bitmap: its containers do not follow each other");
    check(&|it| it[10] = 2, "bitmap: chunk 0 cannot have 4 bytes");
    check(&|it| it[26] = 0, "bitmap: chunk 0: its rows are out of order");
}

#[test]
fn every_row_there_can_be() {
    let mut set = RowSet::new();
    set.push_range(5..u64::MAX);
    assert_eq!(set.len(), (1 << 32) - 5);
    assert_eq!(set.select(set.len() - 1), Some(u32::MAX));
    assert_eq!(set.rank(u32::MAX), (1 << 32) - 6);
    assert_eq!(RowSet::from_portable(&set.to_portable()).unwrap(), set);
    assert!(set.ranges().eq(std::iter::once(5..1 << 32)));
    assert_eq!(format!("{set:?}"), "RowSet(4294967291 rows in 65536 chunks)");
}

#[test]
fn more_rows_than_an_array_may_have_become_bits() {
    let rows: Vec<u32> = (0..5_000).map(|row| 3 * row).collect();
    let oracle: RoaringBitmap = rows.iter().copied().collect();
    let set = RowSet::from_ascending(&rows);
    assert_eq!(set.to_portable(), optimised(&oracle));
    assert_eq!(set, RowSet::from_sorted(rows));
}

#[test]
fn rows_may_come_in_any_order() {
    let mut set = RowSet::from_sorted([70_000, 3, 70_001, 3, 200_000]);
    set.push_range(1..4);
    assert!(set.iter().eq([1, 2, 3, 70_000, 70_001, 200_000]));
}

proptest! {
    #[test]
    fn ranks_of_wanted_rows_are_what_is_before_them(
        (held, _) in set(), (wanted, _) in set(),
    ) {
        for (key, wanted) in wanted.chunks() {
            let Some(container) = held.chunk(key) else { continue };
            let mut found = Vec::new();
            container.each_rank(wanted, |row, rank| found.push((row, rank)));
            let expected: Vec<(u16, u32)> = wanted
                .iter()
                .filter(|row| container.contains(*row))
                .map(|row| (row, container.rank(row)))
                .collect();
            prop_assert_eq!(found, expected);
        }
        let looked_up = wanted.intersection_with(|key| Ok(held.chunk(key))).unwrap();
        prop_assert_eq!(&looked_up, &wanted.intersection(&held));
        prop_assert_eq!(wanted.common_len(|key| Ok(held.chunk(key))).unwrap(), looked_up.len());
    }
}

/// Few rows at a time make the set that all of them make, in its forms.
#[test]
fn rows_are_pushed_chunk_by_chunk() {
    for (first, second) in
        [(&[3_u16, 9, 70][..], &[5_u16][..]), (&[1, 2, 3, 4, 5, 6, 7], &[0, u16::MAX]), (&[], &[8])]
    {
        let mut set = RowSet::new();
        set.push_rows(2, first);
        set.push_rows(4, second);
        set.push_rows(4, &[1]);
        let row = |key: u32| move |low: &u16| key << 16 | u32::from(*low);
        let mut all: Vec<u32> = first.iter().map(row(2)).chain(second.iter().map(row(4))).collect();
        all.push(4 << 16 | 1);
        all.sort_unstable();
        assert!(set == RowSet::from_sorted(all));
    }
}
