import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, type Page } from '@cairn/http';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { SlugSchema } from '../post.dto.ts';
import { NotYourPost, PostNotFound } from '../post.errors.ts';
import type { RevisionSummary } from '../revision.dto.ts';
import { ListRevisionsSchema, RevisionPageSchema, type ListRevisions } from './list-revisions.dto.ts';
import { ListRevisionsQuery } from './list-revisions.query.ts';

@Controller('posts')
export class ListRevisionsController {
  constructor(private readonly listRevisions: ListRevisionsQuery) {}

  @Get(':slug/revisions')
  @SignedIn()
  @Answers({ ok: RevisionPageSchema, errors: [PostNotFound, NotYourPost] })
  list(
    @Caller() caller: Principal,
    @Param('slug', { schema: SlugSchema }) slug: string,
    @Query({ schema: ListRevisionsSchema }) query: ListRevisions,
  ): Promise<Page<RevisionSummary>> {
    return this.listRevisions.execute(caller, slug, query);
  }
}
