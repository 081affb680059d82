//! Ownership equals a join written out over plain lists.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use seriatim::io::MemoryDirectory;
use seriatim::{
    By, Channel, CompactOptions, Consent, DuplicatePolicy, Families, FamilyChangeOptions, Groups,
    Index, Instant, LoadOptions, Ownership, Permissions, Purpose, Receipt, Record, Registrar,
    RegistrarOptions, RegistrationField, RegistrationName, RegistrationOptions, Registrations,
    Role, Schema, SerialFamily, Units, UnreachableReason, Value,
};

/// A registration as it is loaded.
#[derive(Clone, Debug)]
struct Given {
    key: u8,
    namespace: Option<u8>,
    serial: u8,
    owner: u8,
    role: Option<Role>,
    from: Option<i64>,
    to: Option<i64>,
    email: bool,
    phone: bool,
    push: Option<bool>,
    purposes: [Option<bool>; 3],
    sms: Option<bool>,
    language: bool,
}

const NAMESPACES: [&str; 2] = ["x", "y"];

fn serial(number: u8) -> String {
    // Some are of no family.
    if number % 5 == 4 { format!("odd-{number}") } else { format!("A{number:03}") }
}

fn instant(day: i64) -> Instant {
    Instant::from_micros(day * 86_400_000_000).unwrap()
}

impl Given {
    fn owner(&self) -> String {
        format!("o-{}", self.owner)
    }

    fn email(&self) -> Option<String> {
        self.email.then(|| format!("canary{}@example.org", self.owner))
    }

    fn phone(&self) -> Option<String> {
        self.phone.then(|| format!("+49 170 {:07}", u32::from(self.owner) * 7_919))
    }

    fn record(&self, keyed: bool) -> Record {
        let mut record = Record::of_serial(serial(self.serial));
        if let Some(namespace) = self.namespace {
            record = record.in_namespace(NAMESPACES[usize::from(namespace)]);
        }
        let optional = [
            ("key", keyed.then(|| Value::Text(format!("k{}", self.key)))),
            ("role", self.role.map(|it| Value::Text(it.code().into()))),
            ("valid_from", self.from.map(|it| Value::Timestamp(instant(it)))),
            ("valid_to", self.to.map(|it| Value::Timestamp(instant(it)))),
            ("email", self.email().map(Value::Text)),
            ("phone", self.phone().map(Value::Text)),
            ("has_push", self.push.map(Value::Boolean)),
            ("consent_safety", self.purposes[0].map(Value::Boolean)),
            ("consent_service", self.purposes[1].map(Value::Boolean)),
            ("consent_marketing", self.purposes[2].map(Value::Boolean)),
            ("sms_consent", self.sms.map(Value::Boolean)),
            ("language", self.language.then(|| Value::Text("de".into()))),
        ];
        record = record.with("owner", Value::Text(self.owner()));
        for (name, value) in optional {
            if let Some(value) = value {
                record = record.with(name, value);
            }
        }
        record
    }

    fn permissions(&self) -> Permissions {
        let mut permissions = Permissions::default();
        let usable = [self.email, self.phone, self.phone, false, self.push.unwrap_or(false)];
        for (channel, usable) in Channel::ALL.into_iter().zip(usable) {
            if usable {
                permissions = permissions.with_channel(channel);
            }
        }
        for (purpose, given) in Purpose::ALL.into_iter().zip(self.purposes) {
            permissions = permissions.with_consent(purpose, Consent::of(given));
        }
        permissions.with_channel_consent(Channel::Sms, Consent::of(self.sms))
    }

    fn completeness(&self) -> u8 {
        u8::from(self.email) + u8::from(self.phone) + u8::from(self.language)
    }

    fn holds(&self, day: i64) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }

    fn owns(&self) -> bool {
        self.role.unwrap_or_default().is_owning()
    }
}

/// What is loaded, one after the other.
#[derive(Clone, Debug)]
enum Load {
    Units(Vec<(u8, u8)>),
    Registrations(Vec<Given>, u64),
    /// Another of the [`FAMILIES`], under which all serials stay apart.
    Families(usize),
    /// What comes one by one, and whether the registrar is closed after it.
    Live(Vec<Action>, bool),
    Fold,
    /// A compaction into segments of so many rows.
    Compact(u64),
}

/// What comes one by one. Registrations that are there already are picked by number.
#[derive(Clone, Debug)]
enum Action {
    Register(Vec<Given>),
    /// The owner has no phone any more, and answered for safety.
    Change(usize, bool),
    End(usize, i64),
    /// The next registration is of the same unit.
    Transfer(usize, i64, Given),
}

/// Layouts of families.
const FAMILIES: [&[&str]; 4] =
    [&[], &["A{n:D3}"], &["odd-{n:D1..2}", "{a:A1}{n:D3}"], &["{a:A1}{n:D3}", "odd-{n:D1..3}"]];

fn given() -> impl Strategy<Value = Given> {
    let maybe = || prop::option::of(any::<bool>());
    let day = || prop::option::weighted(0.4, 0..20i64);
    let who = (0..24u8, prop::option::of(0..2u8), 0..14u8, 0..6u8);
    let role = prop::option::of(prop::sample::select(Role::ALL.to_vec()));
    let contact = (any::<bool>(), any::<bool>(), maybe(), any::<bool>());
    let consents = (prop::array::uniform3(maybe()), maybe());
    (who, role, day(), day(), contact, consents).prop_map(
        |(who, role, from, to, (email, phone, push, language), (purposes, sms))| {
            let (key, namespace, serial, owner) = who;
            Given {
                key,
                namespace,
                serial,
                owner,
                role,
                from,
                to,
                email,
                phone,
                push,
                purposes,
                sms,
                language,
            }
        },
    )
}

fn loads() -> impl Strategy<Value = Vec<Load>> {
    let units = prop::collection::vec((0..2u8, 0..12u8), 1..12).prop_map(Load::Units);
    let registrations = (prop::collection::vec(given(), 1..14), 1..9u64)
        .prop_map(|(given, rows_max)| Load::Registrations(given, rows_max));
    let families = (0..FAMILIES.len()).prop_map(Load::Families);
    let live = (prop::collection::vec(action(), 1..8), any::<bool>());
    let live = live.prop_map(|(actions, closes)| Load::Live(actions, closes));
    let compact = (1..12u64).prop_map(Load::Compact);
    let load = prop_oneof![
        4 => units, 4 => registrations, 2 => families, 6 => live, 2 => Just(Load::Fold), 1 => compact,
    ];
    prop::collection::vec(load, 1..8)
}

fn action() -> impl Strategy<Value = Action> {
    // One that ends before it begins is refused.
    let begun = |mut it: Given| {
        it.to = it.to.filter(|to| it.from.is_none_or(|from| from <= *to));
        it
    };
    let register = prop::collection::vec(given().prop_map(begun), 1..4).prop_map(Action::Register);
    let change =
        (any::<usize>(), any::<bool>()).prop_map(|(which, safe)| Action::Change(which, safe));
    let end = (any::<usize>(), 0..20i64).prop_map(|(which, day)| Action::End(which, day));
    let transfer = (any::<usize>(), 0..20i64, given())
        .prop_map(|(which, day, given)| Action::Transfer(which, day, given));
    prop_oneof![3 => register, 2 => change, 1 => end, 1 => transfer]
}

/// The same index as plain lists.
#[derive(Default)]
struct Model {
    units: BTreeSet<(u8, u8)>,
    registrations: Vec<Given>,
}

impl Model {
    fn load(&mut self, load: &Load, keyed: bool) {
        match load {
            Load::Units(units) => self.units.extend(units),
            Load::Registrations(given, _) => given.iter().for_each(|it| self.register(it, keyed)),
            // What comes one by one is taken in step by step: what is picked depends on it.
            Load::Families(_) | Load::Fold | Load::Compact(_) | Load::Live(..) => {}
        }
    }

    fn register(&mut self, given: &Given, keyed: bool) {
        let named = |it: &Given| (it.namespace, it.serial, it.owner);
        self.registrations
            .retain(|it| if keyed { it.key != given.key } else { named(it) != named(given) });
        self.registrations.push(given.clone());
    }

    fn picked(&self, which: usize) -> Option<&Given> {
        self.registrations.get(which.checked_rem(self.registrations.len())?)
    }

    /// The registrations that an action makes, as they are after it; none where it is refused.
    fn after(&self, action: &Action, keyed: bool) -> Vec<Given> {
        let begun = |which: &usize, day: &i64| {
            self.picked(*which).filter(|it| it.from.is_none_or(|from| from <= *day))
        };
        match action {
            Action::Register(given) => given.clone(),
            Action::Change(which, safe) => {
                let changed = self.picked(*which).cloned().map(|mut it| {
                    it.phone = false;
                    it.purposes[0] = Some(*safe);
                    it
                });
                changed.into_iter().collect()
            }
            Action::End(which, day) => {
                let ended = begun(which, day).cloned().map(|mut it| {
                    it.to = Some(*day);
                    it
                });
                ended.into_iter().collect()
            }
            Action::Transfer(which, day, next) => {
                let Some(before) = begun(which, day) else { return Vec::new() };
                let same = if keyed { before.key == next.key } else { before.owner == next.owner };
                let begins = next.from.unwrap_or(*day);
                // One that ends before it begins is refused.
                if same || next.to.is_some_and(|to| to < begins) {
                    return Vec::new();
                }
                let mut ended = before.clone();
                ended.to = Some(*day);
                let next = Given {
                    namespace: before.namespace,
                    serial: before.serial,
                    from: Some(begins),
                    ..next.clone()
                };
                vec![ended, next]
            }
        }
    }

    /// The unit that a registration is of; none where there is none, or several.
    fn unit_of(&self, given: &Given) -> Option<(u8, u8)> {
        let asked = |namespace: &u8| given.namespace.is_none_or(|it| it == *namespace);
        let mut units =
            self.units.iter().filter(|(it, serial)| asked(it) && *serial == given.serial);
        let unit = units.next().copied();
        unit.filter(|_| units.next().is_none())
    }

    fn live(&self, affected: &BTreeSet<(u8, u8)>, day: i64) -> Vec<((u8, u8), &Given)> {
        let of_unit = |it| self.unit_of(it).map(|unit| (unit, it));
        let found = self.registrations.iter().filter(|it| it.holds(day)).filter_map(of_unit);
        found.filter(|(unit, _)| affected.contains(unit)).collect()
    }
}

fn build(loads: &[Load], keyed: bool, contact_text: bool) -> (Index, Model) {
    let directory = MemoryDirectory::new();
    let index = Index::create_in(directory.clone(), Schema::new(vec![]).unwrap()).unwrap();
    let reader = Index::open_in(directory.clone()).unwrap();
    let mut model = Model::default();
    for (step, load) in loads.iter().enumerate() {
        match load {
            Load::Units(units) => {
                let record = |(namespace, number): &(u8, u8)| {
                    Record::of_serial(serial(*number))
                        .in_namespace(NAMESPACES[usize::from(*namespace)])
                };
                let options = LoadOptions::default().duplicates(DuplicatePolicy::LatestWins);
                let records: Vec<_> = units.iter().map(record).collect();
                index.load_units(Units::records(records), options).unwrap();
            }
            Load::Compact(rows_max) => {
                let options = CompactOptions::default().segment_rows_max(*rows_max);
                index.compact(options.keep_versions(2)).unwrap();
            }
            Load::Families(which) => change_families(&index, FAMILIES[*which], contact_text),
            Load::Registrations(given, rows_max) => {
                let records: Vec<Record> = given.iter().map(|it| it.record(keyed)).collect();
                let mut options = RegistrationOptions::default().segment_rows_max(*rows_max);
                if !contact_text {
                    options = options.without_contact_text();
                }
                let report =
                    index.load_registrations(Registrations::records(records), options).unwrap();
                assert_eq!(report.read, given.len() as u64);
                assert_eq!(report.loaded + report.replaced_in_load, report.read);
            }
            Load::Live(actions, closes) => {
                let mut options = RegistrarOptions::new([u8::try_from(step).unwrap(); 32]);
                if !contact_text {
                    options = options.without_contact_text();
                }
                let registrar = index.registrar(&options).unwrap();
                for action in actions {
                    let receipt = act(&registrar, &model, action, keyed);
                    let expected = model.after(action, keyed);
                    let recorded = receipt.map_or(0, |it| it.sequences().count());
                    assert_eq!(recorded, expected.len(), "{action:?}");
                    for given in &expected {
                        model.register(given, keyed);
                    }
                }
                if *closes {
                    registrar.close().unwrap();
                }
            }
            Load::Fold => drop(index.fold().unwrap()),
        }
        model.load(load, keyed);
        index.refresh().unwrap();
        reader.refresh().unwrap();
        for index in [&index, &reader, &Index::open_in(directory.clone()).unwrap()] {
            let snapshot = index.snapshot();
            assert_eq!(snapshot.registrations().unwrap(), model.registrations.len() as u64);
            let owned = snapshot.all().ownership(instant(9)).unwrap().registered();
            let live = model.live(&model.units, 9);
            let live: BTreeSet<_> = live.iter().filter(|it| it.1.owns()).map(|it| it.0).collect();
            assert_eq!(owned, live.len() as u64, "{load:?}");
        }
    }
    (reader, model)
}

/// Does what an action says, if the registration that it picks is there.
fn act(registrar: &Registrar, model: &Model, action: &Action, keyed: bool) -> Option<Receipt> {
    let name = |which: &usize| {
        let given = model.picked(*which)?;
        let name = match (keyed, given.namespace) {
            (true, _) => RegistrationName::key(format!("k{}", given.key)),
            (false, None) => RegistrationName::of(serial(given.serial), given.owner()),
            (false, Some(namespace)) => RegistrationName::of(serial(given.serial), given.owner())
                .in_namespace(NAMESPACES[usize::from(namespace)]),
        };
        Some(name)
    };
    match action {
        Action::Register(given) => {
            let records: Vec<Record> = given.iter().map(|it| it.record(keyed)).collect();
            Some(registrar.register_many(&records).unwrap())
        }
        Action::Change(which, safe) => {
            let fields = Record::without_serial()
                .with("phone", Value::Text(String::new()))
                .with("consent_safety", Value::Boolean(*safe));
            Some(registrar.change(&name(which)?, &fields).unwrap())
        }
        Action::End(which, day) => registrar.end(&name(which)?, instant(*day)).ok(),
        Action::Transfer(which, day, next) => {
            registrar.transfer(&name(which)?, instant(*day), &next.record(keyed)).ok()
        }
    }
}

fn change_families(index: &Index, layouts: &[&str], contact_text: bool) {
    let family = |layout: &&str| SerialFamily::new(layout, layout).unwrap();
    let families = Families::new(layouts.iter().map(family).collect()).unwrap();
    let mut options = FamilyChangeOptions::default().segment_rows_max(3);
    if !contact_text {
        options = options.without_contact_text();
    }
    index.change_families(families, options).unwrap();
}

/// What a model says of a purpose: reachable, by unknown consent, by channel, by reason.
fn check_reach(own: &Ownership, live: &[((u8, u8), &Given)], purpose: Purpose) {
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

fn check_registrations(own: &Ownership, live: &[((u8, u8), &Given)], contact_text: bool) {
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

fn check_contacts(own: &Ownership, live: &[((u8, u8), &Given)], purpose: Purpose) {
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
