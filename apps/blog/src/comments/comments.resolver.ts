import { Caller, Public, SignedIn, type Principal } from '@cairn/auth';
import { idempotentRequest, validate, type Page } from '@cairn/http';
import { FieldsOf } from '@cairn/service/graphql';
import { Args, Field, ID, Int, Mutation, ObjectType, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { SlugSchema, type PostView } from '../posts/post.dto.ts';
import { PostNode } from '../posts/post.type.ts';
import { CommentSchema, type CommentView } from './comment.dto.ts';
import { CreateCommentSchema } from './create-comment/create-comment.dto.ts';
import { CreateCommentHandler } from './create-comment/create-comment.handler.ts';
import { ListCommentsSchema } from './list-comments/list-comments.dto.ts';
import { ListCommentsQuery } from './list-comments/list-comments.query.ts';

@ObjectType('Comment')
@FieldsOf(CommentSchema)
export class CommentNode {}

@ObjectType('CommentPage')
export class CommentPageNode {
  @Field(() => [CommentNode])
  items: CommentView[];

  @Field(() => String, { nullable: true })
  nextCursor: string | null;
}

@Resolver(() => PostNode)
export class CommentsResolver {
  constructor(
    private readonly listComments: ListCommentsQuery,
    private readonly createComment: CreateCommentHandler,
  ) {}

  /** Only of a post by itself, so one statement; lists of posts have a count. */
  @ResolveField(() => CommentPageNode)
  @Public()
  comments(
    @Parent() post: PostView,
    @Caller() caller: Principal | undefined,
    @Args('limit', { type: () => Int, nullable: true }) limit?: number,
    @Args('cursor', { type: () => String, nullable: true }) cursor?: string,
  ): Promise<Page<CommentView>> {
    const query = validate(ListCommentsSchema, { limit: limit ?? undefined, cursor: cursor ?? undefined });
    return this.listComments.ofPost(caller, post.id, query);
  }

  @Mutation(() => CommentNode)
  @SignedIn()
  async addComment(
    @Caller() caller: Principal,
    @Args('slug') slug: string,
    @Args('body') body: string,
    @Args('parentId', { type: () => ID, nullable: true }) parentId?: string,
    @Args('idempotencyKey', { type: () => String, nullable: true }) key?: string,
  ): Promise<CommentView> {
    const content = validate(CreateCommentSchema, { body, parentId });
    const request =
      key == null ? undefined : idempotentRequest(caller, `mutation addComment ${slug}`, { key }, content);
    return this.createComment.execute(caller, validate(SlugSchema, slug), content, request);
  }
}
