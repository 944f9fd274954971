import { Caller, Public, type Principal } from '@cairn/auth';
import { Answers, type Page } from '@cairn/http';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { SlugSchema } from '../../posts/post.dto.ts';
import { PostNotFound } from '../../posts/post.errors.ts';
import { CommentPageSchema, type CommentView } from '../comment.dto.ts';
import { ListCommentsSchema, type ListComments } from './list-comments.dto.ts';
import { ListCommentsQuery } from './list-comments.query.ts';

@Controller('posts')
export class ListCommentsController {
  constructor(private readonly listComments: ListCommentsQuery) {}

  @Get(':slug/comments')
  @Public()
  @Answers({ ok: CommentPageSchema, errors: [PostNotFound] })
  list(
    @Caller() caller: Principal | undefined,
    @Param('slug', { schema: SlugSchema }) slug: string,
    @Query({ schema: ListCommentsSchema }) query: ListComments,
  ): Promise<Page<CommentView>> {
    return this.listComments.execute(caller, slug, query);
  }
}
