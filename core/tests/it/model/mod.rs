//! A maker's units as a list, and what can be asked of it: the answers an index must give.

mod expr;
mod scopes;
mod units;
mod world;

pub(crate) use expr::Expr;
pub(crate) use scopes::expr;
pub(crate) use units::{COLUMNS, TAG, namespace, schema, serial};
pub(crate) use world::{Key, Load, Way, World, load, loads};
