import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload, type JWTHeaderParameters } from 'jose';
import { createHmac, randomUUID, sign as signBytes, type KeyObject } from 'node:crypto';
import { KeysUnavailable, RevocationsUnknown } from './auth.errors.ts';
import { RevocationFeed } from './revocation-feed.service.ts';
import type { Revocation, RevokedAccess } from './revoked-access.ts';
import { TokenVerifier } from './token-verifier.service.ts';
import { VerifiedTokens } from './verified-tokens.ts';

const options = {
  issuer: 'cairn-identity',
  audience: 'cairn',
  service: 'blog',
  redisUrl: 'redis://none',
  maxTokenSeconds: 3_600,
};
const id = randomUUID();
const now = Math.floor(Date.now() / 1_000);
const claims = { iss: 'cairn-identity', aud: 'cairn', sub: id, sid: randomUUID(), jti: randomUUID(), iat: now };
const user: JWTPayload = { ...claims, roles: ['reader'], ver: 3, exp: now + 600 };
const { sid: _sid, ...noSession } = claims;
const service: JWTPayload = { ...noSession, sub: 'shop', client_id: 'shop', aud: 'blog', exp: now + 300 };

let key: KeyObject;
let stranger: KeyObject;
let jwk: Record<string, unknown>;
beforeAll(async () => {
  const [own, other] = await Promise.all([1, 2].map(() => generateKeyPair('ES256', { extractable: true })));
  key = own!.privateKey as unknown as KeyObject;
  stranger = other!.privateKey as unknown as KeyObject;
  jwk = { ...(await exportJWK(own!.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
});

const sign = (payload: JWTPayload, header: Partial<JWTHeaderParameters> = {}, by = key) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt', ...header }).sign(by);

/** Signs by hand what no library would. */
function forge(header: object, payload: object, signature: (text: string) => string): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${signature(text)}`;
}

function verifier(jwks: () => Promise<unknown> = async () => ({ keys: [jwk] }), { known = true } = {}) {
  const feed = new RevocationFeed(options);
  const revoked = (feed as unknown as { revoked: RevokedAccess }).revoked;
  (feed as unknown as { known: boolean }).known = known;
  return {
    tokens: new TokenVerifier(options, { jwks }, feed),
    revoke: (revocation: Revocation) => revoked.add(revocation),
  };
}

const refused = { status: 401 };

test('a token of a user and one of a service say who calls', async () => {
  const { tokens } = verifier();
  expect((await tokens.verify(await sign(user))).caller).toEqual({ id, sessionId: claims.sid, roles: ['reader'] });
  expect((await tokens.verify(await sign(user, { typ: 'application/AT+JWT' }))).tokenVersion).toBe(3);
  expect((await tokens.verify(await sign(service))).caller).toEqual({ service: 'shop' });
});

test.each<[string, () => string | Promise<string>]>([
  ['is no token', () => 'nonsense'],
  ['has no algorithm', () => forge({ alg: 'none', kid: 'one', typ: 'at+jwt' }, user, () => '')],
  ['is unsigned but says ES256', () => forge({ alg: 'ES256', kid: 'one', typ: 'at+jwt' }, user, () => '')],
  [
    'is signed by HS256 with the public key',
    () =>
      forge({ alg: 'HS256', kid: 'one', typ: 'at+jwt' }, user, (text) =>
        createHmac('sha256', JSON.stringify(jwk)).update(text).digest('base64url'),
      ),
  ],
  ['is signed by somebody else', () => sign(user, {}, stranger)],
  ['was changed after it was signed', async () => (await sign(user)).replace(/\.[^.]+\./, `.${btoa('{}')}.`)],
  ['names an unknown key', () => sign(user, { kid: 'two' })],
  ['names no key', () => sign(user, { kid: undefined as never })],
  ['is of another type', () => sign(user, { typ: 'JWT' })],
  ['is of no type', () => sign(user, { typ: undefined as never })],
  ['has an extension that must be understood', () => forgeSigned({ crit: ['x'], x: 1 })],
  ['is of another issuer', () => sign({ ...user, iss: 'somebody' })],
  ['is for another audience', () => sign({ ...user, aud: 'elsewhere' })],
  ['is for several audiences', () => sign({ ...user, aud: ['cairn', 'elsewhere'] })],
  ['is a user’s but for this service', () => sign({ ...user, aud: 'blog' })],
  ['is a service’s but for users', () => sign({ ...service, aud: 'cairn' })],
  ['is a service’s for another service', () => sign({ ...service, aud: 'shop' })],
  ['is a service’s with a session', () => sign({ ...service, sid: randomUUID() })],
  ['names one service and is another’s', () => sign({ ...service, client_id: 'blog' })],
  ['has expired', () => sign({ ...user, exp: now - 60 })],
  ['never expires', () => sign({ ...user, exp: undefined })],
  ['is not valid yet', () => sign({ ...user, nbf: now + 60 })],
  ['was issued in the future', () => sign({ ...user, iat: now + 60 })],
  ['lives longer than its revocation is kept', () => sign({ ...user, exp: now + 3_601 })],
  ['has no session', () => sign({ ...user, sid: undefined })],
  ['has no version', () => sign({ ...user, ver: undefined })],
  ['has an unknown role', () => sign({ ...user, roles: ['root'] })],
  ['is of nobody', () => sign({ ...user, sub: undefined })],
])('a token that %s is refused', async (_, token) => {
  await expect(verifier().tokens.verify(await token())).rejects.toMatchObject(refused);
});

/** Some turns of the event loop, until it holds. */
async function eventually(assertion: () => Promise<void>, turns = 100): Promise<void> {
  for (; turns > 0; turns--) {
    try {
      return await assertion();
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await assertion();
}

/** jose refuses to sign an unknown `crit`, so the header is signed as text. */
function forgeSigned(header: object): string {
  return forge({ alg: 'ES256', kid: 'one', typ: 'at+jwt', ...header }, user, (text) =>
    signBytes('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
  );
}

test('a header signed as text is accepted without the extension: the one above is refused for it alone', async () => {
  await expect(verifier().tokens.verify(forgeSigned({}))).resolves.toBeDefined();
});

describe('revocation ends a token that has been verified before', () => {
  const until = Date.now() + 600_000;
  test.each<[string, Revocation, boolean]>([
    ['its session', { kind: 'session', sessionId: claims.sid, until }, true],
    ['another session', { kind: 'session', sessionId: randomUUID(), until }, false],
    ['a later version of its user', { kind: 'user', userId: id, minTokenVersion: 4, until }, true],
    ['its own version', { kind: 'user', userId: id, minTokenVersion: 3, until }, false],
    ['another user', { kind: 'user', userId: randomUUID(), minTokenVersion: 9, until }, false],
  ])('%s', async (_, revocation, ends) => {
    const { tokens, revoke } = verifier();
    const token = await sign(user);
    await tokens.verify(token);
    revoke(revocation);
    const again = tokens.verify(token);
    if (ends) await expect(again).rejects.toMatchObject(refused);
    else await expect(again).resolves.toBeDefined();
  });
});

test('the issuer’s keys are fetched once for many callers, and once a second at most for made-up keys', async () => {
  let fetches = 0;
  const { tokens } = verifier(async () => ({ keys: fetches++ === 0 ? [jwk, { kty: 'RSA', kid: 'other' }] : [jwk] }));
  const token = await sign(user);
  await Promise.all(Array.from({ length: 20 }, () => tokens.verify(token)));
  expect(fetches).toBe(1);
  const madeUp = await Promise.all(Array.from({ length: 50 }, (_, n) => sign(user, { kid: `made-up-${n}` })));
  await Promise.all(madeUp.map((each) => expect(tokens.verify(each)).rejects.toMatchObject(refused)));
  expect(fetches).toBeLessThanOrEqual(2);
});

test('a token of a key that the issuer has withdrawn is refused, though it was verified before', async () => {
  let keys = [jwk];
  const { tokens } = verifier(async () => ({ keys }));
  const token = await sign(user);
  await tokens.verify(token);
  keys = [];
  const now = performance.now();
  const later = jest.spyOn(performance, 'now').mockReturnValue(now + 61_000); // the copy of the keys is a minute old
  await expect(tokens.verify(token)).resolves.toBeDefined(); // renewed in the background
  await eventually(() => expect(tokens.verify(token)).rejects.toMatchObject(refused));
  later.mockRestore();
});

test('before the first list of revocations nobody can say whether a user’s token is good; a service’s cannot be revoked', async () => {
  const { tokens } = verifier(undefined, { known: false });
  await expect(tokens.verify(await sign(user))).rejects.toBeInstanceOf(RevocationsUnknown);
  await expect(tokens.verify('nonsense')).rejects.toMatchObject(refused);
  await expect(tokens.verify(await sign(service))).resolves.toBeDefined();
});

test('keys that cannot be fetched are no fault of the token; those that are known go on', async () => {
  let away = true;
  const { tokens } = verifier(async () => {
    if (away) throw new Error('connection refused');
    return { keys: [jwk] };
  });
  await expect(tokens.verify(await sign(user))).rejects.toBeInstanceOf(KeysUnavailable);

  const known = verifier(async () => {
    if (away) throw new Error('connection refused');
    return { keys: [jwk] };
  });
  away = false;
  await known.tokens.verify(await sign(user));
  away = true;
  await expect(known.tokens.verify(await sign({ ...user, jti: 'another' }))).resolves.toBeDefined();
});

test('a verified token is remembered until it expires, the least recently used forgotten first', () => {
  const remembered = new VerifiedTokens(2);
  const verified = { caller: { service: 'shop' }, expiresAt: 1_000, tokenVersion: 0, kid: 'one' };
  remembered.add('a', verified);
  remembered.add('b', verified);
  expect(remembered.get('a', 999)).toBe(verified);
  remembered.add('c', verified);
  expect(remembered.get('b', 999)).toBeUndefined();
  expect(remembered.get('a', 1_000)).toBeUndefined();
});
