import fastify from 'fastify';
import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { listening } from './listening.ts';

/*
 * The same work on the same tables with as little around it as there can be: one transaction that locks a session, writes its next hash
 * and reads its user; one ES256 signature. It keeps no chain of tokens, looks for no theft and asks for no device. Every caller gets a
 * session of its own, a copy of the one that it is given.
 */

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL!, max: 20 });
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = base64url({ alg: 'ES256', kid: randomUUID(), typ: 'at+jwt' });
const SESSION = 'user_id, generation, current_hash, network, address, agent, created_at, last_used_at, expires_at';

const COPY = `INSERT INTO sessions (id, ${SESSION}) SELECT $1, ${SESSION} FROM sessions WHERE id = $2`;
const LOCK = { name: 'lock', text: 'SELECT *, clock_timestamp() AS now FROM sessions WHERE id = $1 FOR UPDATE' };
const ROTATE = {
  name: 'rotate',
  text: `UPDATE sessions SET generation = generation + 1, previous_hash = current_hash, current_hash = $2, rotated_at = $3,
    last_used_at = $3, address = $4, agent = $5 WHERE id = $1`,
};
const USER = { name: 'user', text: 'SELECT * FROM users WHERE id = $1' };

/** The session that stands for each token that came from identity. */
const copies = new Map<string, Promise<string>>();

async function copy(): Promise<string> {
  const id = randomUUID();
  await pool.query(COPY, [id, process.env.SESSION]);
  return id;
}

const app = fastify();
app.post<{ Body: { refreshToken: string } }>('/api/v1/sessions/refresh', async ({ body, ip, headers }) => {
  const [presented = ''] = body.refreshToken.split('.');
  if (!copies.has(presented)) copies.set(presented, copy());
  const id = await copies.get(presented)!;
  const secret = randomBytes(32);
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows: [session] } = await client.query({ ...LOCK, values: [id] }); // prettier-ignore
    const values = [id, createHash('sha256').update(secret).digest(), session.now, ip, headers['user-agent'] ?? ''];
    await client.query({ ...ROTATE, values });
    await client.query('COMMIT');
    const { rows: [user] } = await client.query({ ...USER, values: [session.user_id] }); // prettier-ignore
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      sid: id,
      roles: user.roles,
      ver: 1,
      iss: 'cairn',
      aud: 'cairn',
      sub: user.id,
      jti: randomUUID(),
      iat: now,
      exp: now + 600,
    };
    const text = `${HEADER}.${base64url(claims)}`;
    const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return {
      accessToken: `${text}.${signature.toString('base64url')}`,
      refreshToken: `${presented}.0.${secret.toString('base64url')}`,
      expiresIn: 600,
      user: { id: user.id, username: user.username, email: user.email, roles: user.roles },
    };
  } finally {
    client.release();
  }
});
await app.listen({ port: 0, host: '127.0.0.1' });
listening((app.server.address() as AddressInfo).port);
