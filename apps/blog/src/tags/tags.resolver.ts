import { Public } from '@cairn/auth';
import { validate, type Page } from '@cairn/http';
import { argumentsOf, FieldsOf } from '@cairn/service/graphql';
import { Args, ArgsType, Field, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { ListTagsSchema, TagCountSchema, type TagCount } from './list-tags/list-tags.dto.ts';
import { ListTagsQuery } from './list-tags/list-tags.query.ts';

@ObjectType('TagCount')
@FieldsOf(TagCountSchema)
export class TagCountNode {}

@ObjectType('TagPage')
export class TagPageNode {
  @Field(() => [TagCountNode])
  items: TagCountNode[];

  @Field(() => String, { nullable: true })
  nextCursor: string | null;
}

@ArgsType()
@FieldsOf(ListTagsSchema)
export class ListTagsArgs {}

@Public()
@Resolver()
export class TagsResolver {
  constructor(private readonly listTags: ListTagsQuery) {}

  @Query(() => TagPageNode)
  tags(@Args() args: ListTagsArgs): Promise<Page<TagCount>> {
    return this.listTags.execute(validate(ListTagsSchema, argumentsOf(args)));
  }
}
