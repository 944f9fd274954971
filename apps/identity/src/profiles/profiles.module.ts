import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.ts';
import { GetProfileController } from './get-profile/get-profile.controller.ts';
import { GetProfileQuery } from './get-profile/get-profile.query.ts';
import { KnownUsers } from './known-users.query.ts';
import { ListProfilesController } from './list-profiles/list-profiles.controller.ts';
import { ListProfilesQuery } from './list-profiles/list-profiles.query.ts';
import { OwnProfileResolver } from './own-profile.resolver.ts';
import { ProfilesResolver } from './profiles.resolver.ts';

@Module({
  imports: [UsersModule],
  controllers: [GetProfileController, ListProfilesController],
  providers: [GetProfileQuery, ListProfilesQuery, KnownUsers, ProfilesResolver, OwnProfileResolver],
})
export class ProfilesModule {}
