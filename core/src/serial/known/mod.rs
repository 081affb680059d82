//! Families that are ready made: counters, vehicles, mobile devices, serials of GS1.

mod counter;
mod gs1;
mod imei;
#[cfg(test)]
mod tests;
mod vin;
