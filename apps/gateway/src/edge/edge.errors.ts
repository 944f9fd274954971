import { problem } from '@cairn/http/errors';

/** The gateway itself has as much to do as it can take. */
export class GatewayOverloaded extends problem({
  code: 'gateway.overloaded',
  kind: 'unavailable',
  title: 'There are more requests than can be answered at the moment',
}) {}

/** One network has as many requests under way as one may have: slow readers must not take all places. */
export class TooMuchAtOnce extends problem({
  code: 'gateway.too-much-at-once',
  kind: 'too-many',
  title: 'You have more requests under way than you may have at once',
}) {}
