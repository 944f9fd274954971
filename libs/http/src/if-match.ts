import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { InvalidInput } from './problem-details.ts';
import { PreconditionRequired, Stale } from './request.errors.ts';

/** What If-Match said (RFC 9110, section 13.1.1), for `checkVersion`. */
export interface SeenVersion {
  /** The versions that the client accepts, `*` for any, undefined when it sent no If-Match. */
  readonly versions: readonly number[] | '*' | undefined;
  readonly required: boolean;
}

/** RFC 9110, section 13.1.1, without commas inside of a tag: ours have none. */
const IF_MATCH = /^(\*|(W\/)?"[!#-+.-~-]*"( *, *(W\/)?"[!#-+.-~-]*")*)$/;

const fromRequest = createParamDecorator(
  ({ required }: { required: boolean }, context: ExecutionContext): SeenVersion => {
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
    return { versions: parseIfMatch(header), required };
  },
);

/** An ETag is `"<version>-<digest>"`; If-Match compares the version only, so that a new comment does not fail an edit. */
function parseIfMatch(header: string | undefined): SeenVersion['versions'] {
  if (header === undefined) return undefined;
  if (!IF_MATCH.test(header))
    throw new InvalidInput([{ path: 'If-Match', message: 'Give the ETag that you were answered with' }]);
  if (header === '*') return '*';
  // A weak tag never matches, nor does one that we did not make.
  return header.split(',').map((tag) => Number(/^ *"(\d{1,9})\D/.exec(tag)?.[1] ?? -1));
}

/** The version that the client has seen. OpenAPI announces 412 and, where it is required, 428 by itself. */
export const IfMatch =
  ({ required = false } = {}): ParameterDecorator =>
  (target, key, index) => {
    fromRequest({ required })(target, key, index);
    const method = Object.getOwnPropertyDescriptor(target, key!)!;
    const description = 'The ETag that you saw: refused with 412 when the resource has changed since';
    const schema = { type: 'string' as const, pattern: IF_MATCH.source, example: '"3-x"' };
    ApiHeader({ name: 'If-Match', required, description, schema })(target, key!, method);
  };

/** The same for a door without headers: GraphQL's `expectedVersion`. */
export const expectedVersion = (version: number | null | undefined, { required = false } = {}): SeenVersion => ({
  versions: version == null ? undefined : [version],
  required,
});

/**
 * Call it when the caller may change the resource, under the lock of its row: so that 404 and 403 come before 428 and 412.
 * @throws PreconditionRequired, Stale
 */
export function checkVersion({ versions, required }: SeenVersion, current: number): void {
  if (versions === undefined && required) throw new PreconditionRequired();
  if (versions !== undefined && versions !== '*' && !versions.includes(current)) throw new Stale();
}
