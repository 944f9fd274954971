import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { randomUUID } from 'node:crypto';

export interface Someone {
  readonly id: string;
  readonly authorization: string;
}

/** Stands in for identity: signs access tokens with a key of its own and serves the JWKS as a `data:` URL. */
export async function createIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' };
  const sign = (claims: JWTPayload, subject: string, audience: string) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'test', typ: 'at+jwt' })
      .setSubject(subject)
      .setIssuer('cairn-identity')
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('10m')
      .setJti(randomUUID())
      .sign(privateKey);
  return {
    environment: { JWKS_URL: `data:application/json,${encodeURIComponent(JSON.stringify({ keys: [jwk] }))}` },
    /** A user with these roles, signed in. */
    async someone(...roles: string[]): Promise<Someone> {
      const id = randomUUID();
      return { id, authorization: `Bearer ${await sign({ sid: randomUUID(), roles, ver: 1 }, id, 'cairn')}` };
    },
    /** A service that may call the service named `audience`. */
    async service(name: string, audience: string): Promise<Someone> {
      return { id: name, authorization: `Bearer ${await sign({ client_id: name }, name, audience)}` };
    },
  };
}
