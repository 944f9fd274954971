import { Caller, Public, SignedIn, type Principal } from '@cairn/auth';
import { validate } from '@cairn/http';
import { Args, Context, Parent, Query, ResolveField, Resolver, ResolveReference } from '@nestjs/graphql';
import { GetLinkQuery } from './get-link/get-link.query.ts';
import { KnownLinks } from './known-links.query.ts';
import { CodeSchema, type LinkView } from './link.dto.ts';
import { LinkNode, OwnerNode } from './link.type.ts';

@Public()
@Resolver(() => LinkNode)
export class LinksResolver {
  constructor(
    private readonly getLink: GetLinkQuery,
    private readonly knownLinks: KnownLinks,
  ) {}

  @Query(() => LinkNode)
  @SignedIn()
  link(@Caller() caller: Principal, @Args('code') code: string): Promise<LinkView> {
    return this.getLink.execute(caller, validate(CodeSchema, code));
  }

  /** What other subgraphs name by id only. */
  @ResolveReference()
  resolveReference(
    @Parent() { id }: { id: string },
    @Context() context: object,
    @Caller() caller: Principal | undefined,
  ): Promise<LinkView | null> {
    return this.knownLinks.find(context, caller, id);
  }

  @ResolveField(() => OwnerNode, { nullable: true, description: 'Null: made by somebody who was not signed in' })
  owner(@Parent() { ownerId }: LinkView): OwnerNode | null {
    return ownerId === null ? null : { id: ownerId };
  }
}
