import { hash, parseOptions, verify, type Options } from '@node-rs/argon2';
import { normalizePassword, type HashingScheme } from './hashing-scheme.ts';

/** Memory in KiB, and passes over it. RFC 9106; OWASP's least: 19,456 KiB and 2. */
export interface Argon2Cost {
  readonly memory: number;
  readonly passes: number;
}

export function argon2idScheme({ memory, passes }: Argon2Cost): HashingScheme {
  // The library's default is Argon2id, version 19, 16 bytes of salt; it writes the PHC text `$argon2id$v=19$m=…,t=…,p=1$salt$hash`.
  const options: Options = { memoryCost: memory, timeCost: passes, parallelism: 1 };
  return {
    hash: (password) => hash(normalizePassword(password), options),
    verify: (password, made) => verify(made, normalizePassword(password)),
    made: (text) => text.startsWith('$argon2id$'),
    isCurrent(text) {
      if (!text.startsWith('$argon2id$v=19$')) return false;
      const { memoryCost, timeCost, parallelism } = parseOptions(text);
      return memoryCost === memory && timeCost === passes && parallelism === 1;
    },
  };
}
