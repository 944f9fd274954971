import { Caller, Public, SignedIn, type Principal } from '@cairn/auth';
import { commentAdded } from '@cairn/contracts/events';
import { idempotentRequest, validate } from '@cairn/http';
import { Broadcasts, liveEvents } from '@cairn/messaging';
import { Args, Context, ID, Mutation, Parent, ResolveField, Resolver, ResolveReference, Subscription } from '@nestjs/graphql'; // prettier-ignore
import { KnownPosts } from '../posts/known-posts.query.ts';
import { SlugSchema, type PostView } from '../posts/post.dto.ts';
import { AuthorNode, PostNode } from '../posts/post.type.ts';
import { VisiblePosts } from '../posts/visible-posts.query.ts';
import type { CommentView } from './comment.dto.ts';
import { commentPolicy } from './comment.policy.ts';
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
    private readonly visiblePosts: VisiblePosts,
    private readonly broadcasts: Broadcasts,
  ) {}

  /** From now on, of one post or of all that the caller may read. What may not be read (any more) when its turn comes is passed over. */
  @Subscription(() => CommentNode)
  async commentAdded(
    @Caller() caller: Principal | undefined,
    @Args('slug', { type: () => String, nullable: true }) slug?: string | null,
  ) {
    const of = slug == null ? undefined : await this.visiblePosts.idOf(caller, validate(SlugSchema, slug));
    return liveEvents({
      broadcasts: this.broadcasts,
      contract: commentAdded,
      field: 'commentAdded',
      show: async (event) => {
        const { postId, commentId } = event.data;
        if (of !== undefined && postId !== of) return null;
        const comment = await this.knownComments.find(caller ? {} : event, caller, commentId); // strangers all see the same: one statement
        return comment && commentPolicy.allows(caller, 'read', comment) ? comment : null;
      },
    });
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
