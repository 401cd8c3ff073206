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
///
/// ```compile_fail,E0451
/// let forged = risk::Approved { 0: 7 };
/// ```
///
/// Nor can another order be put into an approval that was given, by struct update or in place:
///
/// ```compile_fail,E0451
/// fn forge(given: risk::Approved<u8>) -> risk::Approved<u8> {
///     risk::Approved { 0: 7, ..given }
/// }
/// ```
///
/// ```compile_fail,E0616
/// fn forge(given: &mut risk::Approved<u8>) {
///     given.0 = 7;
/// }
/// ```
///
/// There is no default and no conversion:
///
/// ```compile_fail,E0277
/// let forged: risk::Approved<u8> = Default::default();
/// ```
///
/// ```compile_fail,E0277
/// let forged: risk::Approved<u8> = 7.into();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Approved<T>(T);

impl<T> Approved<T> {
    #[inline]
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }

    /// What was approved.
    #[inline]
    pub const fn get(&self) -> &T {
        &self.0
    }

    /// Takes the approval off, to carry the order out.
    #[inline]
    pub fn into_inner(self) -> T {
        self.0
    }
}
