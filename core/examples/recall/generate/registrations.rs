//! Registrations as Arrow record batches.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::builder::{
    BooleanBuilder, ListBuilder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use super::owners::{Claim, Role, Span};
use super::people::Person;
use super::random::Random;
use super::scenario::{AS_OF_SECONDS, DAY, FACILITIES};
use super::units::{texts, timestamp, write_serial};

/// The columns of the registration file.
pub(super) fn schema() -> SchemaRef {
    let text = |name: &str, nullable: bool| Field::new(name, DataType::Utf8, nullable);
    let consent = |name: &str| Field::new(name, DataType::Boolean, true);
    Arc::new(Schema::new(vec![
        text("registration_id", false),
        text("serial", false),
        text("owner", false),
        text("role", false),
        Field::new("valid_from", timestamp(), false),
        Field::new("valid_to", timestamp(), true),
        text("name", true),
        text("email", true),
        text("phone", true),
        text("street", true),
        text("city", true),
        text("country", true),
        text("language", true),
        Field::new("channels", texts(), true),
        consent("consent_safety"),
        consent("consent_service"),
        consent("consent_marketing"),
        Field::new("recorded_at", timestamp(), false),
    ]))
}

/// Writes claims out in full, as a batch; `first` is the place of the first among all.
pub(super) fn batch(
    claims: &[Claim],
    first: usize,
    random: &mut Random,
) -> Result<RecordBatch, ArrowError> {
    let mut rows = Rows::default();
    for (nth, claim) in (first..).zip(claims) {
        rows.push(nth, claim, random);
    }
    rows.finish()
}

#[derive(Default)]
struct Rows {
    text: String,
    registration_id: StringBuilder,
    serial: StringBuilder,
    owner: StringBuilder,
    role: StringBuilder,
    valid_from: TimestampMicrosecondBuilder,
    valid_to: TimestampMicrosecondBuilder,
    name: StringBuilder,
    email: StringBuilder,
    phone: StringBuilder,
    street: StringBuilder,
    city: StringBuilder,
    country: StringBuilder,
    language: StringBuilder,
    channels: ListBuilder<StringBuilder>,
    consent_safety: BooleanBuilder,
    consent_service: BooleanBuilder,
    consent_marketing: BooleanBuilder,
    recorded_at: TimestampMicrosecondBuilder,
}

impl Rows {
    fn push(&mut self, nth: usize, claim: &Claim, random: &mut Random) {
        self.registration_id.append_value(format!("r-{:08}", nth + 1));
        let plant = FACILITIES[usize::from(claim.facility)].plant;
        write_serial(&mut self.text, plant, i64::from(claim.year), u64::from(claim.number));
        if claim.cut_short {
            self.text.pop();
        }
        self.serial.append_value(&self.text);
        self.owner.append_value(format!("o-{:06}", claim.owner));
        self.role.append_value(match claim.role {
            Role::Owner => "owner",
            Role::GiftRecipient => "gift_recipient",
            Role::Reseller => "reseller",
        });
        self.push_dates(claim, random);
        self.push_person(&Person::new(claim.owner));
        self.consent_safety.append_option(consent(random, 900, 80));
        self.consent_service.append_option(consent(random, 550, 250));
        self.consent_marketing.append_option(consent(random, 250, 300));
    }

    fn push_dates(&mut self, claim: &Claim, random: &mut Random) {
        let made_at = i64::from(claim.made_at);
        // Every unit is at least 17 days old when the recall looks, which leaves room for two
        // owners one after the other.
        let age = AS_OF_SECONDS - made_at;
        let mut within =
            |from: i64, to: i64| from + random.below((to - from).unsigned_abs()).cast_signed();
        let soon = within(made_at + age / 20, made_at + (age * 2 / 5).min(120 * DAY));
        let (from, to) = match claim.span {
            Span::Open => (soon, None),
            Span::OpenLate => (within(made_at + age * 3 / 5, made_at + age * 19 / 20), None),
            Span::Running => (soon, Some(within(AS_OF_SECONDS + DAY, AS_OF_SECONDS + 900 * DAY))),
            Span::Ended => (soon, Some(within(made_at + age * 9 / 20, made_at + age * 11 / 20))),
            Span::Future => (within(AS_OF_SECONDS + DAY, AS_OF_SECONDS + 60 * DAY), None),
        };
        let recorded_at = within(from, from + 14 * DAY).min(AS_OF_SECONDS - DAY / 2);
        self.valid_from.append_value(from * 1_000_000);
        self.valid_to.append_option(to.map(|it| it * 1_000_000));
        self.recorded_at.append_value(recorded_at * 1_000_000);
    }

    fn push_person(&mut self, person: &Person) {
        self.name.append_option(person.name.as_deref());
        self.email.append_option(person.email.as_deref());
        self.phone.append_option(person.phone.as_deref());
        let (street, city) = person.address.as_ref().map(|(street, city)| (street, city)).unzip();
        self.street.append_option(street);
        self.city.append_option(city);
        self.country.append_value(person.country);
        self.language.append_value(person.language);
        for channel in &person.channels {
            self.channels.values().append_value(channel);
        }
        self.channels.append(true);
    }

    fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let utc =
            |times: &mut TimestampMicrosecondBuilder| Arc::new(times.finish().with_timezone("UTC"));
        RecordBatch::try_new(
            schema(),
            vec![
                Arc::new(self.registration_id.finish()),
                Arc::new(self.serial.finish()),
                Arc::new(self.owner.finish()),
                Arc::new(self.role.finish()),
                utc(&mut self.valid_from),
                utc(&mut self.valid_to),
                Arc::new(self.name.finish()),
                Arc::new(self.email.finish()),
                Arc::new(self.phone.finish()),
                Arc::new(self.street.finish()),
                Arc::new(self.city.finish()),
                Arc::new(self.country.finish()),
                Arc::new(self.language.finish()),
                Arc::new(self.channels.finish()),
                Arc::new(self.consent_safety.finish()),
                Arc::new(self.consent_service.finish()),
                Arc::new(self.consent_marketing.finish()),
                utc(&mut self.recorded_at),
            ],
        )
    }
}

/// Leave given, refused or, in `unknown` of a thousand cases, not known.
fn consent(random: &mut Random, given: u64, unknown: u64) -> Option<bool> {
    let draw = random.below(1_000);
    (draw >= unknown).then_some(draw < unknown + given)
}
