import { Public } from '@cairn/auth';
import { Answers, type Page } from '@cairn/http';
import { Controller, Get, Query } from '@nestjs/common';
import { ListTagsSchema, TagPageSchema, type ListTags, type TagCount } from './list-tags.dto.ts';
import { ListTagsQuery } from './list-tags.query.ts';

@Controller('tags')
export class ListTagsController {
  constructor(private readonly listTags: ListTagsQuery) {}

  @Get()
  @Public()
  @Answers({ ok: TagPageSchema })
  list(@Query({ schema: ListTagsSchema }) query: ListTags): Promise<Page<TagCount>> {
    return this.listTags.execute(query);
  }
}
