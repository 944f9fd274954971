import { connectionOf, edgeOf, FieldsOf } from '@cairn/service/graphql';
import { Directive, ObjectType } from '@nestjs/graphql';
import { CommentSchema } from './comment.dto.ts';

@ObjectType('Comment')
@Directive('@key(fields: "id")')
@FieldsOf(CommentSchema)
export class CommentNode {}

@ObjectType('CommentEdge')
export class CommentEdgeNode extends edgeOf(CommentNode) {}

@ObjectType('CommentConnection')
export class CommentConnectionNode extends connectionOf(CommentEdgeNode) {}
