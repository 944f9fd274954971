import { Caller, Public, SignedIn, type Principal } from '@cairn/auth';
import { idempotentRequest, validate } from '@cairn/http';
import { Args, Context, ID, Mutation, Parent, ResolveField, Resolver, ResolveReference } from '@nestjs/graphql';
import { KnownPosts } from '../posts/known-posts.query.ts';
import { SlugSchema, type PostView } from '../posts/post.dto.ts';
import { AuthorNode, PostNode } from '../posts/post.type.ts';
import type { CommentView } from './comment.dto.ts';
import { CommentNode } from './comment.type.ts';
import { CreateCommentSchema } from './create-comment/create-comment.dto.ts';
import { CreateCommentHandler } from './create-comment/create-comment.handler.ts';
import { KnownComments } from './known-comments.query.ts';

@Public()
@Resolver(() => CommentNode)
export class CommentsResolver {
  constructor(
    private readonly knownComments: KnownComments,
    private readonly knownPosts: KnownPosts,
    private readonly createComment: CreateCommentHandler,
  ) {}

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

  /** What other subgraphs name by id only. */
  @ResolveReference()
  resolveReference(
    @Parent() { id }: { id: string },
    @Context() context: object,
    @Caller() caller: Principal | undefined,
  ): Promise<CommentView | null> {
    return this.knownComments.find(context, caller, id);
  }

  @ResolveField(() => AuthorNode)
  author(@Parent() { authorId }: CommentView): AuthorNode {
    return { id: authorId };
  }

  @ResolveField(() => PostNode)
  post(
    @Parent() { postId }: CommentView,
    @Context() context: object,
    @Caller() caller: Principal | undefined,
  ): Promise<PostView> {
    return this.knownPosts.get(context, caller, postId);
  }

  @ResolveField(() => CommentNode, { nullable: true, description: 'The comment that it replies to' })
  parent(
    @Parent() { parentId }: CommentView,
    @Context() context: object,
    @Caller() caller: Principal | undefined,
  ): Promise<CommentView | null> | null {
    return parentId === null ? null : this.knownComments.find(context, caller, parentId);
  }
}
