import { Caller, Roles, SignedIn, type Principal } from '@cairn/auth';
import { expectedVersion, idempotentRequest, validate } from '@cairn/http';
import { DateTime } from '@cairn/service/graphql';
import { Args, Int, Mutation, Resolver } from '@nestjs/graphql';
import { CreatePostSchema } from './create-post/create-post.dto.ts';
import { CreatePostHandler } from './create-post/create-post.handler.ts';
import { DeletePostHandler } from './delete-post/delete-post.handler.ts';
import { SlugSchema, type PostView } from './post.dto.ts';
import { CreatePostInput, PostNode, UpdatePostInput } from './post.type.ts';
import { PublishPostSchema } from './publish-post/publish-post.dto.ts';
import { PublishPostHandler } from './publish-post/publish-post.handler.ts';
import { UnpublishPostHandler } from './unpublish-post/unpublish-post.handler.ts';
import { UpdatePostSchema } from './update-post/update-post.dto.ts';
import { UpdatePostHandler } from './update-post/update-post.handler.ts';

const optionalInt = { type: () => Int, nullable: true };

/** The same handlers as over REST; `expectedVersion` stands for If-Match, `idempotencyKey` for the header of that name. */
@SignedIn()
@Resolver(() => PostNode)
export class PostMutationsResolver {
  constructor(
    private readonly creating: CreatePostHandler,
    private readonly updating: UpdatePostHandler,
    private readonly publishing: PublishPostHandler,
    private readonly unpublishing: UnpublishPostHandler,
    private readonly deleting: DeletePostHandler,
  ) {}

  @Mutation(() => PostNode)
  @Roles('author', 'admin')
  async createPost(
    @Caller() caller: Principal,
    @Args('input') input: CreatePostInput,
    @Args('idempotencyKey', { type: () => String, nullable: true }) key?: string | null,
  ): Promise<PostView> {
    const content = validate(CreatePostSchema, input);
    const request = key == null ? undefined : idempotentRequest(caller, 'mutation createPost', { key }, content);
    return this.creating.execute(caller, content, request);
  }

  @Mutation(() => PostNode)
  async updatePost(
    @Caller() caller: Principal,
    @Args('slug') slug: string,
    @Args('input') input: UpdatePostInput,
    @Args('expectedVersion', { type: () => Int }) version: number,
  ): Promise<PostView> {
    const change = validate(UpdatePostSchema, input);
    return this.updating.execute(caller, validate(SlugSchema, slug), change, expectedVersion(version));
  }

  @Mutation(() => PostNode)
  async publishPost(
    @Caller() caller: Principal,
    @Args('slug') slug: string,
    @Args('at', { type: () => DateTime, nullable: true }) at?: Date | null,
    @Args('expectedVersion', optionalInt) version?: number | null,
  ): Promise<PostView> {
    const { at: time } = validate(PublishPostSchema, { at: at?.toISOString() });
    return this.publishing.execute(caller, validate(SlugSchema, slug), time, expectedVersion(version));
  }

  @Mutation(() => PostNode)
  async unpublishPost(
    @Caller() caller: Principal,
    @Args('slug') slug: string,
    @Args('expectedVersion', optionalInt) version?: number | null,
  ): Promise<PostView> {
    return this.unpublishing.execute(caller, validate(SlugSchema, slug), expectedVersion(version));
  }

  @Mutation(() => Boolean)
  async deletePost(
    @Caller() caller: Principal,
    @Args('slug') slug: string,
    @Args('expectedVersion', optionalInt) version?: number | null,
  ): Promise<boolean> {
    await this.deleting.execute(caller, validate(SlugSchema, slug), expectedVersion(version));
    return true;
  }
}
