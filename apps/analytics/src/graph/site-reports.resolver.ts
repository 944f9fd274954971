import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { validate } from '@cairn/http';
import { argumentsOf, inTermsOfRelay } from '@cairn/service/graphql';
import { Args, Directive, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Realtime } from '../realtime/realtime.dto.ts';
import { RealtimeQuery } from '../realtime/realtime.query.ts';
import { GetBreakdownQuery } from '../reports/get-breakdown/get-breakdown.query.ts';
import { GetFunnelQuery } from '../reports/get-funnel/get-funnel.query.ts';
import { GetGoalsQuery } from '../reports/get-goals/get-goals.query.ts';
import { GetPathsQuery } from '../reports/get-paths/get-paths.query.ts';
import { GetRetentionQuery } from '../reports/get-retention/get-retention.query.ts';
import { GetRevenueQuery } from '../reports/get-revenue/get-revenue.query.ts';
import { GetTimeseriesQuery } from '../reports/get-timeseries/get-timeseries.query.ts';
import * as dto from '../reports/report.dto.ts';
import type { SiteView } from '../sites/site.dto.ts';
import * as types from './report.type.ts';
import { SiteNode } from './site.type.ts';

/**
 * What those who count the cost of a query take a report for: that many objects. It is a statement that may read a million hits, whatever comes
 * back; goals are one each, and at most twenty.
 */
const Costs = (weight: number) => Directive(`@cost(weight: ${weight})`);

/** The reports of a site, as over REST: each looks for itself whether the caller may read it. But for `realtime`: the site is one that they have been shown. */
@SignedIn()
@Resolver(() => SiteNode)
export class SiteReportsResolver {
  constructor(
    private readonly getTimeseries: GetTimeseriesQuery,
    private readonly getBreakdown: GetBreakdownQuery,
    private readonly getFunnel: GetFunnelQuery,
    private readonly getRetention: GetRetentionQuery,
    private readonly getPaths: GetPathsQuery,
    private readonly getGoals: GetGoalsQuery,
    private readonly getRevenue: GetRevenueQuery,
    private readonly getRealtime: RealtimeQuery,
  ) {}

  @ResolveField(() => types.TimeseriesNode)
  @Costs(200)
  timeseries(
    @Parent() { id }: SiteView,
    @Args() args: types.TimeseriesArgs,
    @Caller() caller: Principal,
  ): Promise<dto.Timeseries> {
    return this.getTimeseries.execute(caller, id, validate(dto.TimeseriesQuerySchema, argumentsOf(args)));
  }

  @ResolveField(() => types.BreakdownNode)
  @Costs(200)
  breakdown(
    @Parent() { id }: SiteView,
    @Args() args: types.BreakdownArgs,
    @Caller() caller: Principal,
  ): Promise<dto.Breakdown> {
    return inTermsOfRelay(args, (query) =>
      this.getBreakdown.execute(caller, id, validate(dto.BreakdownQuerySchema, query)),
    );
  }

  @ResolveField(() => types.FunnelNode)
  @Costs(200)
  funnel(@Parent() { id }: SiteView, @Args() args: types.FunnelArgs, @Caller() caller: Principal): Promise<dto.Funnel> {
    return this.getFunnel.execute(caller, id, validate(dto.FunnelQuerySchema, argumentsOf(args)));
  }

  @ResolveField(() => types.RetentionNode)
  @Costs(200)
  retention(
    @Parent() { id }: SiteView,
    @Args() args: types.RetentionArgs,
    @Caller() caller: Principal,
  ): Promise<dto.Retention> {
    return this.getRetention.execute(caller, id, validate(dto.RetentionQuerySchema, argumentsOf(args)));
  }

  @ResolveField(() => types.PathsNode)
  @Costs(200)
  paths(@Parent() { id }: SiteView, @Args() args: types.PathsArgs, @Caller() caller: Principal): Promise<dto.Paths> {
    return inTermsOfRelay(args, (query) => this.getPaths.execute(caller, id, validate(dto.PathsQuerySchema, query)));
  }

  @ResolveField(() => types.GoalsNode)
  @Costs(1_000)
  goals(@Parent() { id }: SiteView, @Args() args: types.GoalsArgs, @Caller() caller: Principal): Promise<dto.Goals> {
    return this.getGoals.execute(caller, id, validate(dto.GoalsQuerySchema, argumentsOf(args)));
  }

  @ResolveField(() => types.RevenueNode)
  @Costs(200)
  revenue(
    @Parent() { id }: SiteView,
    @Args() args: types.RevenueArgs,
    @Caller() caller: Principal,
  ): Promise<dto.Revenue> {
    return this.getRevenue.execute(caller, id, validate(dto.RevenueQuerySchema, argumentsOf(args)));
  }

  /** The last five minutes. */
  @ResolveField(() => types.RealtimeNode)
  @Costs(100)
  realtime(@Parent() { id }: SiteView): Promise<Realtime> {
    return this.getRealtime.execute(id);
  }
}
