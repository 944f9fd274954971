import { Public } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Body, Controller, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { HitsNotTaken, OriginNotAllowed, UnknownSiteKey } from '../hits.errors.ts';
import { CollectedSchema, CollectHitsSchema, MAX_BODY, type Collected, type CollectHits } from './collect-hits.dto.ts';
import { CollectHitsHandler } from './collect-hits.handler.ts';

@Controller('collect')
export class CollectHitsController {
  constructor(private readonly collectHits: CollectHitsHandler) {}

  /** 202: what is accepted is durable, and counted within moments. A row that is not as it should be does not hold up the others. */
  @Post()
  @Public({ token: 'ignored' })
  @RouteConfig({ bodyLimit: MAX_BODY, plainText: true, anyOrigin: true, unnamed: true })
  @ApiConsumes('application/json', 'text/plain')
  @Answers({ accepted: CollectedSchema, errors: [UnknownSiteKey, OriginNotAllowed, HitsNotTaken] })
  collect(
    @Body({ schema: CollectHitsSchema }) body: CollectHits,
    @Req() { ip = '', headers }: FastifyRequest,
  ): Promise<Collected> {
    // prettier-ignore
    return this.collectHits.execute(body, { address: ip, headers });
  }
}
