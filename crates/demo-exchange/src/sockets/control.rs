//! Control messages of clients (§3.2): read strictly, answered in the venue's words.

use serde_json::{Map, Value};

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Subscribe(Vec<String>),
    Unsubscribe(Vec<String>),
    List,
    SetCombined(bool),
    AskCombined,
}

/// A wish and the number to answer with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) wish: Wish,
    pub(super) id: u64,
}

/// The streams that a message asks for; none when it asks for something else.
pub(crate) fn subscribed_names(text: &str) -> Vec<String> {
    match read(text) {
        Ok(Message { wish: Wish::Subscribe(names), .. }) => names,
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// Reads a message.
///
/// # Errors
/// The text to answer with.
pub(super) fn read(text: &str) -> Result<Message, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        refusal(3, &format!("Invalid JSON: expected value at {place}"), None)
    })?;
    let Value::Object(fields) = value else {
        return Err(refusal(2, "Invalid request: expected an object", None));
    };
    let Some(id) = fields.get("id").and_then(Value::as_u64) else {
        return Err(refusal(2, "Invalid request: request ID must be an unsigned integer", None));
    };
    wish(&fields)
        .map(|wish| Message { wish, id })
        .map_err(|(code, text)| refusal(code, text, Some(id)))
}

fn wish(fields: &Map<String, Value>) -> Result<Wish, (i32, &'static str)> {
    let Some(method) = fields.get("method").and_then(Value::as_str) else {
        return Err((2, "Invalid request: missing field `method`"));
    };
    let parameters = fields.get("params").and_then(Value::as_array);
    match method {
        "SUBSCRIBE" => Ok(Wish::Subscribe(names(parameters)?)),
        "UNSUBSCRIBE" => Ok(Wish::Unsubscribe(names(parameters)?)),
        "LIST_SUBSCRIPTIONS" => Ok(Wish::List),
        "SET_PROPERTY" | "GET_PROPERTY" => property(method, parameters),
        _ => Err((
            2,
            "Invalid request: unknown variant, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`",
        )),
    }
}

fn names(parameters: Option<&Vec<Value>>) -> Result<Vec<String>, (i32, &'static str)> {
    let Some(parameters) = parameters else {
        return Err((2, "Invalid request: missing field `params`"));
    };
    let names = parameters.iter().map(|name| name.as_str().map(str::to_owned));
    names.collect::<Option<_>>().ok_or((2, "Invalid request: invalid type, expected a string"))
}

fn property(method: &str, parameters: Option<&Vec<Value>>) -> Result<Wish, (i32, &'static str)> {
    let parameters = parameters.map(Vec::as_slice).unwrap_or_default();
    let expected = if method == "SET_PROPERTY" { 2 } else { 1 };
    if parameters.len() > expected {
        return Err((2, "Invalid request: too many parameters"));
    }
    if parameters.first().and_then(Value::as_str) != Some("combined") {
        return Err((0, "Unknown property"));
    }
    if method == "GET_PROPERTY" {
        return Ok(Wish::AskCombined);
    }
    let value = parameters.get(1).and_then(Value::as_bool);
    value.map(Wish::SetCombined).ok_or((1, "Invalid value type: expected Boolean"))
}

/// A refusal in the form of live replies.
pub(super) fn refusal(code: i32, text: &str, id: Option<u64>) -> String {
    let id = id.map_or_else(|| "null".to_owned(), |id| id.to_string());
    format!(r#"{{"error":{{"code":{code},"msg":"{text}"}},"id":{id}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read() {
        let read = |text| read(text).unwrap();
        let message = read(r#"{"method":"SUBSCRIBE","params":["a@depth"],"id":7}"#);
        assert_eq!(message, Message { wish: Wish::Subscribe(vec!["a@depth".to_owned()]), id: 7 });
        assert_eq!(read(r#"{"method":"LIST_SUBSCRIPTIONS","id":3}"#).wish, Wish::List);
        let set = read(r#"{"method":"SET_PROPERTY","params":["combined",true],"id":5}"#);
        assert_eq!(set.wish, Wish::SetCombined(true));
    }

    #[test]
    fn nonsense_is_refused_by_code() {
        for (text, code) in [
            ("{", 3),
            ("[]", 2),
            (r#"{"method":"LIST_SUBSCRIPTIONS","id":"x"}"#, 2),
            (r#"{"method":"DANCE","id":1}"#, 2),
            (r#"{"method":"SUBSCRIBE","id":1}"#, 2),
            (r#"{"method":"GET_PROPERTY","params":["x"],"id":1}"#, 0),
            (r#"{"method":"SET_PROPERTY","params":["combined",1],"id":1}"#, 1),
        ] {
            let refusal = read(text).unwrap_err();
            assert!(refusal.contains(&format!(r#""code":{code},"#)), "{text}: {refusal}");
        }
    }
}
