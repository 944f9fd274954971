/** A way of hashing passwords. It works on threads, never on the event loop, and recognises what it has made. */
export interface HashingScheme {
  hash(password: string): Promise<string>;
  verify(password: string, hash: string): Promise<boolean>;
  /** Whether this scheme made the hash, under whatever cost. */
  made(hash: string): boolean;
  /** Whether it would make the hash with the same version and cost today. */
  isCurrent(hash: string): boolean;
}

/** One form for a password that keyboards and systems compose differently (NFC, as RFC 8265, section 4.2.2, says). */
export const normalizePassword = (password: string) => password.normalize('NFC');
