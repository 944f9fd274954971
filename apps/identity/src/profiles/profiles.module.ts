import { Module } from '@nestjs/common';
import { GetProfileController } from './get-profile/get-profile.controller.ts';
import { GetProfileQuery } from './get-profile/get-profile.query.ts';
import { KnownUsers } from './known-users.query.ts';
import { ListProfilesController } from './list-profiles/list-profiles.controller.ts';
import { ListProfilesQuery } from './list-profiles/list-profiles.query.ts';
import { ProfilesResolver } from './profiles.resolver.ts';

@Module({
  controllers: [GetProfileController, ListProfilesController],
  providers: [GetProfileQuery, ListProfilesQuery, KnownUsers, ProfilesResolver],
})
export class ProfilesModule {}
