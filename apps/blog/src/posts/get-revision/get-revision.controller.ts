import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Param } from '@nestjs/common';
import { SlugSchema } from '../post.dto.ts';
import { NotYourPost, PostNotFound, RevisionNotFound } from '../post.errors.ts';
import { RevisionSchema, VersionSchema, type RevisionView } from '../revision.dto.ts';
import { GetRevisionQuery } from './get-revision.query.ts';

@Controller('posts')
export class GetRevisionController {
  constructor(private readonly getRevision: GetRevisionQuery) {}

  @Get(':slug/revisions/:version')
  @SignedIn()
  @Answers({ ok: RevisionSchema, errors: [PostNotFound, NotYourPost, RevisionNotFound] })
  get(
    @Caller() caller: Principal,
    @Param('slug', { schema: SlugSchema }) slug: string,
    @Param('version', { schema: VersionSchema }) version: number,
  ): Promise<RevisionView> {
    return this.getRevision.execute(caller, slug, version);
  }
}
