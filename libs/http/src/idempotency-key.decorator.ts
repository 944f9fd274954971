import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import type { IdempotentRequest } from './idempotent-request.ts';
import { InvalidInput } from './problem-details.ts';

interface Incoming extends FastifyRequest {
  user?: { id: string } | { service: string };
  idempotent?: IdempotentRequest;
}

const KEY = /^[!-~]{1,200}$/;

const fromRequest = createParamDecorator((_: unknown, context: ExecutionContext): IdempotentRequest | undefined => {
  const request = context.switchToHttp().getRequest<Incoming>();
  const key = request.headers['idempotency-key'];
  if (key === undefined || !request.user) return undefined; // strangers cannot be told apart, so they share no answers
  const route = `${request.method} ${request.url.split('?')[0]}`;
  return (request.idempotent = idempotentRequest(request.user, route, { name: 'Idempotency-Key', key }, request.body));
});

/** The same for a door without headers: GraphQL's `idempotencyKey`. @throws InvalidInput naming the key */
export function idempotentRequest(
  caller: { id: string } | { service: string },
  route: string,
  { name = 'idempotencyKey', key }: { name?: string; key: unknown },
  body: unknown,
): IdempotentRequest {
  if (typeof key !== 'string' || !KEY.test(key))
    throw new InvalidInput([{ path: name, message: '1 to 200 visible ASCII characters' }]);
  const callerId = 'id' in caller ? `user:${caller.id}` : `service:${caller.service}`;
  return { callerId, route, key, digest: hash('sha256', JSON.stringify(body ?? null)), replayed: false };
}

/**
 * Declares that a retry with the same Idempotency-Key gets the first answer. The handler hands it to `Idempotency.once` in its
 * own transaction; OpenAPI announces 409 and 422 by itself. Follows draft-ietf-httpapi-idempotency-key-header.
 */
export const IdempotencyKey = (): ParameterDecorator => (target, key, index) => {
  fromRequest()(target, key, index);
  const method = Object.getOwnPropertyDescriptor(target, key!)!;
  const description = 'Makes a retry safe: the same key and body get the first answer again, for 24 hours';
  const schema = { type: 'string' as const, pattern: KEY.source };
  ApiHeader({ name: 'Idempotency-Key', required: false, description, schema })(target, key!, method);
};
