import { problem } from './domain-error.ts';

/* What any route may answer, whatever the service. */
export class PreconditionRequired extends problem({
  code: 'request.precondition-required',
  kind: 'precondition-missing',
  title: 'Send the ETag that you saw as If-Match',
}) {}
export class Stale extends problem({
  code: 'request.stale',
  kind: 'stale',
  title: 'The resource has changed since you read it',
}) {}
export class IdempotencyKeyInFlight extends problem({
  code: 'request.idempotency-key-in-flight',
  kind: 'conflict',
  title: 'A request with this Idempotency-Key is being worked on',
}) {}
export class IdempotencyKeyReused extends problem({
  code: 'request.idempotency-key-reused',
  kind: 'key-reused',
  title: 'This Idempotency-Key belongs to another request',
}) {}
