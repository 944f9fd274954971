import { Controller, Get, Module, Res, type DynamicModule } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DiscoveryModule, ModuleRef } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { SetMetadata } from '@nestjs/common';
import { DataSource } from 'typeorm';

@ApiExcludeController()
@SetMetadata('cairn:access', { kind: 'public' })
@Controller('health')
class HealthController {
  constructor(private readonly modules: ModuleRef) {}

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const dataSource = this.find(DataSource);
    const dependencies = { ...(dataSource && { postgres: await timed(() => dataSource.query('SELECT 1')) }) };
    const ok = Object.values(dependencies).every((dependency) => dependency.status === 'ok');
    if (!ok) reply.status(503).header('Retry-After', '1');
    return { status: ok ? 'ok' : 'unavailable', dependencies };
  }

  private find<T>(token: abstract new (...args: never[]) => T): T | undefined {
    try {
      return this.modules.get<T>(token as never, { strict: false });
    } catch {
      return undefined;
    }
  }
}

async function timed(work: () => Promise<unknown>) {
  const since = performance.now();
  const status = await work().then(
    () => 'ok',
    () => 'unavailable',
  );
  return { status, latencyMs: Math.round(performance.now() - since) };
}

@Module({ imports: [DiscoveryModule], controllers: [HealthController] })
export class HealthModule {
  static around(module: DynamicModule): DynamicModule {
    return { module: HealthModule, imports: [module] };
  }
}
