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

/** The caller has stopped waiting. Not to be repeated blindly: what was being written is rolled back, unless its COMMIT was on its way. */
export class DeadlineExceeded extends problem({
  code: 'request.deadline-exceeded',
  kind: 'too-late',
  title: 'The time that the caller gave for the answer is over',
}) {}
