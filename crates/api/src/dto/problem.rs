//! Bodies of answers that are no success: all have the same four fields, whichever route and whichever part of the
//! program refuses.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Body of every answer of 400 and above.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What is wrong, as one text for people; of several wrong fields, all.
    #[schema(example = "no candles of \"BTCUSDT\" are stored")]
    pub message: String,
    /// The same for programs: the text, an object with `message`, `errors` and `warnings` where a request cannot be
    /// carried out (400), or one entry per wrong field (422).
    #[schema(value_type = Object)]
    pub detail: Value,
    /// Stable word for programs.
    #[schema(example = "NO_DATA")]
    pub error_code: String,
    /// Also in the header `X-Correlation-ID`; names the request in the log.
    pub correlation_id: String,
}

/// Body of a 422 answer: one entry per wrong field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValidationErrorBody {
    /// What is wrong with each field, as one text for people.
    #[schema(example = "end_date: expected a time after start_date")]
    pub message: String,
    /// All wrong fields.
    pub detail: Vec<FieldErrorEntry>,
    /// `VALIDATION_ERROR`.
    #[schema(example = "VALIDATION_ERROR")]
    pub error_code: String,
    /// Also in the header `X-Correlation-ID`.
    pub correlation_id: String,
}

/// One wrong field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldErrorEntry {
    /// Where: `["body", "end_date"]`, `["query", "page"]`, `["path", "symbol"]`; the place alone where all of it is
    /// wrong.
    #[schema(example = json!(["body", "end_date"]))]
    pub loc: Vec<String>,
    /// What was expected and what was there.
    pub msg: String,
    /// `value_error`, `missing`, `type_error` or `extra_forbidden`.
    #[serde(rename = "type")]
    #[schema(example = "value_error")]
    pub kind: String,
}
