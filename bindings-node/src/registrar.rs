//! Registrations one by one: a thread of their own makes lasting together what many callers wait for.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc::{Receiver, Sender, channel};

use napi::bindgen_prelude::Object;
use napi::{Env, JsDeferred};
use napi_derive::napi;
use serde_json::{Map, Value as Json, json};
use seriatim::{Instant, Receipt, Record, RegistrarOptions, RegistrationName};

use crate::convert::instant;
use crate::error::{OrThrow, coded, invalid, thrown};
use crate::jobs::{Telling, spawn};
use crate::records::record_of;

type Answer = JsDeferred<String, Telling<String>>;

/// What the thread is asked for.
enum Asked {
    Register(Vec<Record>, Option<String>),
    Change(RegistrationName, Record),
    End(RegistrationName, Instant),
    Transfer(RegistrationName, Instant, Record),
    Close,
}

/// Takes registrations one by one. Dropping it ends its thread, and gives the lock back.
#[napi]
pub struct Registrar {
    asking: Mutex<Option<Sender<(Asked, Answer)>>>,
}

impl Registrar {
    /// A registrar at work on a thread of its own.
    pub(crate) fn start(inner: seriatim::Registrar) -> napi::Result<Self> {
        let (give, take) = channel();
        spawn("seriatim-registrar".to_owned(), move || work(inner, &take))?;
        Ok(Registrar { asking: Mutex::new(Some(give)) })
    }

    fn ask<'env>(&self, env: &'env Env, asked: Asked) -> napi::Result<Object<'env>> {
        let closed = || coded("conflict", "the registrar is closed; open another");
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let closes = matches!(asked, Asked::Close);
        let Some(give) = asking.as_ref() else { return Err(closed()) };
        // From here on the promise must be settled: until then it keeps the process alive.
        let (answer, promise) = env.create_deferred()?;
        if let Err(failed) = give.send((asked, answer)) {
            failed.0.1.reject(closed());
        }
        if closes {
            asking.take();
        }
        Ok(promise)
    }
}

/// Options: 32 random bytes, and whether contact text is kept.
pub(crate) fn options(entropy: &[u8], contact_text: bool) -> napi::Result<RegistrarOptions> {
    let entropy = entropy.try_into().map_err(|_| invalid("the entropy is not 32 bytes"))?;
    let options = RegistrarOptions::new(entropy);
    Ok(if contact_text { options } else { options.without_contact_text() })
}

/// Serves what is asked for until nobody asks any more. What came while the disk was busy is handed
/// in together, and waited for once.
fn work(registrar: seriatim::Registrar, take: &Receiver<(Asked, Answer)>) {
    while let Ok(first) = take.recv() {
        let mut waiting = Vec::new();
        let mut closing = None;
        for (asked, answer) in std::iter::once(first).chain(take.try_iter()) {
            let receipt = match asked {
                Asked::Close => {
                    closing = Some(answer);
                    break;
                }
                Asked::Register(records, request) => registrar.submit(&records, request.as_deref()),
                Asked::Change(name, fields) => registrar.change(&name, &fields),
                Asked::End(name, at) => registrar.end(&name, at),
                Asked::Transfer(name, at, next) => registrar.transfer(&name, at, &next),
            };
            match receipt {
                Ok(receipt) => waiting.push((receipt, answer)),
                Err(error) => answer.reject(thrown(&error)),
            }
        }
        for (receipt, answer) in waiting {
            match registrar.wait(&receipt) {
                Ok(()) => tell(answer, &receipt),
                Err(error) => answer.reject(thrown(&error)),
            }
        }
        if let Some(answer) = closing {
            match registrar.close() {
                Ok(()) => answer.resolve(Box::new(|_| Ok(String::new()))),
                Err(error) => answer.reject(thrown(&error)),
            }
            return;
        }
    }
}

fn tell(answer: Answer, receipt: &Receipt) {
    let told = json!({
        "start": receipt.sequences().start,
        "end": receipt.sequences().end,
        "repeated": receipt.is_repeated(),
    });
    let told = told.to_string();
    answer.resolve(Box::new(move |_| Ok(told)));
}

fn objects(rows: &str) -> napi::Result<Vec<Map<String, Json>>> {
    serde_json::from_str(rows).map_err(|_| invalid("registrations are objects"))
}

fn record(object: &str) -> napi::Result<Record> {
    let object =
        serde_json::from_str(object).map_err(|_| invalid("a registration is an object"))?;
    record_of(&object, &seriatim::Schema::default()).or_throw()
}

/// A name as `lib/registrar.ts` gives it: a key, or serial, owner and namespace.
fn name(parts: Vec<String>) -> napi::Result<RegistrationName> {
    let mut parts = parts.into_iter();
    match (parts.next(), parts.next(), parts.next()) {
        (Some(key), None, None) => Ok(RegistrationName::key(key)),
        (Some(serial), Some(owner), namespace) => {
            let name = RegistrationName::of(serial, owner);
            Ok(namespace.into_iter().fold(name, RegistrationName::in_namespace))
        }
        _ => Err(invalid("a registration is named by its key, or by serial and owner")),
    }
}

#[napi]
impl Registrar {
    /// Registers a list of owners; the receipt as JSON.
    #[napi(catch_unwind)]
    pub fn register<'env>(
        &self,
        env: &'env Env,
        rows: String,
        request: Option<String>,
    ) -> napi::Result<Object<'env>> {
        let schema = seriatim::Schema::default();
        let rows = objects(&rows)?;
        let records = rows.iter().map(|it| record_of(it, &schema).or_throw());
        self.ask(env, Asked::Register(records.collect::<napi::Result<_>>()?, request))
    }

    #[napi(catch_unwind)]
    pub fn change<'env>(
        &self,
        env: &'env Env,
        named: Vec<String>,
        fields: String,
    ) -> napi::Result<Object<'env>> {
        self.ask(env, Asked::Change(name(named)?, record(&fields)?))
    }

    #[napi(catch_unwind)]
    pub fn end<'env>(
        &self,
        env: &'env Env,
        named: Vec<String>,
        at: String,
    ) -> napi::Result<Object<'env>> {
        self.ask(env, Asked::End(name(named)?, instant(&at)?))
    }

    #[napi(catch_unwind)]
    pub fn transfer<'env>(
        &self,
        env: &'env Env,
        named: Vec<String>,
        at: String,
        next: String,
    ) -> napi::Result<Object<'env>> {
        self.ask(env, Asked::Transfer(name(named)?, instant(&at)?, record(&next)?))
    }

    #[napi(catch_unwind)]
    pub fn close<'env>(&self, env: &'env Env) -> napi::Result<Object<'env>> {
        self.ask(env, Asked::Close)
    }
}
