import type { IncomingHttpHeaders } from 'node:http';

/** Do Not Track, or Global Privacy Control (https://w3c.github.io/gpc/#the-sec-gpc-header-field-for-http-requests). */
export const asksNotToBeTracked = (headers: IncomingHttpHeaders): boolean =>
  headers.dnt === '1' || headers['sec-gpc'] === '1';
