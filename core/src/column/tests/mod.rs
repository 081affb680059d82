//! Whole columns, written and read back.

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod model;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod sizes;
