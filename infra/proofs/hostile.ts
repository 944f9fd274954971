import { createClient, orThrow } from '@cairn/client';
import { randomBytes } from 'node:crypto';
import { newcomer } from './client.ts';
import type { Proof } from './proof.ts';
import { installSchemathesis, schemathesis } from './schemathesis.ts';

/** They end the session that asks. */
const ENDINGS = '^/api/v1/sessions/(current|\\{id\\})$';
/** Of who may have them there is no end to wait for. */
const STREAMS = '/stream$';

/** Every operation that the gateway describes, through it, with what is valid and what is not, as a stranger, an author and an admin. */
export const hostile: Proof = {
  name: 'hostile',
  async prove(system) {
    await installSchemathesis();
    const api = createClient({ origin: system.gateway });
    const session = async ({ login, password }: { login: string; password: string }) => {
      const { refreshToken } = await orThrow(api.POST('/api/v1/sessions', { body: { login, password } }));
      return refreshToken;
    };
    const signUp = async () => session(await newcomer(system.gateway, `h${randomBytes(6).toString('hex')}`));
    // All sessions first: afterwards this address has guessed at too many passwords.
    const sessions = {
      stranger: undefined,
      author: await signUp(),
      leaving: await signUp(),
      admin: await session(system.admin),
    };
    const failures: string[] = [];
    let requests = 0;
    const run = async (refreshToken: string | undefined, ...args: string[]) => {
      try {
        // Of this moment: the runs before it may have taken longer than a token lives.
        const token = refreshToken && (await orThrow(api.POST('/api/v1/sessions/refresh', { body: { refreshToken } }))).accessToken; // prettier-ignore
        requests += Number(await schemathesis({ origin: system.gateway, ...(token && { token }), args }));
      } catch (error) {
        failures.push((error as Error).message);
      }
    };
    await run(sessions.leaving, '--include-path-regex', ENDINGS);
    // The admin last: it finds the others by listing users, and suspends them.
    for (const who of ['stranger', 'author', 'admin'] as const)
      await run(sessions[who], '--exclude-path-regex', who === 'stranger' ? ENDINGS : `${ENDINGS}|${STREAMS}`);
    if (failures.length) throw new Error(failures.join('\n\n'));
    return `${requests} requests as a stranger, an author and an admin: all as described`;
  },
};
