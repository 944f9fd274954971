import { randomUUID, sign, type KeyObject } from 'node:crypto';

export interface SignedBy {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/**
 * A JWT that lives for so many seconds from now, in the compact form of a JWS (RFC 7515, section 7.1), signed by ES256 (RFC 7518,
 * section 3.4). By node:crypto, because a library on WebCrypto copies the key and takes two threads for each token, which costs
 * several times the signature: docs/patterns/reading-a-profile.md.
 */
export function signJwt(claims: object, typ: string, seconds: number, { kid, privateKey }: SignedBy): string {
  const iat = Math.floor(Date.now() / 1_000);
  const payload = { ...claims, jti: randomUUID(), iat, exp: iat + seconds };
  const text = `${encoded({ alg: 'ES256', kid, typ })}.${encoded(payload)}`;
  const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
