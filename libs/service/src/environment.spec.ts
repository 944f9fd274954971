import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { environment, exampleEnvironment, ProcessConfigSchema } from './environment.ts';

test('each wrong variable is named, in a sentence', () => {
  const wrong = () => environment(ProcessConfigSchema, { PORT: '99999999', LOG_LEVEL: 'loud' });
  expect(wrong).toThrow(
    /The environment variable PORT is wrong \("99999999"\): .*\nThe environment variable LOG_LEVEL is wrong \("loud"\): /,
  );
});

test('a value is shown, unless it may be a secret or is long', () => {
  const schema = z.object({ DAYS: z.coerce.number(), API_SECRET: z.coerce.number(), MODE: z.enum(['on', 'off']) });
  const wrong = (variables: NodeJS.ProcessEnv) => () => environment(schema, variables);
  expect(wrong({ DAYS: 'abc', API_SECRET: '1', MODE: 'on' })).toThrow('DAYS is wrong ("abc"): ');
  expect(wrong({ DAYS: '1', API_SECRET: 'abc', MODE: 'on' })).toThrow(/API_SECRET is wrong: (?!.*abc)/);
  expect(wrong({ DAYS: '1', API_SECRET: '1', MODE: 'x'.repeat(41) })).toThrow('MODE is wrong: ');
  expect(wrong({ API_SECRET: '1', MODE: 'on' })).toThrow('DAYS is wrong: ');
});

test('lists are separated by commas', () => {
  expect(environment(ProcessConfigSchema, { PORT: '1', TRUSTED_PROXIES: '10.0.0.0/8, ::1' }).TRUSTED_PROXIES).toEqual([
    '10.0.0.0/8',
    '::1',
  ]);
});

test.each(['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8'])('%s may be a trusted proxy', (peer) =>
  expect(environment(ProcessConfigSchema, { PORT: '1', TRUSTED_PROXIES: peer }).TRUSTED_PROXIES).toEqual([peer]),
);

test.each(['gateway', '10.0.0', '10.0.0.0/33', '10.0.0.0/', '0.0.0.0/0', '::1/x', '::/129', '10.0.0.0/8/8'])(
  '%s may not: it would be taken for nobody, or fail at the first request',
  (peer) =>
    expect(() => environment(ProcessConfigSchema, { PORT: '1', TRUSTED_PROXIES: `::1,${peer}` })).toThrow(
      `The environment variable TRUSTED_PROXIES is wrong (${JSON.stringify(`::1,${peer}`)}): "${peer}" is neither an address nor a CIDR range.`,
    ),
);

test('a schema describes an environment by the examples of what is required', () => {
  const schema = z.object({ URL: z.url().meta({ example: 'http://x' }), OPTIONAL: z.string().optional() });
  expect(environment(schema, exampleEnvironment(schema))).toEqual({ URL: 'http://x' });
});
