import { hkdfSync } from 'node:crypto';

/** One secret in the environment, an independent key for each purpose (HKDF-SHA-256, RFC 5869). 32 bytes. */
export const derivedKey = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `cairn-identity ${purpose}`, 32));
