import { Caller, Public, type Principal } from '@cairn/auth';
import { validate } from '@cairn/http';
import { argumentsOf, Batches } from '@cairn/service/graphql';
import { Args, Context, Parent, ResolveField, Resolver, ResolveReference } from '@nestjs/graphql';
import { z } from 'zod';
import { PeriodQuerySchema } from '../reports/report.dto.ts';
import { LinkClicks, type Clicks, type ClicksAsked } from './link-clicks.query.ts';
import { ClicksArgs } from './report.type.ts';
import { LinkClicksNode, LinkNode } from './site.type.ts';

/** What happened on a short link. Whether there is such a link, and who may see it, is for links to say. */
@Public()
@Resolver(() => LinkNode)
export class LinkClicksResolver {
  private readonly clicksOf = new Batches(
    (asked: readonly ClicksAsked[], caller: Principal) => this.linkClicks.ofLinks(caller, asked),
    ({ linkId, from, to }) => JSON.stringify([linkId, from, to]),
  );

  constructor(private readonly linkClicks: LinkClicks) {}

  @ResolveReference()
  resolveReference({ id }: LinkNode): LinkNode {
    return { id };
  }

  @ResolveField(() => LinkClicksNode, {
    nullable: true,
    description: 'Clicks on a link of the caller, by days of UTC: of the last week unless told. Null for strangers',
  })
  async clicks(
    @Parent() { id }: LinkNode,
    @Args() args: ClicksArgs,
    @Context() context: object,
    @Caller() caller: Principal | undefined,
  ): Promise<Clicks | null> {
    const period = validate(PeriodQuerySchema, argumentsOf(args));
    if (!caller || !z.uuid().safeParse(id).success) return null;
    return this.clicksOf.find(context, caller, { ...period, linkId: id.toLowerCase() });
  }
}
