//! Schemes that run over a table. A value of none is a character that has none.

type Table = [[u8; 10]; 10];

/// The product of the dihedral group of order ten.
const DIHEDRAL: Table = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];

/// What a digit stands for at each place from the right, before the places begin anew.
const PERMUTED: [[u8; 10]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];

/// The quasigroup of Damm's example.
const QUASIGROUP: Table = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

pub(super) fn verhoeff(digits: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    // The product for each place that the last digit may have: the next digit moves them by one.
    // The places run from the right, and so do the factors.
    let mut products = [0_u8; 8];
    for digit in digits {
        let digit = digit?;
        products.rotate_left(1);
        for (product, places) in products.iter_mut().zip(&PERMUTED) {
            let factor = places.get(usize::try_from(digit).ok()?)?;
            *product = at(&DIHEDRAL, *factor, *product)?;
        }
    }
    // The check stands at place 0, so the last digit at place 1.
    let [_, product, ..] = products;
    (0..10).find(|check| at(&DIHEDRAL, *check, product) == Some(0)).map(u32::from)
}

pub(super) fn damm(digits: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    let mut interim = 0;
    for digit in digits {
        interim = at(&QUASIGROUP, interim, u8::try_from(digit?).ok()?)?;
    }
    Some(interim.into())
}

fn at(table: &Table, row: u8, column: u8) -> Option<u8> {
    table.get(usize::from(row))?.get(usize::from(column)).copied()
}
