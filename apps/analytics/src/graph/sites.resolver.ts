import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { validate } from '@cairn/http';
import { inTermsOfRelay, Paged } from '@cairn/service/graphql';
import { Args, Context, ID, Parent, Query, Resolver, ResolveReference } from '@nestjs/graphql';
import { ListSitesSchema } from '../sites/list-sites/list-sites.dto.ts';
import { ListSitesQuery } from '../sites/list-sites/list-sites.query.ts';
import { SiteAccess } from '../sites/site-access.query.ts';
import { SiteIdSchema, type SiteView } from '../sites/site.dto.ts';
import { KnownSites } from './known-sites.query.ts';
import { ListSitesArgs, SiteConnectionNode, SiteNode } from './site.type.ts';

@SignedIn()
@Resolver(() => SiteNode)
export class SitesResolver {
  constructor(
    private readonly access: SiteAccess,
    private readonly listSites: ListSitesQuery,
    private readonly knownSites: KnownSites,
  ) {}

  @Query(() => SiteNode)
  site(@Caller() caller: Principal, @Args('id', { type: () => ID }) id: string): Promise<SiteView> {
    return this.access.readable(caller, validate(SiteIdSchema, id));
  }

  /** The caller's own and those that they were invited to, the newest first. */
  @Query(() => SiteConnectionNode)
  @Paged()
  sites(@Caller() caller: Principal, @Args() args: ListSitesArgs): Promise<SiteConnectionNode> {
    return inTermsOfRelay(args, (query) => this.listSites.connection(caller, validate(ListSitesSchema, query)));
  }

  /** What other subgraphs name by id only. */
  @ResolveReference()
  resolveReference(
    @Parent() { id }: { id: string },
    @Context() context: object,
    @Caller() caller: Principal,
  ): Promise<SiteView | null> {
    return this.knownSites.find(context, caller, id);
  }
}
