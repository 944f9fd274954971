import type { IncomingHttpHeaders } from 'node:http';

/** Headers that a page of another origin cannot send before a preflight has been allowed. */
const FORCING = ['apollo-require-preflight', 'x-apollo-operation-name', 'x-requested-with', 'authorization'];

/**
 * Whether the request cannot have been made by a form, an image or a link of somebody else's page. A POST is past this already: only JSON is
 * read, and no form sends that.
 */
export const isDeliberate = (headers: IncomingHttpHeaders): boolean =>
  FORCING.some((name) => headers[name] !== undefined) ||
  /^application\/json\b/i.test(headers['content-type'] ?? '') ||
  /\bapplication\/(graphql-response\+)?json\b/i.test(headers.accept ?? '');
