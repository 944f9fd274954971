import { Controller, Get, Res, SetMetadata } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { DependencyProvider, DependencyState } from './dependency.decorator.ts';
import { Lifecycle } from './lifecycle.service.ts';

const CHECK_TIMEOUT_MS = 2_000;

/** Liveness says that the process answers; readiness that it can do its work, and names what it waits for. */
@ApiExcludeController()
@SetMetadata('cairn:access', { kind: 'public', token: 'ignored' })
@Controller('health')
export class HealthController {
  constructor(private readonly lifecycle: Lifecycle) {}

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const checked = await Promise.all(
      this.lifecycle.dependencies().map(async (found) => ({
        ...found.options,
        ...(await check(found.provider)),
        required: found.provider.required ?? found.options.required,
      })),
    );
    const failing = checked.filter(({ status }) => status !== 'ok');
    const lacking = failing.some(({ required, status }) => required && status === 'unavailable');
    const unavailable = this.lifecycle.stopping || lacking;
    reply.header('Cache-Control', 'no-store');
    if (unavailable) reply.status(503).header('Retry-After', '1');
    return {
      status: unavailable ? 'unavailable' : failing.length > 0 ? 'degraded' : 'ok',
      dependencies: Object.fromEntries(checked.map(({ name, ...state }) => [name, state])),
    };
  }
}

async function check(dependency: DependencyProvider) {
  const since = performance.now();
  const timeout = new Promise<never>((_, reject) => setTimeout(reject, CHECK_TIMEOUT_MS).unref());
  const state = await Promise.race([dependency.check(), timeout]).then(
    (told): DependencyState => told ?? { status: 'ok' },
    (): DependencyState => ({ status: 'unavailable' }),
  );
  return { ...state, latencyMs: Math.round(performance.now() - since) };
}
