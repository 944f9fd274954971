import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { InvalidInput } from './problem-details.ts';
import { PreconditionRequired, Stale } from './request.errors.ts';

/** The versions that the client accepts, `*` for any, undefined when it sent no If-Match (RFC 9110, section 13.1.1). */
export type SeenVersion = readonly number[] | '*' | undefined;

const fromRequest = createParamDecorator((_: unknown, context: ExecutionContext): SeenVersion =>
  parseIfMatch(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
);

/** An ETag is `"<version>-<digest>"`; If-Match compares the version only, so that a new comment does not fail an edit. */
export function parseIfMatch(header: string | undefined): SeenVersion {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return '*';
  const tags = header
    .split(',')
    .map((tag) => /^\s*(?<weak>W\/)?"(?<version>\d{1,9})?[\x21\x23-\x7e]*"\s*$/.exec(tag)?.groups);
  if (tags.includes(undefined)) {
    throw new InvalidInput([{ path: 'If-Match', message: 'Give the ETag that you were answered with' }]);
  }
  // A weak tag never matches, nor does one that we did not make.
  return tags.map((tag) => (tag?.version && !tag.weak ? Number(tag.version) : -1));
}

/** The version that the client has seen, for `checkVersion`. */
export const IfMatch =
  ({ required = false } = {}): ParameterDecorator =>
  (target, key, index) => {
    fromRequest()(target, key, index);
    const method = Object.getOwnPropertyDescriptor(target, key!)!;
    const description = 'The ETag that you saw: refused with 412 when the resource has changed since';
    ApiHeader({ name: 'If-Match', required, description, schema: { type: 'string', example: '"3-x"' } })(
      target,
      key!,
      method,
    );
  };

/**
 * Call it when the caller may change the resource, under the lock of its row: so that 404 and 403 come before 428 and 412.
 * @throws PreconditionRequired, Stale
 */
export function checkVersion(seen: SeenVersion, current: number, { required = false } = {}): void {
  if (seen === undefined && required) throw new PreconditionRequired();
  if (seen !== undefined && seen !== '*' && !seen.includes(current)) throw new Stale();
}
