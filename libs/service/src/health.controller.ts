import { gauge } from '@cairn/observability';
import { Controller, Get, Logger, Res, SetMetadata, type OnModuleInit } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { DependencyProvider, DependencyState } from './dependency.decorator.ts';
import { Lifecycle } from './lifecycle.service.ts';

const CHECK_TIMEOUT_MS = 2_000;

/** Liveness says that the process answers; readiness that it can do its work, and names what it waits for. */
@ApiExcludeController()
@SetMetadata('cairn:access', { kind: 'public', token: 'ignored' })
@Controller('health')
export class HealthController implements OnModuleInit {
  private readonly logger = new Logger('Health');
  private readonly last = new Map<string, string>();

  constructor(private readonly lifecycle: Lifecycle) {}

  /** Asked for by Prometheus too: else a state that nobody's readiness shows could wake nobody. */
  onModuleInit() {
    gauge('dependency_up', {
      help: '1 while a dependency can be used, as readiness sees it: also when it is degraded',
      label: 'dependency',
      read: async () =>
        Object.fromEntries((await this.checkAll()).map(({ name, status }) => [name, Number(status !== 'unavailable')])),
    });
  }

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const checked = await this.checkAll();
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

  private checkAll() {
    return Promise.all(
      this.lifecycle.dependencies().map(async (found) => ({
        ...found.options,
        ...(await this.check(found)),
        required: found.provider.required ?? found.options.required,
      })),
    );
  }

  private async check({ options: { name }, provider }: ReturnType<Lifecycle['dependencies']>[number]) {
    const { error, ...state } = await ask(provider);
    const before = this.last.get(name) ?? 'ok';
    this.last.set(name, state.status);
    if (state.status !== before) {
      const sentence = `The dependency ${name} is ${state.status}, and was ${before}`;
      if (error === undefined) this.logger.warn(sentence);
      else this.logger.warn(error, sentence); // why: for the log alone, as anybody may ask for readiness
    }
    return state;
  }
}

type Asked = DependencyState & { readonly error?: unknown };

async function ask(dependency: DependencyProvider) {
  const since = performance.now();
  const timeout = new Promise<never>((_, reject) => {
    const error = new Error(`No answer within ${CHECK_TIMEOUT_MS} ms`);
    setTimeout(reject, CHECK_TIMEOUT_MS, error).unref();
  });
  const state = await Promise.race([dependency.check(), timeout]).then(
    (told): Asked => told ?? { status: 'ok' },
    (error: unknown): Asked => ({ status: 'unavailable', error }),
  );
  return { ...state, latencyMs: Math.round(performance.now() - since) };
}
