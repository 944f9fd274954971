import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { validate } from '@cairn/http';
import { FieldsOf } from '@cairn/service/graphql';
import { Args, Mutation, ObjectType, Resolver } from '@nestjs/graphql';
import { SlugSchema } from '../posts/post.dto.ts';
import { LikePostHandler } from './like-post/like-post.handler.ts';
import { LikeSchema, type LikeView } from './like.dto.ts';
import { UnlikePostHandler } from './unlike-post/unlike-post.handler.ts';

@ObjectType('Like')
@FieldsOf(LikeSchema)
export class LikeNode {}

@SignedIn()
@Resolver(() => LikeNode)
export class ReactionsResolver {
  constructor(
    private readonly likes: LikePostHandler,
    private readonly unlikes: UnlikePostHandler,
  ) {}

  @Mutation(() => LikeNode)
  likePost(@Caller() caller: Principal, @Args('slug') slug: string): Promise<LikeView> {
    return this.likes.execute(caller, validate(SlugSchema, slug));
  }

  @Mutation(() => LikeNode)
  unlikePost(@Caller() caller: Principal, @Args('slug') slug: string): Promise<LikeView> {
    return this.unlikes.execute(caller, validate(SlugSchema, slug));
  }
}
