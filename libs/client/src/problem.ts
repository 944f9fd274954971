import type { components } from './schema.ts';

export type ProblemDetails = components['schemas']['ProblemDetails'];

/** An answer that is no success, as an error: RFC 9457, with the stable `code` by which to tell them apart (docs/errors.md). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  /** `http.<status>` of an answer that is no problem+json: something between client and gateway has given it. */
  readonly code: string;
  readonly details: Partial<ProblemDetails>;
  /** Seconds to wait, where the answer says so. */
  readonly retryAfter: number | undefined;

  constructor(response: Response, body: unknown) {
    const type = response.headers.get('content-type') ?? '';
    const details = type.startsWith('application/problem+json') ? (body as ProblemDetails) : undefined;
    const said = details && (details.detail ?? details.title);
    super(`${new URL(response.url).pathname}: ${response.status} ${said ?? response.statusText}`);
    this.status = response.status;
    this.code = details?.code ?? `http.${response.status}`;
    this.details = details ?? {};
    const seconds = Number(response.headers.get('retry-after') ?? NaN);
    this.retryAfter = Number.isNaN(seconds) ? undefined : seconds;
  }
}

/**
 * The body of a success. Use it where every other answer is a failure; where one is not, look at `error.code` instead.
 * @throws Problem for any other answer
 */
export async function orThrow<Data>(
  answer: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Exclude<Data, undefined>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new Problem(response, error);
  return data as Exclude<Data, undefined>;
}
