//! The proof that risk has looked at an order.

/// Something risk has approved. Its only constructor is private to this crate.
///
/// ```compile_fail,E0423
/// let forged = risk::Approved(7);
/// ```
///
/// ```compile_fail,E0624
/// let forged = risk::Approved::new(7);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Approved<T>(T);

impl<T> Approved<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }

    /// What was approved.
    pub const fn get(&self) -> &T {
        &self.0
    }

    /// Takes the approval off, to carry the order out.
    pub fn into_inner(self) -> T {
        self.0
    }
}
