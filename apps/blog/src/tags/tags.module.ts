import { Module } from '@nestjs/common';
import { ListTagsController } from './list-tags/list-tags.controller.ts';
import { ListTagsQuery } from './list-tags/list-tags.query.ts';
import { TagsRepository } from './tags.repository.ts';
import { TagsResolver } from './tags.resolver.ts';

@Module({
  controllers: [ListTagsController],
  providers: [TagsRepository, TagsResolver, ListTagsQuery],
  exports: [TagsRepository],
})
export class TagsModule {}
