import { describe, expect, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createLogger, NestLogger, requestContext } from './index.ts';

function recorded(level: 'info' | 'trace' = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ name: 'blog', level, destination: { write: (line) => void lines.push(line) } });
  return { logger, text: () => lines.join(''), last: () => JSON.parse(lines.at(-1)!) };
}

describe('a line', () => {
  test('is one JSON object that names its service, its build, level and time', () => {
    const { logger, text, last } = recorded();
    logger.info({ answer: 42 }, 'two\nlines');
    expect(text().trimEnd().split('\n')).toHaveLength(1);
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: 'blog',
      version: 'development',
      answer: 42,
      msg: 'two\nlines',
    });
  });

  test('carries the ids of the request under way', () => {
    const { logger, last } = recorded();
    const request = { requestId: 'r-1', traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: '01' };
    requestContext.run({ ...request, userId: 'u-1' }, () => logger.info('here'));
    const { traceFlags: _flags, ...ids } = request;
    expect(last()).toMatchObject({ ...ids, userId: 'u-1' });
    logger.info('outside');
    expect(last()).not.toHaveProperty('requestId');
  });

  test('has no secret in it, however deep it lies', () => {
    const { logger, text, last } = recorded();
    const input = {
      password: 's3cret',
      headers: { Authorization: 'Bearer s3cret', cookie: 's3cret', 'set-cookie': ['s3cret'] },
      body: { items: [{ refreshToken: 's3cret', deep: { clientSecret: 's3cret', accessToken: 's3cret' } }] },
      at: new Date(0),
    };
    logger.info(input, 'in');
    expect(text()).not.toContain('s3cret');
    expect(last()).toMatchObject({ password: '[redacted]', at: '1970-01-01T00:00:00.000Z' });
    expect(input.password).toBe('s3cret'); // what was logged is not changed
  });

  test('describes an error by type, message, stack and cause, without what libraries hang onto it', () => {
    const { logger, text, last } = recorded();
    const cause = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(ada@example.org)' });
    logger.error({ err: Object.assign(new TypeError('no', { cause }), { parameters: ['$2b$12$hash'] }) }, 'failed');
    expect(last().err).toMatchObject({ type: 'TypeError', message: 'no', cause: { code: '23505' } });
    expect(last().err.stack).toContain('logger.spec');
    expect(text()).not.toMatch(/hash|ada@/);
    logger.error(new Error('alone'));
    expect(last()).toMatchObject({ msg: 'alone', err: { message: 'alone' } });
  });

  test('survives a cycle', () => {
    const { logger, last } = recorded();
    const cycle: Record<string, unknown> = { name: 'round' };
    cycle.self = cycle;
    logger.info({ cycle }, 'in');
    expect(last().cycle.name).toBe('round');
  });
});

describe("Nest's messages", () => {
  test.each([
    ['log', 'info'],
    ['fatal', 'fatal'],
    ['error', 'error'],
    ['warn', 'warn'],
    ['debug', 'debug'],
    ['verbose', 'trace'],
  ] as const)('%s is %s', (method, level) => {
    const { logger, last } = recorded('trace');
    new NestLogger(logger)[method]('said', 'RouterExplorer');
    expect(last()).toMatchObject({ level, msg: 'said', context: 'RouterExplorer' });
  });

  test('an error keeps its stack under err, in each of the ways that Nest passes it', () => {
    const { logger, last } = recorded();
    const nest = new NestLogger(logger);
    const error = new Error('broken');
    nest.error(error, 'Context');
    expect(last()).toMatchObject({ msg: 'broken', context: 'Context', err: { message: 'broken', stack: error.stack } });
    nest.error('broken', error.stack, 'Context');
    expect(last()).toMatchObject({ msg: 'broken', context: 'Context', err: { stack: error.stack } });
    nest.error('it happened', error, 'Context');
    expect(last()).toMatchObject({ msg: 'it happened', context: 'Context', err: { message: 'broken' } });
    nest.error(error.stack);
    expect(last().err.stack).toBe(error.stack);
  });

  test('a sentence that comes with an error is the message, and the error stands beside it', () => {
    const { logger, last } = recorded();
    Logger.overrideLogger(new NestLogger(logger));
    const error = new Error('broken');
    const nest = new Logger('Job');
    nest.error(error, 'The job failed');
    expect(last()).toMatchObject({ msg: 'The job failed', context: 'Job', err: { message: 'broken' } });
    nest.error(error);
    expect(last()).toMatchObject({ msg: 'broken', context: 'Job', err: { message: 'broken' } });
    nest.error('it happened', error.stack);
    expect(last()).toMatchObject({ msg: 'it happened', context: 'Job', err: { stack: error.stack } });
    nest.warn({ postId: '7' }, 'It is slow');
    expect(last()).toMatchObject({ msg: 'It is slow', context: 'Job', postId: '7' });
  });

  test('objects become fields', () => {
    const { logger, last } = recorded();
    new NestLogger(logger).log({ msg: 'sent', password: 'x' }, 'Mail');
    expect(last()).toMatchObject({ msg: 'sent', context: 'Mail', password: '[redacted]' });
  });
});
