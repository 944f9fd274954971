import { Public } from '@cairn/auth';
import { Overloaded } from '@cairn/resilience';
import { Body, Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeEndpoint, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AnswersVisits, sendRedirect, sendRefusal } from '../redirect-answer.mapper.ts';
import { ForeignForm, PasswordWrong, TooManyPasswords } from '../redirect.errors.ts';
import { REDIRECTS_OPTIONS, type RedirectsOptions } from '../redirects.options.ts';
import { restOf } from '../rest-of.ts';
import { UnlockingSchema, type Unlocking } from './unlock-link.dto.ts';
import { UnlockLinkHandler } from './unlock-link.handler.ts';

/** The form of a link's password, or a program that sends it as JSON. It is never part of an address. */
@Controller('s')
export class UnlockLinkController {
  constructor(
    private readonly unlockLink: UnlockLinkHandler,
    @Inject(REDIRECTS_OPTIONS) private readonly options: RedirectsOptions,
  ) {}

  @Post(':code')
  @RouteConfig({ forms: true, unnamed: true })
  @Public({ token: 'ignored' })
  @ApiOperation({ summary: 'Follow a link that wants a password' })
  @ApiParam({ name: 'code', schema: { type: 'string' } })
  @AnswersVisits(303, [PasswordWrong, TooManyPasswords, ForeignForm, Overloaded])
  async unlock(
    @Req() request: FastifyRequest<{ Params: { code: string } }>,
    @Res() reply: FastifyReply,
    @Body({ schema: UnlockingSchema }) { password }: Unlocking,
  ) {
    const { headers, ip = '', url } = request;
    try {
      this.refuseForeign(request);
      const following = { code: request.params.code, rest: restOf(url), headers, address: ip };
      const { link, location } = await this.unlockLink.execute(following, password);
      return sendRedirect(reply, link, location, 303); // RFC 9110, section 15.4.4: what was posted goes no further
    } catch (error) {
      return sendRefusal(reply, headers.accept, error);
    }
  }

  @Post(':code/*')
  @RouteConfig({ forms: true, unnamed: true })
  @Public({ token: 'ignored' })
  @ApiExcludeEndpoint()
  unlockBelow(
    @Req() request: FastifyRequest<{ Params: { code: string } }>,
    @Res() reply: FastifyReply,
    @Body({ schema: UnlockingSchema }) unlocking: Unlocking,
  ) {
    return this.unlock(request, reply, unlocking);
  }

  /**
   * A page elsewhere could have its visitors' browsers guess for it, each from an address of its own. Programs say neither of the two, and
   * browsers over plain HTTP only the second.
   * @throws ForeignForm
   */
  private refuseForeign({ headers: { 'sec-fetch-site': site, origin } }: FastifyRequest): void {
    if (site === 'same-origin' || site === 'none') return;
    const isOurs = origin === undefined || this.options.ownHosts.includes(URL.parse(origin)?.host ?? '');
    if (site !== undefined || !isOurs) throw new ForeignForm();
  }
}
