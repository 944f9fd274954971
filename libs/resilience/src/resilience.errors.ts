import { problem } from '@cairn/http/errors';

export class UpstreamUnavailable extends problem({
  code: 'service.upstream-unavailable',
  kind: 'unavailable',
  title: 'A service that this one needs does not answer',
}) {}

export class Overloaded extends problem({
  code: 'service.overloaded',
  kind: 'unavailable',
  title: 'Too much of this work is waiting already: try again later',
}) {}

export class FaultInjected extends problem({
  code: 'fault.injected',
  kind: 'failed',
  title: 'This request was made to fail, for a demonstration',
}) {}
