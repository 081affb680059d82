//! Ownership equals a join written out over plain lists.

mod build;
mod checks;
mod model;

use std::collections::BTreeSet;

use proptest::prelude::*;
use seriatim::{By, Groups, Purpose, RegistrationField};

use build::build;
use checks::{check_contacts, check_reach, check_registrations};
use model::{Given, Load, NAMESPACES, instant, loads, serial};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn ownership_is_a_join(
        loads in loads(),
        keyed: bool,
        contact_text: bool,
        day in -1..21i64,
        last in 0..12u8,
    ) {
        let (index, model) = build(&loads, keyed, contact_text);
        prop_assert!(index.verify().unwrap().is_whole());
        let snapshot = index.snapshot();
        let picked = |number: u8| number <= last;
        let mut affected = snapshot.all();
        for (namespace, number) in model.units.iter().filter(|it| !picked(it.1)) {
            let scope = format!(
                "namespace = '{}' AND serial IN ('{}')",
                NAMESPACES[usize::from(*namespace)],
                serial(*number)
            );
            let gone = snapshot.select(&scope.parse().unwrap()).unwrap().affected;
            affected = affected.difference(&gone).unwrap();
        }
        let units: BTreeSet<_> = model.units.iter().copied().filter(|it| picked(it.1)).collect();
        prop_assert_eq!(affected.len(), units.len() as u64);
        let own = affected.ownership(instant(day)).unwrap();
        let live = model.live(&units, day);
        let registered: BTreeSet<_> =
            live.iter().filter(|(_, it)| it.owns()).map(|(unit, _)| *unit).collect();
        prop_assert_eq!(own.registered(), registered.len() as u64);
        prop_assert_eq!(own.gap(), (units.len() - registered.len()) as u64);
        prop_assert_eq!(own.gap_units().len(), own.gap());
        for (namespace, number) in &units {
            let name = NAMESPACES[usize::from(*namespace)];
            let found = own.registered_units().contains(name, &serial(*number)).unwrap();
            prop_assert_eq!(found, registered.contains(&(*namespace, *number)));
        }
        for purpose in Purpose::ALL {
            check_reach(&own, &live, purpose);
            check_contacts(&own, &live, purpose);
        }
        check_registrations(&own, &live, contact_text);
        let terms = [By::namespace()];
        let (all, some) = (affected.by(&terms).unwrap(), own.registered_units().by(&terms).unwrap());
        let gap = own.gap_units().by(&terms).unwrap();
        let counts = [("affected", &all), ("registered", &some), ("gap", &gap)];
        prop_assert_eq!(own.by(&terms).unwrap(), Groups::beside(&counts).unwrap());
        let shown = format!("{own:?}{:?}", own.registrations().unwrap().next());
        prop_assert!(!shown.contains("canary"));
    }
}

#[cfg(feature = "arrow")]
#[test]
fn record_batches_hold_what_the_rows_do() {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;

    let loads = [
        Load::Units((0..12).map(|number| (0, number)).collect()),
        Load::Registrations(
            (0..10)
                .map(|number| Given {
                    key: number,
                    namespace: None,
                    serial: number,
                    owner: number % 4,
                    role: None,
                    from: None,
                    to: None,
                    email: number % 3 > 0,
                    phone: false,
                    push: None,
                    purposes: [Some(true), None, None],
                    sms: None,
                    language: true,
                })
                .collect(),
            4,
        ),
    ];
    let (index, _) = build(&loads, false, true);
    let own = index.snapshot().all().ownership(instant(3)).unwrap();
    let fields = [
        RegistrationField::Serial,
        RegistrationField::Owner,
        RegistrationField::Email,
        RegistrationField::Consent(Purpose::Safety),
        RegistrationField::Consent(Purpose::Service),
    ];
    let rows: Vec<_> = own.registrations().unwrap().map(Result::unwrap).collect();
    let mut place = 0;
    for batch in own.registration_batches(&fields, 3).unwrap() {
        let batch = batch.unwrap();
        for row in 0..batch.num_rows() {
            let expected = &rows[place];
            let text = |column: usize| {
                let column = batch.column(column).as_string::<i32>();
                column.is_valid(row).then(|| column.value(row).to_owned())
            };
            assert_eq!(text(0).as_ref(), Some(&expected.serial));
            assert_eq!(text(1).as_ref(), Some(&expected.owner));
            assert_eq!(text(2), expected.contact.email);
            assert!(batch.column(3).as_boolean().value(row));
            assert!(batch.column(4).is_null(row));
            place += 1;
        }
    }
    assert_eq!((place, rows.len()), (10, 10));
    let contacts = own.contacts(Purpose::Safety).unwrap();
    let owners: usize = contacts.batches(2).map(|it| it.unwrap().num_rows()).sum();
    assert_eq!((owners, contacts.len()), (4, 4));
}

#[test]
fn registrations_of_one_unit_stay_apart_when_they_are_compacted() {
    let given = |key: u8| Given {
        key,
        namespace: None,
        serial: 4,
        owner: 0,
        role: None,
        from: None,
        to: None,
        email: false,
        phone: false,
        push: None,
        purposes: [None; 3],
        sms: None,
        language: false,
    };
    let loads = [
        Load::Registrations(vec![given(2)], 1),
        Load::Units(vec![(0, 4)]),
        Load::Registrations(vec![given(0)], 1),
        Load::Compact(4),
    ];
    let (index, model) = build(&loads, true, false);
    let own = index.snapshot().all().ownership(instant(0)).unwrap();
    let live = model.live(&model.units, 0);
    assert_eq!((own.registered(), live.len()), (1, 2));
    check_registrations(&own, &live, false);
    for purpose in Purpose::ALL {
        check_reach(&own, &live, purpose);
        check_contacts(&own, &live, purpose);
    }
    assert!(index.verify().unwrap().is_whole());
}
