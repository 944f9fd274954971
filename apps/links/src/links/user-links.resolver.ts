import { Caller, Public, type Principal } from '@cairn/auth';
import { validate } from '@cairn/http';
import { Batches, inTermsOfRelay, Paged } from '@cairn/service/graphql';
import { Args, Context, Parent, ResolveField, Resolver, ResolveReference } from '@nestjs/graphql';
import { LinkConnectionNode, OwnerNode, UserLinksArgs } from './link.type.ts';
import { ListLinksSchema } from './list-links/list-links.dto.ts';
import { ListLinksQuery, pageBegin } from './list-links/list-links.query.ts';
import type { LinksOfOwner } from './list-links/list-links.sql.ts';

/** The links of a user of the graph, as far as the caller may see them: their own, for moderators everybody's. */
@Public()
@Resolver(() => OwnerNode)
export class UserLinksResolver {
  private readonly pages = new Batches(
    (asked: readonly LinksOfOwner[], caller: Principal | undefined) => this.listLinks.ofOwners(caller, asked),
    ({ ownerId, limit, cursor }) => JSON.stringify([ownerId, limit, cursor]),
  );

  constructor(private readonly listLinks: ListLinksQuery) {}

  @ResolveReference()
  resolveReference({ id }: OwnerNode): OwnerNode {
    return { id };
  }

  @ResolveField(() => LinkConnectionNode)
  @Paged()
  links(
    @Parent() { id: ownerId }: OwnerNode,
    @Args() args: UserLinksArgs,
    @Context() context: object,
    @Caller() caller: Principal | undefined,
  ): Promise<LinkConnectionNode> {
    return inTermsOfRelay(args, (query) => {
      const { limit, cursor } = validate(ListLinksSchema, query);
      return this.pages.find(context, caller, { ownerId, limit, cursor, begin: pageBegin({ cursor }) });
    });
  }
}
