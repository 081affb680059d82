//! The ways to reach an owner.

use std::fmt;

/// A way to reach an owner.
///
/// # Examples
///
/// ```
/// use seriatim::Channel;
///
/// assert_eq!(Channel::from_code("sms"), Some(Channel::Sms));
/// assert_eq!(Channel::ALL.map(Channel::code).join(" "), "email sms phone post push");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// An e-mail.
    Email,
    /// A text message.
    Sms,
    /// A call.
    Phone,
    /// A letter.
    Post,
    /// A message to an app.
    Push,
}

impl Channel {
    /// Every channel, in the order in which lists and tables name them.
    pub const ALL: [Channel; 5] =
        [Channel::Email, Channel::Sms, Channel::Phone, Channel::Post, Channel::Push];

    /// The name in documents and inputs, such as `"email"`.
    pub fn code(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Sms => "sms",
            Channel::Phone => "phone",
            Channel::Post => "post",
            Channel::Push => "push",
        }
    }

    /// The channel of a name.
    pub fn from_code(code: &str) -> Option<Self> {
        Channel::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Its place in [`Channel::ALL`].
    pub(crate) fn place(self) -> usize {
        match self {
            Channel::Email => 0,
            Channel::Sms => 1,
            Channel::Phone => 2,
            Channel::Post => 3,
            Channel::Push => 4,
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
