import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { randomUUID } from 'node:crypto';

/** Seconds for which libs/auth takes a token that has run out. */
const CLOCK_TOLERANCE = 5;

export interface Someone {
  readonly id: string;
  readonly authorization: string;
}

/** Stands in for identity: signs access tokens with a key of its own and serves the JWKS as a `data:` URL. */
export async function createIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' };
  const sign = (claims: JWTPayload, subject: string, audience: string, expires: string | Date = '10m') =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'test', typ: 'at+jwt' })
      .setSubject(subject)
      .setIssuer('cairn-identity')
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(expires)
      .setJti(randomUUID())
      .sign(privateKey);
  async function user(roles: string[], expires?: Date): Promise<Someone> {
    const id = randomUUID();
    const token = await sign({ sid: randomUUID(), roles, ver: 1 }, id, 'cairn', expires);
    return { id, authorization: `Bearer ${token}` };
  }
  return {
    environment: { JWKS_URL: `data:application/json,${encodeURIComponent(JSON.stringify({ keys: [jwk] }))}` },
    /** A user with these roles, signed in. */
    someone: (...roles: string[]): Promise<Someone> => user(roles),
    /** A user whose token is good for so many seconds, the tolerance for clocks that differ included. */
    someoneFor: (seconds: number): Promise<Someone> =>
      user([], new Date(Date.now() + (seconds - CLOCK_TOLERANCE) * 1_000)),
    /** A service that may call the service named `audience`. */
    async service(name: string, audience: string): Promise<Someone> {
      return { id: name, authorization: `Bearer ${await sign({ client_id: name }, name, audience)}` };
    },
  };
}
