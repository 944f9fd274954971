/** Milliseconds to wait as the Retry-After header says, in seconds or as a date (RFC 9110, section 10.2.3); 0 when it does not. */
export function retryAfterMs(header: string | null, now = Date.now()): number {
  if (!header) return 0;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
