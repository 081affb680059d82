//! An index, crashed everywhere while what was registered is changed: every call of a registrar.

use seriatim::{ErrorKind, Index, Purpose, Record, Registrar, RegistrationName, Value};

use crate::disk::{Disk, Image, Note};
use crate::registered::{UNITS, create, load, open};
use crate::suite::{
    Effort, Subject, acknowledged, crash_until, fail_everywhere, not_needed, one_of, reopened,
    sites, states_wanted, tell,
};

const ENDS_AT: &str = "2025-06-01T00:00:00Z";
const AS_OF: &str = "2026-01-01T00:00:00Z";

/// A call of a registrar. Owners are numbered, and so are their mail addresses.
#[derive(Clone, Copy)]
enum Call {
    /// Owners of a unit each, all together.
    Register(&'static [Owned]),
    /// The request of this number.
    Once(u64, Owned),
    /// Gives an owner another mail address.
    Change(Owned, u64),
    End(Owned),
    /// To another owner.
    Transfer(Owned, u64),
    Fold,
    /// Closes the registrar, and opens another.
    Close,
}

/// A unit and an owner of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Owned {
    unit: u64,
    owner: u64,
}

const fn owned(unit: u64, owner: u64) -> Owned {
    Owned { unit, owner }
}

impl Owned {
    fn record(self, mail: u64) -> Record {
        self.next().with("email", Value::Text(mail_of(mail)))
    }

    fn next(self) -> Record {
        Record::of_serial(format!("A{}", self.unit)).with("owner", Value::Text(self.token()))
    }

    fn token(self) -> String {
        format!("o-{}", self.owner)
    }

    fn name(self) -> RegistrationName {
        RegistrationName::of(format!("A{}", self.unit), self.token())
    }
}

fn mail_of(number: u64) -> String {
    format!("o{number}@example.org")
}

impl Call {
    /// How many records of the log it makes.
    fn records(self) -> u64 {
        match self {
            Call::Register(them) => them.len() as u64,
            Call::Once(..) | Call::Change(..) | Call::End(_) => 1,
            Call::Transfer(..) => 2,
            Call::Fold | Call::Close => 0,
        }
    }

    fn phase(self) -> &'static str {
        match self {
            Call::Register(_) => "register",
            Call::Once(..) => "register once",
            Call::Change(..) => "change",
            Call::End(_) => "end",
            Call::Transfer(..) => "transfer",
            Call::Fold => "fold",
            Call::Close => "close",
        }
    }

    fn make(self, registrar: &Registrar) -> seriatim::Result<()> {
        let at = || ENDS_AT.parse();
        match self {
            Call::Register(them) => {
                let records: Vec<Record> = them.iter().map(|it| it.record(it.owner)).collect();
                registrar.register_many(&records)?;
            }
            Call::Once(request, it) => {
                registrar.register_once(&request.to_string(), &it.record(it.owner))?;
            }
            Call::Change(it, mail) => {
                let fields = Record::without_serial().with("email", Value::Text(mail_of(mail)));
                registrar.change(&it.name(), &fields)?;
            }
            Call::End(it) => _ = registrar.end(&it.name(), at()?)?,
            Call::Transfer(it, owner) => {
                let next = owned(it.unit, owner).record(owner);
                registrar.transfer(&it.name(), at()?, &next)?;
            }
            Call::Fold | Call::Close => {}
        }
        Ok(())
    }

    /// What is registered afterwards.
    fn apply(self, standing: &mut Vec<Standing>) {
        let of = |standing: &mut Vec<Standing>, it: Owned| {
            standing.iter().position(|one| one.owned == it).unwrap()
        };
        match self {
            Call::Register(them) => {
                standing.extend(them.iter().map(|it| Standing::new(*it)));
            }
            Call::Once(_, it) => standing.push(Standing::new(it)),
            Call::Change(it, mail) => {
                let place = of(standing, it);
                standing[place].mail = mail;
            }
            Call::End(it) => {
                let place = of(standing, it);
                standing[place].ended = true;
            }
            Call::Transfer(it, owner) => {
                let place = of(standing, it);
                standing[place].ended = true;
                standing.push(Standing::new(owned(it.unit, owner)));
            }
            Call::Fold | Call::Close => {}
        }
    }
}

/// A registration as it stands.
#[derive(Debug)]
struct Standing {
    owned: Owned,
    mail: u64,
    ended: bool,
}

impl Standing {
    fn new(owned: Owned) -> Self {
        Standing { mail: owned.owner, owned, ended: false }
    }
}

/// What is called, one after the other, and then again and again [`after`].
const CALLS: [Call; 12] = [
    Call::Register(&[owned(0, 0), owned(1, 1)]),
    Call::Change(owned(0, 0), 100),
    Call::Once(1, owned(2, 2)),
    Call::Transfer(owned(1, 1), 3),
    Call::Fold,
    Call::End(owned(0, 0)),
    Call::Change(owned(2, 2), 102),
    Call::Close,
    Call::Transfer(owned(2, 2), 4),
    Call::Once(2, owned(3, 5)),
    Call::Fold,
    Call::Change(owned(2, 4), 104),
];

/// Calls that follow those, as recoveries need them.
fn after(number: usize) -> Call {
    let owner = 200 + number as u64;
    Call::Once(owner, owned(owner % UNITS, owner))
}

fn call(number: usize) -> Call {
    CALLS.get(number).copied().unwrap_or_else(|| after(number))
}

/// The place of the next call where the log has so many records; none where a call is half there.
fn next_call(records: u64) -> Option<usize> {
    let mut sum = 0;
    for number in 0.. {
        if sum >= records {
            return (sum == records).then_some(number);
        }
        sum += call(number).records();
    }
    None
}

struct Changes;

/// Makes a call; says how many records there are then.
fn make(disk: &Disk, registrar: &Registrar, call: Call, records: u64) -> seriatim::Result<u64> {
    disk.phase(call.phase());
    let then = records + call.records();
    disk.note(Note::Begun(then + 1));
    call.make(registrar)?;
    disk.note(Note::Acknowledged(then + 1));
    Ok(then)
}

impl Subject for Changes {
    fn run(&self, disk: &Disk) -> seriatim::Result<()> {
        let index = create(disk)?;
        disk.note(Note::Acknowledged(1));
        let mut registrar = open(disk, &index, 1)?;
        let mut records = 0;
        for (call, entropy) in CALLS.into_iter().zip(2..) {
            disk.phase(call.phase());
            match call {
                Call::Fold => _ = index.fold()?,
                Call::Close => {
                    registrar.close()?;
                    registrar = open(disk, &index, entropy)?;
                }
                call => records = make(disk, &registrar, call, records)?,
            }
        }
        Ok(())
    }

    fn recover(&self, disk: &Disk) -> seriatim::Result<()> {
        disk.phase("recover");
        let index = match Index::open_in(disk.clone()) {
            Err(error) if error.kind() == ErrorKind::NotFound => create(disk)?,
            opened => opened?,
        };
        if index.snapshot().units() == 0 {
            load(&index)?;
        }
        let registrar = open(disk, &index, 99)?;
        index.refresh()?;
        let records = index.snapshot().recorded();
        disk.note(Note::Acknowledged(records + 1));
        let next = next_call(records).unwrap();
        // A caller that was not answered asks again. Requests are remembered until the second fold.
        let next = (next..next + CALLS.len()).find(|it| call(*it).records() > 0).unwrap();
        let folds: Vec<usize> = (0..next).filter(|it| matches!(call(*it), Call::Fold)).collect();
        let remembered = folds.iter().rev().nth(1).map_or(0, |fold| fold + 1);
        for made in (remembered..next).map(call) {
            if let Call::Once(request, it) = made {
                let again = registrar.register_once(&request.to_string(), &it.record(it.owner))?;
                assert!(again.is_repeated(), "request {request} is forgotten");
            }
        }
        make(disk, &registrar, call(next), records).map(drop)
    }

    fn check(&self, image: &Image, notes: &[Note]) -> Result<(), String> {
        let acknowledged = acknowledged(notes);
        let Some(index) = reopened(image, acknowledged)? else { return Ok(()) };
        let records = index.snapshot().recorded();
        if Some(records + 1) < acknowledged {
            return Err(format!("{records} records of {acknowledged:?} less one"));
        }
        let begun = notes.contains(&Note::Begun(records + 1));
        if records > 0 && !begun && !notes.contains(&Note::Acknowledged(records + 1)) {
            return Err(format!("{records} records were never begun"));
        }
        let Some(next) = next_call(records) else {
            return Err(format!("{records} records are half of a call"));
        };
        match wrong(&index, next) {
            Ok(None) => Ok(()),
            Ok(Some(wrong)) => Err(wrong),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What is wrong with an index after so many calls, if anything.
fn wrong(index: &Index, calls: usize) -> seriatim::Result<Option<String>> {
    let mut standing = Vec::new();
    (0..calls).for_each(|number| call(number).apply(&mut standing));
    let snapshot = index.snapshot();
    if snapshot.registrations()? != standing.len() as u64 {
        return Ok(Some(format!("{} registrations: {standing:?}", snapshot.registrations()?)));
    }
    let mut expected: Vec<(String, Option<String>)> = standing
        .iter()
        .filter(|it| !it.ended && it.owned.unit < snapshot.units())
        .map(|it| (it.owned.token(), Some(mail_of(it.mail))))
        .collect();
    expected.sort_unstable();
    let ownership = snapshot.all().ownership(AS_OF.parse()?)?;
    let contacts = ownership.contacts(Purpose::Safety)?;
    let found: seriatim::Result<Vec<_>> =
        contacts.iter().map(|it| it.map(|it| (it.owner, it.contact.email))).collect();
    let mut found = found?;
    found.sort_unstable();
    if found != expected {
        return Ok(Some(format!("{found:?}, but {expected:?} was registered")));
    }
    let whole = index.verify()?.is_whole();
    Ok((!whole).then(|| "a file is damaged".to_owned()))
}

const EFFORT: Effort = Effort { samples: 12, nested_samples: 4, nested_every: 97, killed_every: 7 };

#[test]
fn no_crash_loses_an_acknowledged_change() {
    tell("changes", crash_until(&Changes, EFFORT, states_wanted(10_000) / 10));
}

#[test]
fn every_sync_of_a_change_is_needed() {
    let phases = ["register once", "change", "end", "transfer"];
    let ours = sites(&Changes, 1_000).into_iter().filter(|it| phases.contains(&it.phase));
    assert_eq!(not_needed(&Changes, EFFORT, ours), [""; 0]);
}

#[test]
fn changes_survive_every_failing_operation() {
    assert!(fail_everywhere(&Changes, one_of(3)) > 20);
}
