import { problem } from '@cairn/http/errors';

/** Its detail is the word by which clients of the protocol know it. */
export class PersistedQueryNotFound extends problem({
  code: 'graphql.persisted-query-not-found',
  kind: 'not-found',
  title: 'No query is known by this hash: send its text along with the hash',
}) {}

export class PersistedQueryMismatch extends problem({
  code: 'graphql.persisted-query-mismatch',
  kind: 'invalid',
  title: 'The hash is not the SHA-256, in lower-case hex, of the query',
}) {}

/** In locked mode. */
export class OperationNotListed extends problem({
  code: 'graphql.operation-not-listed',
  kind: 'forbidden',
  title: 'Only operations that were listed beforehand are answered here',
}) {}

export class IntrospectionOff extends problem({
  code: 'graphql.introspection-off',
  kind: 'forbidden',
  title: 'The schema is not shown here',
}) {}

/** A page of somebody else could have made a browser send this. */
export class PreflightRequired extends problem({
  code: 'graphql.preflight-required',
  kind: 'invalid',
  title: 'Say Accept: application/json, or send a header that a form cannot send, such as X-Requested-With',
}) {}

/** On one connection; what is not subscribed to any more makes room. */
export class TooManySubscriptions extends problem({
  code: 'graphql.too-many-subscriptions',
  kind: 'too-many',
  title: 'As many subscriptions as one connection may have are open',
}) {}
