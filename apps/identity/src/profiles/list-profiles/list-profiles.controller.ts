import { Services } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Query } from '@nestjs/common';
import type { KnownUserView } from '../profile.dto.ts';
import { KnownUsersSchema, ListProfilesSchema, type ListProfiles } from './list-profiles.dto.ts';
import { ListProfilesQuery } from './list-profiles.query.ts';

/** For services that show the authors of what they hold, many at a time. */
@Controller('internal/v1/profiles')
export class ListProfilesController {
  constructor(private readonly listProfiles: ListProfilesQuery) {}

  @Get()
  @Services('blog')
  @Answers({ ok: KnownUsersSchema })
  async list(@Query({ schema: ListProfilesSchema }) { ids }: ListProfiles): Promise<{ items: KnownUserView[] }> {
    return { items: await this.listProfiles.execute(ids) };
  }
}
