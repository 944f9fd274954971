import { problem } from '@cairn/http/errors';

export class UpstreamUnavailable extends problem({
  code: 'gateway.upstream-unavailable',
  kind: 'unavailable',
  title: 'The service that answers this does not run or is being restarted',
}) {}

/** The circuit is open: the service has failed for a while and is not asked at the moment. */
export class CircuitOpen extends problem({
  code: 'gateway.circuit-open',
  kind: 'unavailable',
  title: 'The service that answers this has been failing and is given time to recover',
}) {}

/** A bulkhead: as many requests as one service may hold are under way. */
export class UpstreamFull extends problem({
  code: 'gateway.upstream-full',
  kind: 'unavailable',
  title: 'The service that answers this has as much to do as it can take',
}) {}

/** Not to be repeated blindly: it may have done what was asked for. */
export class OutcomeUnknown extends problem({
  code: 'gateway.outcome-unknown',
  kind: 'unknown-outcome',
  title: 'The connection to the service was lost before it answered: it may have done what was asked for, look first',
}) {}

/** 504: it may have done what was asked for. */
export class UpstreamTooSlow extends Error {
  readonly statusCode = 504;
  constructor(name: string, deadlineMs: number) {
    super(`${name} did not answer within ${deadlineMs} ms`);
  }
}

/** 408: the client has not sent all of its body, and nobody was waiting for the service. */
export class BodyTooSlow extends Error {
  readonly statusCode = 408;
  constructor() {
    super('The body did not arrive in time');
  }
}

/** 502: what it said is not HTTP. */
export class UpstreamFailed extends Error {
  readonly statusCode = 502;
  constructor(name: string) {
    super(`${name} did not answer in HTTP`);
  }
}

/** Nobody reads the answer any more, and nobody is to be paged for it. */
export class ClientLeft extends Error {
  readonly statusCode = 499;
  constructor() {
    super('The client has left');
  }
}
