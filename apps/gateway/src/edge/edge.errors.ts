import { problem } from '@cairn/http/errors';

/** The gateway itself has as much to do as it can take. */
export class GatewayOverloaded extends problem({
  code: 'gateway.overloaded',
  kind: 'unavailable',
  title: 'There are more requests than can be answered at the moment',
}) {}
