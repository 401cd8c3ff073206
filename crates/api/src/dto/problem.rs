//! Bodies of answers that are no success.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Body of every answer of 400 and above.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// A sentence, an object with `message`, `errors` and `warnings`, or a list of field errors.
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
    /// Where: `["body", "end_date"]`, `["query", "page"]`.
    #[schema(example = json!(["body", "end_date"]))]
    pub loc: Vec<String>,
    /// What was expected and what was there.
    pub msg: String,
    /// `value_error`, `missing`, `type_error` or `extra_forbidden`.
    #[serde(rename = "type")]
    #[schema(example = "value_error")]
    pub kind: String,
}
