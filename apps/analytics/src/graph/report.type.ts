import { FieldsOf } from '@cairn/service/graphql';
import { ArgsType, Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { RealtimeSchema } from '../realtime/realtime.dto.ts';
import {
  BreakdownQuerySchema,
  BreakdownSchema,
  BucketSchema,
  FunnelQuerySchema,
  FunnelSchema,
  GoalsQuerySchema,
  GoalsSchema,
  MetricsSchema,
  PathsQuerySchema,
  PathsSchema,
  PeriodQuerySchema,
  RetentionQuerySchema,
  RetentionSchema,
  RevenueSchema,
  TimeseriesSchema,
} from '../reports/report.dto.ts';

/* Reports as the schemas declare them that answer over REST; lists of objects are declared here. */

const Interval = { MINUTE: 'minute', HOUR: 'hour', DAY: 'day', WEEK: 'week', MONTH: 'month' } as const;
registerEnumType(Interval, { name: 'ReportInterval', description: 'By the clock and calendar of the site' });
const Comparison = { PREVIOUS: 'previous' } as const;
registerEnumType(Comparison, { name: 'ReportComparison' });

@ArgsType()
@FieldsOf(PeriodQuerySchema)
class PeriodArgs {}

/** `filter` as in the query string over REST: `country:AT`. */
@ArgsType()
class FilteredArgs extends PeriodArgs {
  @Field(() => [String], {
    nullable: true,
    description: '`<dimension>:<value>`: any of one dimension, and each of the dimensions',
  })
  filter?: string[] | null;
}

@ArgsType()
export class TimeseriesArgs extends FilteredArgs {
  @Field(() => Interval, { nullable: true })
  interval?: string | null;
  @Field(() => Comparison, { nullable: true })
  compare?: string | null;
}

@ArgsType()
export class BreakdownArgs extends FilteredArgs {
  @Field(() => String, {
    description: BreakdownQuerySchema.shape.by.meta()?.description ?? 'A dimension: page, country, prop:plan',
  })
  by: string;
  @Field(() => Int, { nullable: true, defaultValue: 20, description: 'At most 1000' })
  first?: number | null;
}

@ArgsType()
export class FunnelArgs extends FilteredArgs {
  @Field(() => [String], { description: FunnelQuerySchema.shape.step.meta()?.description })
  step: string[];
  @Field(() => Int, { nullable: true })
  windowMinutes?: number | null;
}

@ArgsType()
@FieldsOf(RetentionQuerySchema, { except: ['interval'] })
export class RetentionArgs {
  @Field(() => Interval, { nullable: true, description: 'DAY or WEEK' })
  interval?: string | null;
}

@ArgsType()
export class PathsArgs extends FilteredArgs {
  @Field(() => Int, { nullable: true, description: PathsQuerySchema.shape.length.meta()?.description })
  length?: number | null;
  @Field(() => Int, { nullable: true, defaultValue: 20, description: 'At most 1000' })
  first?: number | null;
}

@ArgsType()
export class GoalsArgs extends FilteredArgs {
  @Field(() => [String], { description: GoalsQuerySchema.shape.goal.meta()?.description })
  goal: string[];
}

@ArgsType()
export class RevenueArgs extends FilteredArgs {
  @Field(() => Interval, { nullable: true })
  interval?: string | null;
}

@ArgsType()
export class ClicksArgs extends PeriodArgs {}

@ObjectType('Metrics')
@FieldsOf(MetricsSchema)
export class MetricsNode {}

@ObjectType('Bucket')
@FieldsOf(BucketSchema)
export class BucketNode {}

@ObjectType('PreviousPeriod')
@FieldsOf(TimeseriesSchema.shape.previous.unwrap(), { except: ['buckets'] })
export class PreviousPeriodNode {
  @Field(() => MetricsNode)
  totals: MetricsNode;
  @Field(() => [BucketNode])
  buckets: BucketNode[];
}

@ObjectType('Timeseries')
@FieldsOf(TimeseriesSchema, { except: ['interval', 'buckets'] })
export class TimeseriesNode {
  @Field(() => Interval)
  interval: string;
  @Field(() => MetricsNode)
  totals: MetricsNode;
  @Field(() => [BucketNode])
  buckets: BucketNode[];
  @Field(() => PreviousPeriodNode, { nullable: true })
  previous: PreviousPeriodNode | null;
}

@ObjectType('BreakdownItem')
@FieldsOf(BreakdownSchema.shape.items.element)
export class BreakdownItemNode {}

@ObjectType('Breakdown')
@FieldsOf(BreakdownSchema, { except: ['items'] })
export class BreakdownNode {
  @Field(() => [BreakdownItemNode])
  items: BreakdownItemNode[];
}

/** What a hit is. */
@ObjectType('HitCondition')
@FieldsOf(FunnelSchema.shape.steps.element.shape.step)
export class HitConditionNode {}

@ObjectType('FunnelStep')
@FieldsOf(FunnelSchema.shape.steps.element)
export class FunnelStepNode {
  @Field(() => HitConditionNode)
  step: HitConditionNode;
}

@ObjectType('Funnel')
@FieldsOf(FunnelSchema, { except: ['steps'] })
export class FunnelNode {
  @Field(() => [FunnelStepNode])
  steps: FunnelStepNode[];
}

@ObjectType('RetentionCohort')
@FieldsOf(RetentionSchema.shape.cohorts.element)
export class RetentionCohortNode {}

@ObjectType('Retention')
@FieldsOf(RetentionSchema, { except: ['interval', 'cohorts'] })
export class RetentionNode {
  @Field(() => Interval)
  interval: string;
  @Field(() => [RetentionCohortNode])
  cohorts: RetentionCohortNode[];
}

@ObjectType('PathItem')
@FieldsOf(PathsSchema.shape.items.element)
export class PathItemNode {}

@ObjectType('Paths')
@FieldsOf(PathsSchema, { except: ['items'] })
export class PathsNode {
  @Field(() => [PathItemNode])
  items: PathItemNode[];
}

@ObjectType('SiteRevenue')
export class MoneyNode {
  @Field(() => Number, { description: 'In minor units, whole: beyond what an Int of GraphQL holds' })
  amount: number;
  @Field(() => String)
  currency: string;
}

@ObjectType('Goal')
@FieldsOf(GoalsSchema.shape.goals.element, { except: ['revenue'] })
export class GoalNode {
  @Field(() => HitConditionNode)
  goal: HitConditionNode;
  @Field(() => [MoneyNode])
  revenue: MoneyNode[];
}

@ObjectType('Goals')
@FieldsOf(GoalsSchema, { except: ['goals'] })
export class GoalsNode {
  @Field(() => [GoalNode])
  goals: GoalNode[];
}

@ObjectType('RevenueBucket')
@FieldsOf(RevenueSchema.shape.buckets.element, { except: ['revenue'] })
export class RevenueBucketNode {
  @Field(() => [MoneyNode])
  revenue: MoneyNode[];
}

@ObjectType('Revenue')
@FieldsOf(RevenueSchema, { except: ['interval', 'totals', 'buckets'] })
export class RevenueNode {
  @Field(() => Interval)
  interval: string;
  @Field(() => [MoneyNode])
  totals: MoneyNode[];
  @Field(() => [RevenueBucketNode])
  buckets: RevenueBucketNode[];
}

@ObjectType('RealtimeMinute')
@FieldsOf(RealtimeSchema.shape.minutes.element)
export class RealtimeMinuteNode {}

@ObjectType('RealtimePage')
@FieldsOf(RealtimeSchema.shape.pages.element)
export class RealtimePageNode {}

@ObjectType('Realtime')
@FieldsOf(RealtimeSchema, { except: ['minutes', 'pages'] })
export class RealtimeNode {
  @Field(() => [RealtimeMinuteNode])
  minutes: RealtimeMinuteNode[];
  @Field(() => [RealtimePageNode])
  pages: RealtimePageNode[];
}
