import { Api } from '@cairn/local/api';
import type { System } from './system.ts';

const PASSWORD = 'measured and weighed';
/** Passwords are not what is measured, and a run outlives ten minutes. */
export const IDENTITY = { NODE_ENV: 'test', BCRYPT_COST: '4', ACCESS_TOKEN_SECONDS: '3600' };

const api = (system: System) =>
  new Api((path) => system.origin(/^\/api\/v1\/(users|sessions)/.test(path) ? 'identity' : 'blog'));

/** An author who signs in as often as wanted; identity must run. */
export async function author(system: System, username: string) {
  const account = { username, email: `${username}@cairn.example`, password: PASSWORD };
  await api(system).ask('POST', '/api/v1/users', { body: account, orElse: [409] });
  const signIn = () =>
    api(system).ask<{ accessToken: string; refreshToken: string; user: { id: string } }>('POST', '/api/v1/sessions', {
      body: { login: username, password: PASSWORD },
    });
  return { ...(await signIn()), signIn };
}

export interface Post {
  readonly id: string;
  readonly slug: string;
  readonly author: object;
}

/** So many published posts with 1.2 KB of text each, the youngest last; blog must run too. */
export async function posts(system: System, count: number): Promise<Post[]> {
  const { accessToken: token } = await author(system, 'bench');
  const body = Array.from({ length: 8 }, (_, n) => `**${n}.** ${'A cairn shows the way. '.repeat(6)}`).join('\n\n');
  const made: Post[] = [];
  for (let n = 0; n < count; n++) {
    const content = { title: `Measured ${n}`, body, tags: ['bench'] };
    const { slug } = await api(system).ask<Post>('POST', '/api/v1/posts', { token, body: content });
    await api(system).ask('POST', `/api/v1/posts/${slug}/publish`, { token, body: {} });
    made.push(await api(system).ask<Post>('GET', `/api/v1/posts/${slug}`));
  }
  return made;
}
