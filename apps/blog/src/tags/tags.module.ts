import { Module } from '@nestjs/common';
import { ListTagsController } from './list-tags/list-tags.controller.ts';
import { ListTagsQuery } from './list-tags/list-tags.query.ts';
import { TagsRepository } from './tags.repository.ts';

@Module({
  controllers: [ListTagsController],
  providers: [TagsRepository, ListTagsQuery],
  exports: [TagsRepository, ListTagsQuery],
})
export class TagsModule {}
