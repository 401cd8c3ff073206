import type { ApiAnswer } from './transport';

/** A refused request in the form the screens show: one sentence, what belongs to which field, and the id to quote. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    /** Messages by field (`end_date`, `parameters.fast`), only from 422 answers. */
    readonly fields: Readonly<Record<string, string>> = {},
    /** Further sentences, as the engine gave them. */
    readonly notes: readonly string[] = [],
    readonly correlationId: string | null = null,
  ) {
    super(message);
  }
}

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function sentencesOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry) => textOf(entry) ?? (isFields(entry) ? textOf(entry['message']) : undefined) ?? '').filter(
    (text) => text !== '',
  ); // prettier-ignore
}

function fieldKey(loc: unknown): string {
  if (!Array.isArray(loc)) return '';
  const path = loc.map(String);
  return (['body', 'path', 'query'].includes(path[0] ?? '') ? path.slice(1) : path).join('.');
}

function fieldsOf(detail: readonly unknown[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const entry of detail) {
    if (!isFields(entry)) continue;
    const key = fieldKey(entry['loc']);
    const text = textOf(entry['msg']) ?? 'is not valid';
    fields[key] = fields[key] ? `${fields[key]}; ${text}` : text;
  }
  return fields;
}

const FALLBACK: Record<number, string> = {
  404: 'This does not exist (any more).',
  413: 'The request is too large.',
  500: 'The engine failed on this request.',
  503: 'The engine is busy.',
};

/** Turns an answer of 400 and above into an error that can be shown. */
export function errorFrom({ status, body }: ApiAnswer): ApiError {
  const envelope = isFields(body) ? body : {};
  const detail = envelope['detail'];
  const code = textOf(envelope['error_code']) ?? `HTTP_${status}`;
  const id = textOf(envelope['correlation_id']) ?? null;
  if (Array.isArray(detail)) {
    const fields = fieldsOf(detail);
    const lines = Object.entries(fields).map(([key, text]) => (key ? `${key}: ${text}` : text));
    return new ApiError(lines.join('\n') || 'Some fields are not valid.', status, code, fields, [], id);
  }
  if (isFields(detail)) {
    const notes = [...sentencesOf(detail['errors']), ...sentencesOf(detail['warnings'])];
    const message =
      textOf(detail['message']) ?? notes[0] ?? FALLBACK[status] ?? `The engine answered ${status}.`;
    return new ApiError(
      message,
      status,
      code,
      {},
      notes.filter((note) => note !== message),
      id,
    );
  }
  const message = textOf(detail) ?? FALLBACK[status] ?? `The engine answered ${status}.`;
  return new ApiError(message, status, code, {}, [], id);
}

/** Anything thrown, as an error that can be shown. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof TypeError) {
    return new ApiError('The engine cannot be reached. Is it still running?', 0, 'UNREACHABLE', {}, [
      thrown.message,
    ]);
  }
  const text = thrown instanceof Error ? thrown.message : (textOf(thrown) ?? JSON.stringify(thrown));
  return new ApiError(text, 0, 'UNEXPECTED');
}
