import { Public } from '@cairn/auth';
import { FieldsOf } from '@cairn/service/graphql';
import { Args, Context, Directive, ObjectType, Parent, Query, Resolver, ResolveReference } from '@nestjs/graphql';
import { GetProfileQuery } from './get-profile/get-profile.query.ts';
import { KnownUsers } from './known-users.query.ts';
import { KnownUserSchema, type KnownUserView } from './profile.dto.ts';

/** The public side of a user. */
@ObjectType('User')
@Directive('@key(fields: "id")')
@FieldsOf(KnownUserSchema)
export class UserNode {}

@Public()
@Resolver(() => UserNode)
export class ProfilesResolver {
  constructor(
    private readonly getProfile: GetProfileQuery,
    private readonly users: KnownUsers,
  ) {}

  @Query(() => UserNode)
  async profile(@Args('username') username: string): Promise<KnownUserView> {
    return { ...(await this.getProfile.execute(username)), deleted: false };
  }

  /** What other subgraphs name by id only. */
  @ResolveReference()
  resolveReference(@Parent() { id }: { id: string }, @Context() context: object): Promise<KnownUserView | null> {
    return this.users.find(context, id);
  }
}
