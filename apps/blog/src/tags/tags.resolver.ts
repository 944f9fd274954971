import { Public } from '@cairn/auth';
import { validate } from '@cairn/http';
import { ConnectionArgs, connectionOf, edgeOf, FieldsOf, inTermsOfRelay, Paged } from '@cairn/service/graphql';
import { Args, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { ListTagsSchema, TagCountSchema } from './list-tags/list-tags.dto.ts';
import { ListTagsQuery } from './list-tags/list-tags.query.ts';

@ObjectType('TagCount')
@FieldsOf(TagCountSchema)
export class TagCountNode {}

@ObjectType('TagCountEdge')
export class TagCountEdgeNode extends edgeOf(TagCountNode) {}

@ObjectType('TagCountConnection')
export class TagCountConnectionNode extends connectionOf(TagCountEdgeNode) {}

@Public()
@Resolver()
export class TagsResolver {
  constructor(private readonly listTags: ListTagsQuery) {}

  @Query(() => TagCountConnectionNode)
  @Paged()
  tags(@Args() args: ConnectionArgs): Promise<TagCountConnectionNode> {
    return inTermsOfRelay(args, (query) => this.listTags.connection(validate(ListTagsSchema, query)));
  }
}
