//! What ownership answers beside what the lists say.

use std::collections::{BTreeMap, BTreeSet};

use seriatim::{Channel, Ownership, Permissions, Purpose, UnreachableReason};

use super::model::{Given, NAMESPACES, instant, serial};

/// What a model says of a purpose: reachable, by unknown consent, by channel, by reason.
pub(super) fn check_reach(own: &Ownership, live: &[((u8, u8), &Given)], purpose: Purpose) {
    let mut by_unit: BTreeMap<(u8, u8), Vec<Permissions>> = BTreeMap::new();
    for (unit, given) in live.iter().filter(|(_, it)| it.owns()) {
        by_unit.entry(*unit).or_default().push(given.permissions());
    }
    let permits = |permissions: &[Permissions], channel: Channel| {
        permissions.iter().map(|it| it.decide(purpose, channel)).collect::<Vec<_>>()
    };
    let (mut reachable, mut unknown) = (0, 0);
    let mut reasons: BTreeMap<UnreachableReason, u64> = BTreeMap::new();
    let mut channels: BTreeMap<Channel, u64> = BTreeMap::new();
    for permissions in by_unit.values() {
        let all: Vec<_> = Channel::ALL.iter().flat_map(|it| permits(permissions, *it)).collect();
        if all.iter().any(|it| it.is_permitted()) {
            reachable += 1;
            unknown += u64::from(!all.contains(&seriatim::Permit::Given));
        } else if all.contains(&seriatim::Permit::Unknown) {
            *reasons.entry(UnreachableReason::ConsentUnknown).or_default() += 1;
        } else if all.contains(&seriatim::Permit::Refused) {
            *reasons.entry(UnreachableReason::ConsentRefused).or_default() += 1;
        } else {
            *reasons.entry(UnreachableReason::NoContact).or_default() += 1;
        }
        for channel in Channel::ALL {
            let reached = permits(permissions, channel).iter().any(|it| it.is_permitted());
            *channels.entry(channel).or_default() += u64::from(reached);
        }
    }
    let reach = own.reach(purpose).unwrap();
    assert_eq!(reach.reachable(), reachable);
    assert_eq!(reach.by_unknown_consent(), unknown);
    assert_eq!(own.reachable_units(purpose).unwrap().len(), reachable);
    let mut sum = reach.reachable() + reach.unregistered();
    for reason in UnreachableReason::ALL {
        let expected = reasons.get(&reason).copied().unwrap_or(0);
        assert_eq!(reach.unreachable(reason), expected, "{reason:?}");
        assert_eq!(own.unreachable_units(purpose, reason).unwrap().len(), expected);
        sum += reach.unreachable(reason);
    }
    assert_eq!(sum, reach.affected(), "every unit is exactly one of them");
    for channel in Channel::ALL {
        assert_eq!(reach.by_channel(channel), channels.get(&channel).copied().unwrap_or(0));
    }
}

pub(super) fn check_registrations(
    own: &Ownership,
    live: &[((u8, u8), &Given)],
    contact_text: bool,
) {
    let found: Vec<_> = own.registrations().unwrap().map(Result::unwrap).collect();
    assert_eq!(found.len(), live.len());
    assert_eq!(own.registration_count().unwrap(), live.len() as u64);
    let units: Vec<_> = own.registered_units().iter().map(Result::unwrap).collect();
    let mut serials: Vec<_> = found.iter().map(|it| (&*it.namespace, &*it.serial)).collect();
    serials.dedup();
    let mut in_order = serials.iter();
    for unit in &units {
        let same = |it: &&(&str, &str)| **it == (unit.namespace(), unit.serial());
        assert!(in_order.any(|it| same(&it)), "registrations are in serial order");
    }
    let shown =
        |namespace: &str, serial: &str, rest: String| format!("{namespace} {serial} {rest}");
    let mut actual: Vec<String> = found
        .iter()
        .map(|it| {
            let validity = (it.valid_from, it.valid_to);
            let contact = (&it.contact.email, &it.contact.phone, &it.language);
            let rest = (&it.key, &it.owner, it.role, validity, it.permissions, contact);
            shown(&it.namespace, &it.serial, format!("{rest:?} {}", it.completeness))
        })
        .collect();
    let keyed = found.iter().any(|it| it.key.is_some());
    let mut expected: Vec<String> = live
        .iter()
        .map(|((namespace, number), it)| {
            let validity = (it.from.map(instant), it.to.map(instant));
            let language = it.language.then(|| "de".to_owned());
            let contact = (
                &it.email().filter(|_| contact_text),
                &it.phone().filter(|_| contact_text),
                &language,
            );
            let key = keyed.then(|| format!("k{}", it.key));
            let role = it.role.unwrap_or_default();
            let rest = (&key, &it.owner(), role, validity, it.permissions(), contact);
            let namespace = NAMESPACES[usize::from(*namespace)];
            shown(namespace, &serial(*number), format!("{rest:?} {}", it.completeness()))
        })
        .collect();
    actual.sort();
    expected.sort();
    assert_eq!(actual, expected);
}

pub(super) fn check_contacts(own: &Ownership, live: &[((u8, u8), &Given)], purpose: Purpose) {
    let reaches = |it: &Given| {
        it.owns()
            && Channel::ALL.iter().any(|at| it.permissions().decide(purpose, *at).is_permitted())
    };
    let mut owners: BTreeMap<String, (u8, BTreeSet<(String, String)>)> = BTreeMap::new();
    for ((namespace, number), given) in live.iter().filter(|(_, it)| reaches(it)) {
        let entry = owners.entry(given.owner()).or_default();
        entry.0 = entry.0.max(given.completeness());
        entry.1.insert((NAMESPACES[usize::from(*namespace)].to_owned(), serial(*number)));
    }
    let mut expected: Vec<_> =
        owners.into_iter().map(|(owner, (filled, units))| (owner, filled, units)).collect();
    expected.sort_by_key(|(owner, filled, _)| (std::cmp::Reverse(*filled), owner.clone()));
    let contacts = own.contacts(purpose).unwrap();
    assert_eq!(contacts.len(), expected.len());
    let actual: Vec<_> = contacts
        .iter()
        .map(|it| {
            let it = it.unwrap();
            assert_eq!(it.units.len(), it.units.iter().collect::<BTreeSet<_>>().len());
            (it.owner, it.completeness, it.units.into_iter().collect::<BTreeSet<_>>())
        })
        .collect();
    assert_eq!(actual, expected);
}
