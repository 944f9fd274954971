import { Public } from '@cairn/auth';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeEndpoint, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AnswersVisits, sendRedirect, sendRefusal } from '../redirect-answer.mapper.ts';
import { restOf } from '../rest-of.ts';
import { LinkFollower } from '../link-follower.service.ts';

/** Who asks for HTML gets pages, who does not gets problem details. Most visits never come here: see RedirectFront. */
@Controller('s')
export class FollowLinkController {
  constructor(private readonly followLink: LinkFollower) {}

  @Get(':code')
  @RouteConfig({ unnamed: true })
  @Public({ token: 'ignored' })
  @ApiOperation({ summary: 'Follow a link' })
  @ApiParam({ name: 'code', schema: { type: 'string' } })
  @AnswersVisits(302)
  async follow(@Req() request: FastifyRequest<{ Params: { code: string } }>, @Res() reply: FastifyReply) {
    const { headers, ip = '', method, url } = request; // who has hung up is at no address any more
    try {
      const asking = { code: request.params.code, rest: restOf(url), headers, address: ip };
      const { link, location } = await this.followLink.execute({ ...asking, isVisit: method === 'GET' });
      return sendRedirect(reply, link, location, link.status);
    } catch (error) {
      return sendRefusal(reply, headers.accept, error);
    }
  }

  /** Of a link that passes the path on. OpenAPI has no parameter of several segments. */
  @Get(':code/*')
  @RouteConfig({ unnamed: true })
  @Public({ token: 'ignored' })
  @ApiExcludeEndpoint()
  followBelow(@Req() request: FastifyRequest<{ Params: { code: string } }>, @Res() reply: FastifyReply) {
    return this.follow(request, reply);
  }
}
