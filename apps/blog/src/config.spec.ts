import { environment, exampleEnvironment } from '@cairn/service';
import { expect, test } from '@jest/globals';
import { ConfigSchema } from './config.ts';

test.each(['PUBLIC_URL', 'REDIS_URL', 'DATABASE_URL', 'JWKS_URL'])(
  '%s has no default that would be wrong elsewhere',
  (name) => {
    const complete = exampleEnvironment(ConfigSchema);
    expect(environment(ConfigSchema, complete)).toHaveProperty(name);
    expect(() => environment(ConfigSchema, { ...complete, [name]: undefined })).toThrow(
      `The environment variable ${name} is wrong`,
    );
  },
);
