import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Controller, Param, Post } from '@nestjs/common';
import { PostSchema, SlugSchema, type PostView } from '../post.dto.ts';
import { NotYourPost, PostNotFound, PostStateConflict } from '../post.errors.ts';
import { UnpublishPostHandler } from './unpublish-post.handler.ts';

@Controller('posts')
export class UnpublishPostController {
  constructor(private readonly unpublishPost: UnpublishPostHandler) {}

  @Post(':slug/unpublish')
  @SignedIn()
  @Answers({ ok: PostSchema, etag: true, errors: [PostNotFound, NotYourPost, PostStateConflict] })
  unpublish(
    @Caller() caller: Principal,
    @Param('slug', { schema: SlugSchema }) slug: string,
    @IfMatch() seen: SeenVersion,
  ): Promise<PostView> {
    return this.unpublishPost.execute(caller, slug, seen);
  }
}
