import { ConnectionArgs, connectionOf, edgeOf, FieldsOf } from '@cairn/service/graphql';
import { ArgsType, Directive, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { z } from 'zod';
import { ListSitesSchema } from '../sites/list-sites/list-sites.dto.ts';
import { SiteSchema } from '../sites/site.dto.ts';

@ObjectType('Site')
@Directive('@key(fields: "id")')
@FieldsOf(SiteSchema)
export class SiteNode {}

@ObjectType('SiteEdge')
export class SiteEdgeNode extends edgeOf(SiteNode) {}

@ObjectType('SiteConnection')
export class SiteConnectionNode extends connectionOf(SiteEdgeNode) {}

@ArgsType()
@FieldsOf(z.object({ kind: ListSitesSchema.shape.kind }))
export class ListSitesArgs extends ConnectionArgs {}

/** A short link: the gateway asks links for the rest. */
@ObjectType('Link')
@Directive('@key(fields: "id")')
export class LinkNode {
  @Field(() => ID)
  id: string;
}

@ObjectType('LinkClicks')
export class LinkClicksNode {
  @Field(() => Int, { description: 'Visits of people: those of robots and previews are not among them' })
  visits: number;
  @Field(() => Int, { description: 'Those who visited, each once a day' })
  visitorDays: number;
}
