import { Caller, Public, SignedIn, type Principal } from '@cairn/auth';
import { expectedVersion, validate } from '@cairn/http';
import { FieldsOf } from '@cairn/service/graphql';
import { Args, Context, InputType, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { EditUser } from '../users/edit-user.service.ts';
import { FindUserQuery } from '../users/find-user.query.ts';
import { UpdateMeSchema } from '../users/update-me/update-me.dto.ts';
import { UserNotFound } from '../users/user.errors.ts';
import { KnownUsers } from './known-users.query.ts';
import type { KnownUserView } from './profile.dto.ts';
import { UserNode } from './profiles.resolver.ts';

@InputType('UpdateMeInput')
@FieldsOf(UpdateMeSchema)
export class UpdateMeInput {}

/** What users may know and change of themselves. What has to do with credentials is not in the graph. */
@SignedIn()
@Resolver(() => UserNode)
export class OwnProfileResolver {
  constructor(
    private readonly users: KnownUsers,
    private readonly findUser: FindUserQuery,
    private readonly editUser: EditUser,
  ) {}

  @Query(() => UserNode)
  async me(@Caller() caller: Principal, @Context() context: object): Promise<KnownUserView> {
    const user = await this.users.find(context, caller.id);
    if (!user || user.deleted) throw new UserNotFound();
    return user;
  }

  @Mutation(() => UserNode)
  async updateMe(
    @Caller() caller: Principal,
    @Args('input') input: UpdateMeInput,
    @Context() context: object,
    @Args('expectedVersion', { type: () => Int, nullable: true }) version?: number | null,
  ): Promise<KnownUserView> {
    await this.editUser.execute(caller.id, validate(UpdateMeSchema, input), expectedVersion(version));
    return this.me(caller, context);
  }

  /** Asked for by one of all users that a query can show, so that it needs no batch. */
  @ResolveField(() => Int, { nullable: true, description: 'What `expectedVersion` expects; null unless it is you' })
  @Public()
  async version(@Parent() { id }: KnownUserView, @Caller() caller: Principal | undefined): Promise<number | null> {
    return caller?.id === id ? (await this.findUser.execute(id)).version : null;
  }
}
