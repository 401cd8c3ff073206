//! Rust source reduced to its code: comments, texts and tests blanked out, line breaks kept.
//!
//! A rough reader, good enough for looking up words and counting braces; it knows strings, raw
//! strings, character literals, lifetimes and nested comments.

/// The code of a source file with comments and the insides of literals replaced by spaces.
pub(crate) fn code_of(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let hidden = hidden_length(rest, &code);
        if hidden == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let (skipped, after) = rest.split_at(hidden);
            code.extend(skipped.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
            rest = after;
        }
    }
    code
}

/// Like [`code_of`], without the modules that are compiled for tests only.
pub(crate) fn product_code_of(source: &str) -> String {
    let mut code = code_of(source);
    while let Some(start) = code.find("#[cfg(test)]") {
        let end = end_of_item(&code, start + "#[cfg(test)]".len());
        let blank: String = code[start..end]
            .chars()
            .map(|letter| if letter == '\n' { '\n' } else { ' ' })
            .collect();
        code.replace_range(start..end, &blank);
    }
    code
}

/// The place after the item that starts at `start`: its closing brace, or its semicolon.
pub(crate) fn end_of_item(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, letter) in code[start..].char_indices() {
        let end = start + offset + 1;
        match letter {
            ';' if depth == 0 => return end,
            '{' => depth += 1,
            '}' if depth <= 1 => return end,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// How many bytes at the start of `rest` are comment or literal.
fn hidden_length(rest: &str, before: &str) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment_length(rest);
    }
    if !before.ends_with(is_name_letter)
        && let Some(length) = raw_string_length(rest)
    {
        return length;
    }
    if rest.starts_with('"') {
        return quoted_length(rest, '"');
    }
    if is_character_literal(rest) { quoted_length(rest, '\'') } else { 0 }
}

fn is_name_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut place = 0;
    while place < rest.len() {
        let tail = &rest.as_bytes()[place..];
        if tail.starts_with(b"/*") {
            depth += 1;
            place += 2;
        } else if tail.starts_with(b"*/") {
            depth -= 1;
            place += 2;
            if depth == 0 {
                return place;
            }
        } else {
            place += 1;
        }
    }
    rest.len()
}

fn raw_string_length(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('r').or_else(|| rest.strip_prefix("br"))?;
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    let body = inner[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close).map_or(body.len(), |place| place + close.len());
    Some(rest.len() - body.len() + end)
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (place, letter) in rest.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if letter == '\\' {
            is_escaped = true;
        } else if letter == quote {
            return place + letter.len_utf8();
        }
    }
    rest.len()
}

/// Tells `'a'` from the lifetime `'a`.
fn is_character_literal(rest: &str) -> bool {
    let mut letters = rest.chars();
    if letters.next() != Some('\'') {
        return false;
    }
    let first = letters.next();
    first == Some('\\') || letters.next() == Some('\'')
}

mod tests {
    use super::{code_of, product_code_of};

    fn check(source: &str, kept: &[&str], hidden: &[&str]) {
        let code = product_code_of(source);
        assert_eq!(code.lines().count(), source.lines().count(), "line numbers stay");
        for word in kept {
            assert!(code.contains(word), "`{word}` is code in {source:?}, was {code:?}");
        }
        for word in hidden {
            assert!(!code.contains(word), "`{word}` is no code in {source:?}, was {code:?}");
        }
    }

    #[test]
    fn comments_and_literals_are_hidden() {
        check("let a = 1; // HashMap\nlet b = 2;", &["let a", "let b"], &["HashMap"]);
        check("x /* one /* two */ three */ y", &["x", "y"], &["one", "three"]);
        check("f(\"HashMap \\\" still\", g)", &["f(", ", g)"], &["HashMap", "still"]);
        check("r#\"raw \" text\"# + tail", &["+ tail"], &["raw", "text"]);
        check("for_r(\"text\")", &["for_r("], &["text"]);
        check("let c = '\"'; let d = '\\''; more", &["let d", "more"], &["\""]);
        check("fn f<'a>(x: &'a str) -> &'a str { x }", &["'a str", "{ x }"], &[]);
    }

    #[test]
    fn tests_are_hidden_from_the_product() {
        let source =
            "fn real() {}\n#[cfg(test)]\nmod tests {\n  fn inner() { if x {} }\n}\nfn after() {}";
        check(source, &["real", "after"], &["inner"]);
        check("#[cfg(test)]\nmod tests;\nfn after() {}", &["after"], &["mod tests"]);
        assert!(code_of(source).contains("inner"), "only the product leaves tests out");
    }
}
