/** Thrown where the resource has another address now: leaves as 301 with Location (RFC 9110, section 15.4.2). */
export class MovedPermanently extends Error {
  constructor(readonly path: string) {
    super(`Moved to ${path}`);
  }
}
