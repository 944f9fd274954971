import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { InvalidInput } from './problem-details.ts';

export const formatEtag = (version: number) => `"${version}"`;

const fromRequest = createParamDecorator((_: unknown, context: ExecutionContext): number | undefined => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header === '*') return undefined;
  const version = /^"(\d+)"$/.exec(header)?.[1];
  if (version === undefined)
    throw new InvalidInput([{ path: 'If-Match', message: 'Give the ETag that you were answered with' }]);
  return Number(version);
});

/** The version that the client has seen, or undefined when it sent no If-Match (RFC 9110, section 13.1.1). */
export const IfMatch = (): ParameterDecorator => (target, key, index) => {
  fromRequest()(target, key, index);
  const method = Object.getOwnPropertyDescriptor(target, key!)!;
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The ETag that you saw: refused with 412 when the resource has changed since',
  })(target, key!, method);
};
