//! One number for what a scope says.

use std::fmt::{self, Write};

use sha2::{Digest, Sha256};

use super::{BoundScope, Parameters, Scope};

impl Scope {
    /// The SHA-256 of the scope's canonical SQL in UTF-8, as 64 hexadecimal digits: what to keep
    /// beside a recall, to tell later that its scope is the same. Equal scopes have equal digests,
    /// in every language.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::Scope;
    ///
    /// let said: Scope = "lot='L1' and not line in (4)".parse()?;
    /// let built = Scope::column("lot").eq("L1").and(!Scope::column("line").is_in([4]));
    /// assert_eq!(said.digest(), built.digest());
    /// // As `printf %s "lot = 'L1' AND line NOT IN (4)" | sha256sum` has it.
    /// assert!(said.digest().starts_with("6d47b4aa240a909a"));
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn digest(&self) -> String {
        self.digest_with(&Parameters::new())
    }

    fn digest_with(&self, parameters: &Parameters) -> String {
        let mut hasher = Hasher(Sha256::new());
        // A hasher takes any text.
        let _ = self.write_with(parameters, &mut hasher);
        let mut out = String::with_capacity(64);
        for byte in hasher.0.finalize() {
            let _ = write!(out, "{byte:02x}");
        }
        out
    }
}

impl BoundScope {
    /// The digest of the scope with the value of every parameter in its place: that of
    /// [`Scope::digest`] where there are none.
    ///
    /// A list counts as it was given; a set of serials counts as the list of its serials, each
    /// once, in the order of their bytes. Costs sorting its serials.
    ///
    /// # Examples
    ///
    /// ```
    /// use seriatim::{Column, ColumnType, Parameters, Schema, Scope};
    ///
    /// let schema = Schema::new(vec![Column::new("lot", ColumnType::Text)?])?;
    /// let asked: Scope = "lot = :lot".parse()?;
    /// let bound = schema.bind_with(&asked, &Parameters::new().with("lot", "L1"))?;
    /// assert_eq!(bound.digest(), "lot = 'L1'".parse::<Scope>()?.digest());
    /// # Ok::<(), seriatim::Error>(())
    /// ```
    pub fn digest(&self) -> String {
        self.scope.digest_with(&self.parameters)
    }
}

struct Hasher(Sha256);

impl Write for Hasher {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
