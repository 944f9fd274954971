import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { DEMO_PASSWORD } from './environment.ts';

/** The people of the demo world. */
export const demoAccounts = [
  { username: 'ada', email: 'ada@cairn.example', displayName: 'Ada', roles: ['author'] },
  { username: 'bob', email: 'bob@cairn.example', displayName: 'Bob', roles: ['reader'] },
] as const;

const FIRST_POST = {
  title: 'Welcome to Cairn',
  body: 'This post was written by the **demo world**: read it, change it, delete it.',
};
const FIRST_SLUG = 'welcome-to-cairn';

export interface DemoOptions {
  /** The origin that answers a public path. */
  readonly originOf: (path: string) => string;
  /** Remembers that filling has begun, so that a crash in the middle is resumed; and that it is done, so that what is deleted stays so. */
  readonly marker: string;
}

/** Fills an empty system through its public API. Answers whether there was anything to do. Each step can be repeated. */
export async function fillDemoWorld({ originOf, marker }: DemoOptions): Promise<boolean> {
  const state = existsSync(marker) ? readFileSync(marker, 'utf8') : undefined;
  if (state === 'done') return false;
  const ask = async (method: string, path: string, body?: unknown, token?: string) => {
    const answer = await fetch(originOf(path) + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const content = (await answer.json().catch(() => undefined)) as
      { items?: unknown[]; accessToken?: string } | undefined;
    return { status: answer.status, content };
  };
  const expect = async (answer: ReturnType<typeof ask>, ...statuses: number[]) => {
    const { status, content } = await answer;
    if (!statuses.includes(status))
      throw new Error(`The demo world could not be filled: ${status} ${JSON.stringify(content)}`);
    return content;
  };
  const posts = await expect(ask('GET', '/api/v1/posts?limit=1'), 200);
  if (state !== 'begun' && posts?.items?.length) return false;
  writeFileSync(marker, 'begun');
  for (const { username, email } of demoAccounts)
    await expect(ask('POST', '/api/v1/users', { username, email, password: DEMO_PASSWORD }), 201, 409);
  const session = await expect(
    ask('POST', '/api/v1/sessions', { login: demoAccounts[0].username, password: DEMO_PASSWORD }),
    201,
  );
  const token = session?.accessToken;
  if ((await ask('GET', `/api/v1/posts/${FIRST_SLUG}`, undefined, token)).status === 404)
    await expect(ask('POST', '/api/v1/posts', FIRST_POST, token), 201);
  await expect(ask('POST', `/api/v1/posts/${FIRST_SLUG}/publish`, {}, token), 200, 201, 409);
  writeFileSync(marker, 'done');
  return true;
}
