import createFetchClient, { type Client as FetchClient } from 'openapi-fetch';
import type { paths } from './schema.ts';

export type Client = FetchClient<paths>;

export interface ClientOptions {
  /** Of the gateway: `https://api.example.com`. */
  readonly origin: string;
  /** An access token; a function is asked before each request, so that it can be renewed. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Milliseconds until a request is given up: 30 s unless told otherwise. The promise then rejects with a TimeoutError. */
  readonly timeoutMs?: number;
}

/** A client of the public API: paths, parameters, bodies and answers are typed by its description. */
export function createClient({ origin, token, timeoutMs = 30_000 }: ClientOptions): Client {
  const client = createFetchClient<paths>({ baseUrl: origin });
  client.use({
    async onRequest({ request }) {
      const current = typeof token === 'function' ? await token() : token;
      if (current && !request.headers.has('Authorization')) request.headers.set('Authorization', `Bearer ${current}`);
      return new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]) });
    },
  });
  return client;
}

/** The header that makes a create safe to send again. Make it once, and send the same with each try. */
export const idempotencyKey = () => ({ 'Idempotency-Key': crypto.randomUUID() });
