//! What a registration says of who is registered, and who may be reached.

use crate::error::{Error, Result};
use crate::registry::{Permissions, Role};

/// What joins ask of a registration.
#[derive(Clone, Copy, Debug)]
pub(in crate::index) struct Held {
    pub(in crate::index) role: Role,
    pub(in crate::index) from: Option<i64>,
    pub(in crate::index) to: Option<i64>,
    pub(in crate::index) permissions: Permissions,
}

impl Held {
    /// Reads some registrations of which `numbers` gives each column.
    pub(in crate::index) fn read(
        numbers: impl Fn(&str) -> Result<Vec<Option<i64>>>,
    ) -> Result<Vec<Held>> {
        let (roles, from) = (numbers("role")?, numbers("valid_from")?);
        let (to, reach) = (numbers("valid_to")?, numbers("reach")?);
        let held = |(((role, from), to), reach): (((Option<i64>, _), _), Option<i64>)| {
            let role = Role::from_number(role.unwrap_or(0));
            let permissions = Permissions::from_bits(reach.unwrap_or(0));
            let (role, permissions) = role.zip(permissions).ok_or_else(|| {
                Error::corrupt("registrations: a role or the permissions are none there are")
            })?;
            Ok(Held { role, from, to, permissions })
        };
        roles.into_iter().zip(from).zip(to).zip(reach).map(held).collect()
    }
}
