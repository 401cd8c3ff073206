//! Ranges and conditions of requests for files: answers that carry an ETag can be asked for in parts.

use axum::http::{HeaderMap, header};

use crate::api_call::ApiReply;

/// The part of a file that was asked for: 206 with a part, 416 for one outside, 304 for a known file.
pub(super) fn cut(headers: &HeaderMap, mut reply: ApiReply) -> ApiReply {
    let etag = reply.headers.iter().find(|(name, _)| *name == "etag").map(|(_, etag)| etag.clone());
    let Some(etag) = etag.filter(|_| reply.status == 200) else {
        return reply;
    };
    let named = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if named(header::IF_NONE_MATCH).is_some_and(|known| known == etag || known == "*") {
        (reply.status, reply.body) = (304, Vec::new());
        return reply;
    }
    let is_same = named(header::IF_RANGE).is_none_or(|known| known == etag);
    let Some(wish) = named(header::RANGE).filter(|_| is_same) else {
        return reply;
    };
    let length = reply.body.len();
    match range(wish, length) {
        Wish::Part(start, end) => {
            reply.status = 206;
            reply.headers.push(("content-range", format!("bytes {start}-{}/{length}", end - 1)));
            reply.body = reply.body[start..end].to_vec();
        }
        Wish::Outside => {
            reply.headers.push(("content-range", format!("bytes */{length}")));
            (reply.status, reply.body) = (416, Vec::new());
        }
        Wish::Whole => {}
    }
    reply
}

#[derive(Debug, PartialEq, Eq)]
enum Wish {
    /// From the first place to before the second.
    Part(usize, usize),
    Outside,
    /// What is malformed or asks for several parts is answered whole (RFC 9110 §14.2).
    Whole,
}

fn range(wish: &str, length: usize) -> Wish {
    let bounds = wish.strip_prefix("bytes=").and_then(|wish| wish.split_once('-'));
    let Some((first, last)) = bounds.filter(|(_, last)| !last.contains(',')) else {
        return Wish::Whole;
    };
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let (start, end) = match (number(first), number(last)) {
        (Some(start), Some(last)) => (start, last.saturating_add(1).min(length)),
        (Some(start), None) if last.trim().is_empty() => (start, length),
        (None, Some(count)) if first.trim().is_empty() => (length.saturating_sub(count), length),
        _ => return Wish::Whole,
    };
    if start < end { Wish::Part(start, end) } else { Wish::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        assert_eq!(range("bytes=0-9", 100), Wish::Part(0, 10));
        assert_eq!(range("bytes=90-", 100), Wish::Part(90, 100));
        assert_eq!(range("bytes=-5", 100), Wish::Part(95, 100));
        assert_eq!(range("bytes=50-500", 100), Wish::Part(50, 100));
        assert_eq!(range("bytes=100-", 100), Wish::Outside);
        for whole in ["bytes=x-", "items=0-1", "bytes=0-1,5-6", "bytes=-"] {
            assert_eq!(range(whole, 100), Wish::Whole, "{whole}");
        }
    }
}
