//! Units and registrations as plain lists, and what is done to them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use seriatim::{Channel, Consent, Instant, Permissions, Purpose, Record, Role, Value};

/// A registration as it is loaded.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) key: u8,
    pub(super) namespace: Option<u8>,
    pub(super) serial: u8,
    pub(super) owner: u8,
    pub(super) role: Option<Role>,
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
    pub(super) email: bool,
    pub(super) phone: bool,
    pub(super) push: Option<bool>,
    pub(super) purposes: [Option<bool>; 3],
    pub(super) sms: Option<bool>,
    pub(super) language: bool,
}

pub(super) const NAMESPACES: [&str; 2] = ["x", "y"];

pub(super) fn serial(number: u8) -> String {
    // Some are of no family.
    if number % 5 == 4 { format!("odd-{number}") } else { format!("A{number:03}") }
}

pub(super) fn instant(day: i64) -> Instant {
    Instant::from_micros(day * 86_400_000_000).unwrap()
}

impl Given {
    pub(super) fn owner(&self) -> String {
        format!("o-{}", self.owner)
    }

    pub(super) fn email(&self) -> Option<String> {
        self.email.then(|| format!("canary{}@example.org", self.owner))
    }

    pub(super) fn phone(&self) -> Option<String> {
        self.phone.then(|| format!("+49 170 {:07}", u32::from(self.owner) * 7_919))
    }

    pub(super) fn record(&self, keyed: bool) -> Record {
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

    pub(super) fn permissions(&self) -> Permissions {
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

    pub(super) fn completeness(&self) -> u8 {
        u8::from(self.email) + u8::from(self.phone) + u8::from(self.language)
    }

    pub(super) fn holds(&self, day: i64) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }

    pub(super) fn owns(&self) -> bool {
        self.role.unwrap_or_default().is_owning()
    }
}

/// What is loaded, one after the other.
#[derive(Clone, Debug)]
pub(super) enum Load {
    Units(Vec<(u8, u8)>),
    /// Those of the units that are there are loaded again, as corrections that say nothing.
    Amend(Vec<(u8, u8)>),
    Retire(Vec<(u8, u8)>),
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
pub(super) enum Action {
    Register(Vec<Given>),
    /// The owner has no phone any more, and answered for safety.
    Change(usize, bool),
    End(usize, i64),
    /// The next registration is of the same unit.
    Transfer(usize, i64, Given),
}

/// Layouts of families.
pub(super) const FAMILIES: [&[&str]; 4] =
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

pub(super) fn loads() -> impl Strategy<Value = Vec<Load>> {
    let some = |count| prop::collection::vec((0..2u8, 0..12u8), 1..count);
    let (units, amend) = (some(12).prop_map(Load::Units), some(5).prop_map(Load::Amend));
    let retire = some(5).prop_map(Load::Retire);
    let registrations = (prop::collection::vec(given(), 1..14), 1..9u64)
        .prop_map(|(given, rows_max)| Load::Registrations(given, rows_max));
    let families = (0..FAMILIES.len()).prop_map(Load::Families);
    let live = (prop::collection::vec(action(), 1..8), any::<bool>());
    let live = live.prop_map(|(actions, closes)| Load::Live(actions, closes));
    let compact = (1..12u64).prop_map(Load::Compact);
    let load = prop_oneof![
        4 => units, 1 => amend, 2 => retire, 4 => registrations, 2 => families, 6 => live,
        2 => Just(Load::Fold), 1 => compact,
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
pub(super) struct Model {
    pub(super) units: BTreeSet<(u8, u8)>,
    pub(super) registrations: Vec<Given>,
}

impl Model {
    pub(super) fn load(&mut self, load: &Load, keyed: bool) {
        match load {
            Load::Units(units) => self.units.extend(units),
            Load::Retire(units) => self.units.retain(|it| !units.contains(it)),
            Load::Registrations(given, _) => given.iter().for_each(|it| self.register(it, keyed)),
            // What comes one by one is taken in step by step: what is picked depends on it.
            Load::Amend(_) | Load::Families(_) | Load::Fold | Load::Compact(_) | Load::Live(..) => {
            }
        }
    }

    pub(super) fn register(&mut self, given: &Given, keyed: bool) {
        let named = |it: &Given| (it.namespace, it.serial, it.owner);
        self.registrations
            .retain(|it| if keyed { it.key != given.key } else { named(it) != named(given) });
        self.registrations.push(given.clone());
    }

    pub(super) fn picked(&self, which: usize) -> Option<&Given> {
        self.registrations.get(which.checked_rem(self.registrations.len())?)
    }

    /// The registrations that an action makes, as they are after it; none where it is refused.
    pub(super) fn after(&self, action: &Action, keyed: bool) -> Vec<Given> {
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

    pub(super) fn live(&self, affected: &BTreeSet<(u8, u8)>, day: i64) -> Vec<((u8, u8), &Given)> {
        let of_unit = |it| self.unit_of(it).map(|unit| (unit, it));
        let found = self.registrations.iter().filter(|it| it.holds(day)).filter_map(of_unit);
        found.filter(|(unit, _)| affected.contains(unit)).collect()
    }
}
