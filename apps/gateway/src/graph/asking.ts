import { propagationHeaders, type RequestContext } from '@cairn/observability';
import type { Client } from '../edge/client-address.ts';

/** Of one request to the graph, for all that it asks of services. */
export interface Asking {
  /** Sent along: who is calling, and the ids of the request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when the client has left. */
  readonly signal: AbortSignal;
  /** The time that it may take, and until when that is, by `performance.now()`. */
  readonly milliseconds: number;
  readonly deadline: number;
}

/**
 * @param milliseconds which the services have for their answers, from now on: all of the request is here. A client has no say in it, be it
 *   by X-Request-Timeout-Ms or by a body that comes slowly: services would be found too slow that are not, and their circuit opened for all
 */
export function asking(
  { client, ids }: { readonly client: Client; readonly ids?: RequestContext | undefined },
  authorization: string | undefined,
  signal: AbortSignal,
  milliseconds: number,
): Asking {
  return {
    headers: {
      ...propagationHeaders(ids),
      ...(authorization && { authorization }),
      'x-forwarded-for': client.forwardedFor,
      'x-forwarded-proto': client.protocol,
      'x-forwarded-host': client.host,
    },
    signal,
    milliseconds,
    deadline: performance.now() + milliseconds,
  };
}

/** For one event of a stream, which has the time of a request. Its own key, under which stitching gathers what it asks. */
export const askingAnew = (one: Asking): Asking => ({ ...one, deadline: performance.now() + one.milliseconds });
