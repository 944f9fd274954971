import { Public } from '@cairn/auth';
import { matches } from '@cairn/http';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PageFiles, type PageFile } from '../page-files.service.ts';
import { AssetParamsSchema, SitePageParamsSchema, type AssetParams } from './show-site-page.dto.ts';

/** All from here, no script or style within the page: what a stranger has sent as a path or a referrer cannot become one. */
const POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ');

const text = { schema: { type: 'string' as const } };
const PAGE = { description: 'Success', headers: { ETag: text }, content: { 'text/html': text } };

/** A page for people, the same at each address: its script looks there for a site. It holds no data: the script asks the API for them, as whoever signs in on it. */
@Controller('analytics')
export class ShowSitePageController {
  constructor(private readonly files: PageFiles) {}

  /** The page of a site. */
  @Get(':site')
  @Public({ token: 'ignored' })
  @ApiOkResponse(PAGE)
  page(
    @Param({ schema: SitePageParamsSchema }) _params: object,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | undefined {
    reply.header('Content-Security-Policy', POLICY);
    return send(this.files.page, request, reply);
  }

  /** The page of your sites, each a link to its own. */
  @Get()
  @Public({ token: 'ignored' })
  @ApiOperation({ operationId: 'showSitesPage' })
  @ApiOkResponse(PAGE)
  sites(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string | undefined {
    return this.page({}, request, reply);
  }

  /** What the page loads. */
  @Get('assets/:file')
  @Public({ token: 'ignored' })
  @ApiExcludeEndpoint()
  asset(
    @Param({ schema: AssetParamsSchema }) { file }: AssetParams,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string | undefined {
    return send(this.files.asset(file), request, reply);
  }
}

/** Whoever has it already is told so. */
function send({ content, type, etag }: PageFile, request: FastifyRequest, reply: FastifyReply): string | undefined {
  reply.headers({ ETag: etag, 'Cache-Control': 'no-cache' });
  if (matches(request.headers['if-none-match'], etag)) return void reply.status(304);
  reply.type(type);
  return content;
}
