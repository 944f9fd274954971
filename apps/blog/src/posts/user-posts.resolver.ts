import { Caller, Public, type Principal } from '@cairn/auth';
import { validate } from '@cairn/http';
import { Batches, inTermsOfRelay, Paged } from '@cairn/service/graphql';
import { Args, Context, Parent, ResolveField, Resolver, ResolveReference } from '@nestjs/graphql';
import { KnownPosts } from './known-posts.query.ts';
import { ListPostsSchema } from './list-posts/list-posts.dto.ts';
import { ListPostsQuery, pageBegin } from './list-posts/list-posts.query.ts';
import type { PostsOfAuthor } from './list-posts/list-posts.sql.ts';
import { AuthorNode, PostConnectionNode, UserPostsArgs } from './post.type.ts';

/** What a user of the graph has written. Whether there is such a user is for identity to say. */
@Public()
@Resolver(() => AuthorNode)
export class UserPostsResolver {
  private readonly pages = new Batches(
    (asked: readonly PostsOfAuthor[], caller: Principal | undefined) => this.listPosts.ofAuthors(caller, asked),
    ({ authorId, state, limit, cursor }) => JSON.stringify([authorId, state, limit, cursor]),
  );

  constructor(
    private readonly listPosts: ListPostsQuery,
    private readonly knownPosts: KnownPosts,
  ) {}

  @ResolveReference()
  resolveReference({ id }: AuthorNode): AuthorNode {
    return { id };
  }

  /** The same list as `posts(authorId:)`, with the same cursors. */
  @ResolveField(() => PostConnectionNode)
  @Paged()
  posts(
    @Parent() { id: authorId }: AuthorNode,
    @Args() args: UserPostsArgs,
    @Context() context: object,
    @Caller() caller: Principal | undefined,
  ): Promise<PostConnectionNode> {
    return inTermsOfRelay(args, async (query) => {
      const page = validate(ListPostsSchema, { ...query, authorId });
      const asked = { ...page, authorId, begin: pageBegin(page) };
      return this.knownPosts.inFull(context, caller, await this.pages.find(context, caller, asked));
    });
  }
}
