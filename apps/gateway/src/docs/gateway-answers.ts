import { operationsOf, type Answer, type OpenApi } from './open-api.ts';

const header = (description: string) => ({ schema: { type: 'string' }, description });
const HEADERS = {
  'RateLimit-Policy': header('The limit that was reached: `"<name>";q=<quota>;w=<window in seconds>`'),
  RateLimit: header('`"<name>";r=<what is left>;t=<seconds until more is allowed>`'),
  'Retry-After': header('Seconds to wait'),
};
const LIMITED = ['RateLimit-Policy', 'RateLimit', 'Retry-After'] as const;

const answer = (description: string, headers: readonly (keyof typeof HEADERS)[] = []): Answer => ({
  description,
  ...(headers.length && { headers: references(headers) }),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } } },
});
const references = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** What the gateway itself may answer to any request, whichever service it is for. */
const ANSWERS = {
  429: ['TooManyRequests', answer('Too many requests from this account or address', LIMITED)],
  502: ['OutcomeUnknown', answer('The connection to the service was lost: it may have done what was asked for')],
  503: ['Unavailable', answer('The service, or what it depends on, cannot answer now', ['Retry-After'])],
  504: ['TooSlow', answer('The service took longer than it may')],
} as const;

/** Adds what stands in front of the services: limits, time-outs, a service that is down. What a service says of the same status stays. */
export function addGatewayAnswers(document: OpenApi): OpenApi {
  const copy = structuredClone(document);
  copy.components.headers = { ...copy.components.headers, ...HEADERS };
  copy.components.responses = { ...copy.components.responses, ...Object.fromEntries(Object.values(ANSWERS)) };
  for (const { operation } of operationsOf(copy)) {
    for (const [status, [name]] of Object.entries(ANSWERS)) {
      const known = operation.responses[status] as Answer | undefined;
      if (!known || status === '503') operation.responses[status] = { $ref: `#/components/responses/${name}` };
      else if (status === '429') known.headers = { ...known.headers, ...references(LIMITED) };
    }
  }
  return copy;
}
