import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IfMatch, type SeenVersion } from '@cairn/http';
import { Controller, Param, Post } from '@nestjs/common';
import { PostSchema, SlugSchema, type PostView } from '../post.dto.ts';
import { NotYourPost, PostNotFound, RevisionNotFound } from '../post.errors.ts';
import { VersionSchema } from '../revision.dto.ts';
import { RestoreRevisionHandler } from './restore-revision.handler.ts';

@Controller('posts')
export class RestoreRevisionController {
  constructor(private readonly restoreRevision: RestoreRevisionHandler) {}

  @Post(':slug/revisions/:version/restore')
  @SignedIn()
  @Answers({ ok: PostSchema, etag: true, errors: [PostNotFound, NotYourPost, RevisionNotFound] })
  restore(
    @Caller() caller: Principal,
    @Param('slug', { schema: SlugSchema }) slug: string,
    @Param('version', { schema: VersionSchema }) version: number,
    @IfMatch({ required: true }) seen: SeenVersion,
  ): Promise<PostView> {
    return this.restoreRevision.execute(caller, slug, version, seen);
  }
}
