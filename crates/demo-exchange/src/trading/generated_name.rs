//! Names that the venue makes up: listen keys, and client ids where none was sent.

use domain::Seeded;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// So many letters and digits from a seed.
pub(crate) fn generated_name(seeded: &mut Seeded, length: usize) -> String {
    let count = LETTERS.len() as u64;
    let draws = (0..length).map(|_| usize::try_from(seeded.draw() % count));
    draws.filter_map(|index| LETTERS.get(index.ok()?)).map(|letter| char::from(*letter)).collect()
}
