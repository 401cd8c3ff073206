//! Bodies that arrive whole, cut, one byte a second or with a hundred megabytes of blanks.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::{StreamExt as _, stream};

use crate::delivery::Way;

const TRICKLE: Duration = Duration::from_secs(1);
/// Pause before a body is cut.
const BEFORE_CUT: Duration = Duration::from_millis(50);
/// Blanks handed out at once.
const BLANKS: usize = 64 << 10;

/// The bytes of a reply as they go out.
pub(super) fn body(bytes: Vec<u8>, way: Way) -> Body {
    match way {
        Way::Now | Way::After(_) | Way::Never | Way::Reset => Body::from(bytes),
        Way::Truncated(count) => {
            let first = Bytes::from(bytes);
            let first = first.slice(..count.min(first.len()));
            let cut = stream::once(async {
                // What came before has to be on its way, or nothing at all arrives.
                tokio::time::sleep(BEFORE_CUT).await;
                Err(io::Error::other("cut by a fault"))
            });
            Body::from_stream(stream::iter([Ok(first)]).chain(cut))
        }
        Way::Trickled => {
            let bytes = stream::iter(bytes).then(|byte| async move {
                tokio::time::sleep(TRICKLE).await;
                Ok::<_, Infallible>(Bytes::from(vec![byte]))
            });
            Body::from_stream(bytes)
        }
        Way::Padded(count) => {
            let first = stream::iter([Ok::<_, Infallible>(Bytes::from(bytes))]);
            Body::from_stream(first.chain(stream::iter(blanks(count)).map(Ok)))
        }
    }
}

fn blanks(count: u64) -> impl Iterator<Item = Bytes> + Send {
    let block = Bytes::from(vec![b' '; BLANKS]);
    let whole = count / BLANKS as u64;
    let rest = usize::try_from(count % BLANKS as u64).unwrap_or(0);
    let last = block.slice(..rest);
    (0..whole).map(move |_| block.clone()).chain(std::iter::once(last))
}
