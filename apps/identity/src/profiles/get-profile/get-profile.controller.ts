import { Public } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Param } from '@nestjs/common';
import { UserNotFound } from '../../users/user.errors.ts';
import { ProfileSchema, type ProfileView } from '../profile.dto.ts';
import { GetProfileQuery } from './get-profile.query.ts';

@Controller('profiles')
export class GetProfileController {
  constructor(private readonly getProfile: GetProfileQuery) {}

  @Get(':username')
  @Public()
  @Answers({ ok: ProfileSchema, etag: true, errors: [UserNotFound] })
  get(@Param('username') username: string): Promise<ProfileView> {
    return this.getProfile.execute(username);
  }
}
