import { randomBytes } from 'node:crypto';
import { logIn, newcomer } from './client.ts';
import type { Proof } from './proof.ts';
import { installSchemathesis, schemathesis } from './schemathesis.ts';

/** They end the session that asks. */
const ENDINGS = '^/api/v1/sessions/(current|\\{id\\})$';

/** Every operation that the gateway describes, through it, with what is valid and what is not, as a stranger, an author and an admin. */
export const hostile: Proof = {
  name: 'hostile',
  async prove(system) {
    await installSchemathesis();
    const newToken = async () => (await newcomer(system.gateway, `h${randomBytes(6).toString('hex')}`)).token;
    // All tokens first: afterwards this address has guessed at too many passwords.
    const tokens = {
      stranger: undefined,
      author: await newToken(),
      leaving: await newToken(),
      admin: await logIn(system.gateway, system.admin),
    };
    const failures: string[] = [];
    let requests = 0;
    const run = async (token: string | undefined, ...args: string[]) => {
      try {
        requests += Number(await schemathesis({ origin: system.gateway, ...(token && { token }), args }));
      } catch (error) {
        failures.push((error as Error).message);
      }
    };
    // The admin last: it finds the others by listing users, and suspends them.
    for (const who of ['stranger', 'author', 'admin'] as const) await run(tokens[who], '--exclude-path-regex', ENDINGS);
    await run(tokens.leaving, '--include-path-regex', ENDINGS);
    if (failures.length) throw new Error(failures.join('\n\n'));
    return `${requests} requests as a stranger, an author and an admin: all as described`;
  },
};
