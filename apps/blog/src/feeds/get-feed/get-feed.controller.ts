import { Public } from '@cairn/auth';
import { formatEtag, matches } from '@cairn/http';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contentTypes, feedDocument } from '../feed-document.ts';
import { FEEDS_OPTIONS, type FeedsOptions } from '../feeds.options.ts';
import { FeedParamsSchema, type FeedParams } from './get-feed.dto.ts';
import { GetFeedQuery } from './get-feed.query.ts';

const text = { schema: { type: 'string' as const } };
const json = { schema: { type: 'object' as const } };

@Controller('feeds')
export class GetFeedController {
  constructor(
    private readonly getFeed: GetFeedQuery,
    @Inject(FEEDS_OPTIONS) private readonly options: FeedsOptions,
  ) {}

  @Get('posts.:format')
  @Public({ token: 'ignored' })
  @ApiOkResponse({
    description: 'The newest posts',
    headers: { ETag: text },
    content: Object.fromEntries(
      Object.values(contentTypes).map((type) => [type.split(';')[0]!, type.includes('json') ? json : text]),
    ),
  })
  async get(
    @Param({ schema: FeedParamsSchema }) { format }: FeedParams,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const posts = await this.getFeed.execute();
    const document = feedDocument(format, posts, this.options);
    const etag = formatEtag(document);
    // No Last-Modified: taking down a post that is not the newest changes the feed, and no date of what remains.
    reply.headers({ ETag: etag, 'Cache-Control': 'no-cache' });
    if (matches(request.headers['if-none-match'], etag)) return void reply.status(304);
    reply.type(contentTypes[format]);
    return document;
  }
}
