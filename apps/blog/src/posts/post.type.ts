import { FieldsOf } from '@cairn/service/graphql';
import { ArgsType, Directive, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { CreatePostSchema } from './create-post/create-post.dto.ts';
import { HighlightSchema, ListPostsSchema } from './list-posts/list-posts.dto.ts';
import { PostSchema, PostSummarySchema } from './post.dto.ts';
import { UpdatePostSchema } from './update-post/update-post.dto.ts';

/* The graph is declared by the schemas that validate and answer over REST. */

@ObjectType('Post')
@Directive('@key(fields: "id")')
@FieldsOf(PostSchema)
export class PostNode {}

@ObjectType('PostSummary')
@FieldsOf(PostSummarySchema)
export class PostSummaryNode {
  @Field(() => HighlightNode, { nullable: true })
  highlight: HighlightNode | null;
}

@ObjectType('Highlight')
@FieldsOf(HighlightSchema)
export class HighlightNode {}

@ObjectType('PostPage')
export class PostPageNode {
  @Field(() => [PostSummaryNode])
  items: PostSummaryNode[];

  @Field(() => String, { nullable: true })
  nextCursor: string | null;
}

/** Somebody whom identity knows: the gateway asks it for the rest. */
@ObjectType('User')
@Directive('@key(fields: "id", resolvable: false)')
export class AuthorNode {
  @Field(() => ID)
  id: string;
}

@ArgsType()
@FieldsOf(ListPostsSchema)
export class ListPostsArgs {}

@InputType('CreatePostInput')
@FieldsOf(CreatePostSchema)
export class CreatePostInput {}

@InputType('UpdatePostInput')
@FieldsOf(UpdatePostSchema)
export class UpdatePostInput {}
