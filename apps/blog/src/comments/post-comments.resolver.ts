import { Caller, Public, type Principal } from '@cairn/auth';
import { validate } from '@cairn/http';
import { Batches, ConnectionArgs, inTermsOfRelay, Paged } from '@cairn/service/graphql';
import { Args, Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { PostSummary } from '../posts/post.dto.ts';
import { PostNode } from '../posts/post.type.ts';
import { CommentConnectionNode } from './comment.type.ts';
import { ListCommentsSchema, type CommentsOfPost } from './list-comments/list-comments.dto.ts';
import { ListCommentsQuery, pageBegin } from './list-comments/list-comments.query.ts';

@Resolver(() => PostNode)
export class PostCommentsResolver {
  private readonly pages = new Batches(
    (asked: readonly CommentsOfPost[], caller: Principal | undefined) => this.listComments.ofPosts(caller, asked),
    ({ postId, limit, cursor }) => JSON.stringify([postId, limit, cursor]),
  );

  constructor(private readonly listComments: ListCommentsQuery) {}

  /** In the order of the thread, as over REST; of a post that the caller has been shown. */
  @ResolveField(() => CommentConnectionNode)
  @Public()
  @Paged()
  comments(
    @Parent() { id: postId }: PostSummary,
    @Args() args: ConnectionArgs,
    @Context() context: object,
    @Caller() caller: Principal | undefined,
  ): Promise<CommentConnectionNode> {
    return inTermsOfRelay(args, (query) => {
      const page = validate(ListCommentsSchema, query);
      return this.pages.find(context, caller, { ...page, postId, begin: pageBegin(postId, page) });
    });
  }
}
