import type { EngineEvent } from '../domain/contract';
import type { components, paths } from './schema';

/** Types of requests and answers, read from the generated description of the contract. */

export type Verb = 'get' | 'post' | 'patch' | 'delete';
export type Paths = keyof paths;

/** The engine writes every field and `null` where there is no value; the description marks those as optional. */
type Complete<T> = T extends readonly (infer Item)[]
  ? Complete<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Complete<Exclude<T[Key], undefined>> }
    : T;

type JsonOf<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : never;
type ResponsesOf<P extends Paths, V extends Verb> = paths[P][V] extends { responses: infer All }
  ? All
  : never;
type Succeeded<All> = {
  [Status in keyof All]: Status extends 200 | 201 | 202 ? JsonOf<All[Status]> : never;
}[keyof All];
type ParametersOf<P extends Paths, V extends Verb> = paths[P][V] extends { parameters: infer All }
  ? All
  : never;
type Part<All, Key extends string> = All extends { [K in Key]?: infer Value } ? NonNullable<Value> : never;

/** What the route answers when it accepts the request. */
export type Reply<P extends Paths, V extends Verb> = Complete<Succeeded<ResponsesOf<P, V>>>;

/** What a request to the route may carry. */
export interface Ask<P extends Paths, V extends Verb> {
  query?: Part<ParametersOf<P, V>, 'query'>;
  place?: Part<ParametersOf<P, V>, 'path'>;
  body?: paths[P][V] extends { requestBody: { content: { 'application/json': infer Body } } } ? Body : never;
}

/** Does not compile when the events of the contract and those of the stores part ways. */
export const asEngineEvent = (event: Complete<components['schemas']['EventEnvelope']>): EngineEvent => event;
