import { ConnectionArgs, connectionOf, edgeOf, FieldsOf } from '@cairn/service/graphql';
import { ArgsType, Directive, Field, ID, ObjectType } from '@nestjs/graphql';
import { LinkSchema, RuleViewSchema, TargetViewSchema, UtmViewSchema } from './link.dto.ts';

/* The graph is declared by the schemas that answer over REST. */

@ObjectType('LinkTarget')
@FieldsOf(TargetViewSchema)
export class LinkTargetNode {}

@ObjectType('LinkRule')
@FieldsOf(RuleViewSchema)
export class LinkRuleNode {}

@ObjectType('Utm')
@FieldsOf(UtmViewSchema)
export class UtmNode {}

@ObjectType('Link')
@Directive('@key(fields: "id")')
@FieldsOf(LinkSchema, { except: ['targets', 'rules', 'ownerId'] })
export class LinkNode {
  @Field(() => [LinkTargetNode], { description: 'Two or more share the visits by their weights' })
  targets: LinkTargetNode[];
  @Field(() => [LinkRuleNode], { description: 'The first that fits counts' })
  rules: LinkRuleNode[];
  @Field(() => UtmNode, { nullable: true })
  utm?: UtmNode | null;
}

@ObjectType('LinkEdge')
export class LinkEdgeNode extends edgeOf(LinkNode) {}

@ObjectType('LinkConnection')
export class LinkConnectionNode extends connectionOf(LinkEdgeNode) {}

/** Somebody whom identity knows: the gateway asks it for the rest. */
@ObjectType('User')
@Directive('@key(fields: "id")')
export class OwnerNode {
  @Field(() => ID)
  id: string;
}

@ArgsType()
export class UserLinksArgs extends ConnectionArgs {}
