import { Public } from '@cairn/auth';
import { formatEtag, matches } from '@cairn/http';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectScript } from './collect-script.ts';

const ETAG = formatEtag(collectScript);
const text = { schema: { type: 'string' as const } };
/** Any page may load it, from its own origin or another, with `integrity` too. */
const HEADERS = {
  ETag: ETAG,
  'Cache-Control': 'public, max-age=3600, stale-while-revalidate=86400',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Content-Type-Options': 'nosniff',
};

@Controller()
export class GetCollectScriptController {
  /** The script by which a page tells of its views. */
  @Get('collect.js')
  @Public({ token: 'ignored' })
  @RouteConfig({ anyOrigin: true, unnamed: true })
  @ApiOkResponse({ description: 'The script', headers: { ETag: text }, content: { 'text/javascript': text } })
  get(@Req() { headers }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string | undefined {
    reply.headers(HEADERS);
    if (matches(headers['if-none-match'], ETAG)) return void reply.status(304);
    reply.type('text/javascript; charset=utf-8');
    return collectScript;
  }
}
