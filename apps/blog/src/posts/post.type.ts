import { ConnectionArgs, connectionOf, edgeOf, FieldsOf } from '@cairn/service/graphql';
import { ArgsType, Directive, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { z } from 'zod';
import { CreatePostSchema } from './create-post/create-post.dto.ts';
import { HighlightSchema, ListPostsSchema } from './list-posts/list-posts.dto.ts';
import { PostSchema } from './post.dto.ts';
import { UpdatePostSchema } from './update-post/update-post.dto.ts';

/* The graph is declared by the schemas that validate and answer over REST. */

@ObjectType('Post')
@Directive('@key(fields: "id")')
@FieldsOf(PostSchema)
export class PostNode {}

@ObjectType('Highlight')
@FieldsOf(HighlightSchema)
export class HighlightNode {}

/** Where the words stand belongs to the search, not to the post. */
@ObjectType('PostEdge')
export class PostEdgeNode extends edgeOf(PostNode) {
  @Field(() => HighlightNode, { nullable: true, description: 'Null without `q`' })
  highlight?: HighlightNode | null;
}

@ObjectType('PostConnection')
export class PostConnectionNode extends connectionOf(PostEdgeNode) {}

/** Somebody whom identity knows: the gateway asks it for the rest. */
@ObjectType('User')
@Directive('@key(fields: "id")')
export class AuthorNode {
  @Field(() => ID)
  id: string;
}

@ArgsType()
@FieldsOf(ListPostsSchema, { except: ['limit', 'cursor'] })
export class ListPostsArgs extends ConnectionArgs {}

@ArgsType()
@FieldsOf(z.object({ state: ListPostsSchema.shape.state }))
export class UserPostsArgs extends ConnectionArgs {}

@InputType('CreatePostInput')
@FieldsOf(CreatePostSchema)
export class CreatePostInput {}

@InputType('UpdatePostInput')
@FieldsOf(UpdatePostSchema)
export class UpdatePostInput {}
