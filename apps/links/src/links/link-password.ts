import { boundedQueue } from '@cairn/resilience';
import { hash, verify } from '@node-rs/argon2';

/** Two at once: a thread each, and libuv has four, which the spool needs as well. Who would wait too long is told to come again. */
const inTurn = boundedQueue({ concurrency: 2, queue: 50, retryAfter: 2 });
const normalized = (password: string) => password.normalize('NFC');

/** argon2id at the library's cost, which is OWASP's (19 MiB, 2 passes): docs/adr/0013-password-hashing.md. @throws Overloaded */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(normalized(password)));

/** @throws Overloaded */
export const verifyPassword = (password: string, known: string): Promise<boolean> =>
  inTurn(() => verify(known, normalized(password)));
