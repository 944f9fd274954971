import { randomUUID } from 'node:crypto';

/** 1–128 visible ASCII characters: nothing that could forge a log line or a header. */
const ACCEPTABLE = /^[\x21-\x7e]{1,128}$/;

/** The caller's X-Request-Id when it is acceptable, else a new one. */
export const requestIdFrom = (header: unknown): string =>
  typeof header === 'string' && ACCEPTABLE.test(header) ? header : randomUUID();
