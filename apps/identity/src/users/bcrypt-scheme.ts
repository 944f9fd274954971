import bcrypt from 'bcrypt';
import { createHmac } from 'node:crypto';
import { normalizePassword, type HashingScheme } from './hashing-scheme.ts';

/** Says that bcrypt saw an HMAC and not the password; what follows is bcrypt's own text (`$2b$12$…`). */
const PREFIX = '$bcrypt-hmac-sha384';

/**
 * bcrypt reads 72 bytes and, in some implementations, stops at a zero byte. So it gets the HMAC-SHA-384 of the password in base64:
 * 64 visible characters that depend on every byte. The fixed key is no secret: it keeps the SHA-384 hashes of other sites'
 * leaks from being tried against ours ("password shucking").
 */
const prehash = (password: string) =>
  createHmac('sha384', 'cairn.identity.password.v1').update(normalizePassword(password)).digest('base64');

/** @param cost base-2 logarithm of the rounds: 12 takes about 0.2 s of one core */
export const bcryptScheme = (cost: number): HashingScheme => ({
  hash: async (password) => PREFIX + (await bcrypt.hash(prehash(password), cost)),
  verify: (password, hash) => bcrypt.compare(prehash(password), hash.slice(PREFIX.length)),
  made: (hash) => hash.startsWith(PREFIX),
  isCurrent: (hash) => hash.startsWith(`${PREFIX}$2b$${String(cost).padStart(2, '0')}$`),
});
