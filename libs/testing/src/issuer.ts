import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';

export interface Someone {
  readonly id: string;
  readonly authorization: string;
}

/** Stands in for identity: signs access tokens with a key of its own and serves the JWKS as a `data:` URL. */
export async function createIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' };
  return {
    environment: { JWKS_URL: `data:application/json,${encodeURIComponent(JSON.stringify({ keys: [jwk] }))}` },
    async someone(...roles: string[]): Promise<Someone> {
      const id = randomUUID();
      const token = await new SignJWT({ sid: randomUUID(), roles })
        .setProtectedHeader({ alg: 'ES256', kid: 'test', typ: 'at+jwt' })
        .setSubject(id)
        .setIssuer('cairn-identity')
        .setAudience('cairn')
        .setIssuedAt()
        .setExpirationTime('10m')
        .setJti(randomUUID())
        .sign(privateKey);
      return { id, authorization: `Bearer ${token}` };
    },
  };
}
