import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Device } from './session.ts';

/** The client as it shows itself. Its address is the proxy's word when the proxy is trusted, else the peer's own. */
export const ClientDevice = createParamDecorator((_: unknown, context: ExecutionContext): Device => {
  const { ip, headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return { address: ip, agent: (headers['user-agent'] ?? '').slice(0, 300) };
});
