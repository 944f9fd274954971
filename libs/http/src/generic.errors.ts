import { STATUS_CODES } from 'node:http';

/** What leaves without an error class of its own. */
export const INVALID_INPUT = { code: 'request.invalid', status: 400, title: 'The request is invalid' };
export const UNAVAILABLE = { code: 'service.unavailable', status: 503, title: 'A dependency is unavailable' };

/** Of HTTP itself: a malformed body, an unknown path. */
export function ofStatus(status: number) {
  const title = STATUS_CODES[status] ?? 'Error';
  return { code: `http.${title.toLowerCase().replaceAll(' ', '-')}`, status, title };
}

/** All of them, for docs/errors.md. */
export const genericProblems = [
  INVALID_INPUT,
  UNAVAILABLE,
  ...[400, 401, 403, 404, 405, 408, 413, 414, 415, 431, 500, 502, 503, 504].map(ofStatus),
];
