import { Caller, Public, type Principal } from '@cairn/auth';
import { Answers, IdempotencyKey, type IdempotentRequest } from '@cairn/http';
import { Overloaded } from '@cairn/resilience';
import { Body, Controller, Ip, Post, Res, UseGuards } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { LinkSchema, type LinkView } from '../link.dto.ts';
import { CodeTaken, NoCodeFound, TooManyLinks } from '../link.errors.ts';
import { AnonymousLinksGuard } from './anonymous-links.guard.ts';
import { CreateLinkSchema, type CreateLink } from './create-link.dto.ts';
import { CreateLinkHandler } from './create-link.handler.ts';

@Controller('links')
export class CreateLinkController {
  constructor(private readonly createLink: CreateLinkHandler) {}

  @Post()
  @Public()
  @UseGuards(AnonymousLinksGuard)
  @ApiResponse({ status: 200, description: 'A link that does the same was there: `reuse`', standardSchema: LinkSchema })
  @Answers({
    created: LinkSchema,
    location: ({ code }) => `/api/v1/links/${code}`,
    etag: true,
    errors: [CodeTaken, TooManyLinks, NoCodeFound, Overloaded],
  })
  async create(
    @Caller() caller: Principal | undefined,
    @Body({ schema: CreateLinkSchema }) wanted: CreateLink,
    @IdempotencyKey() request: IdempotentRequest | undefined,
    @Ip() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LinkView> {
    const { link, isNew } = caller
      ? await this.createLink.execute(caller, wanted, request)
      : await this.createLink.executeForStranger(address, wanted);
    if (!isNew) reply.status(200);
    return link;
  }
}
