import { UserIdSchema } from '@cairn/contracts';
import { Batches } from '@cairn/service/graphql';
import { Injectable } from '@nestjs/common';
import { ListProfilesQuery } from './list-profiles/list-profiles.query.ts';
import type { KnownUserView } from './profile.dto.ts';

/** Users by id for the graph: what a hundred references ask for is one statement. */
@Injectable()
export class KnownUsers {
  private readonly batches = new Batches<string, KnownUserView | null>((ids) => this.load(ids));

  constructor(private readonly listProfiles: ListProfilesQuery) {}

  async find(request: object, id: string): Promise<KnownUserView | null> {
    if (!UserIdSchema.safeParse(id).success) return null;
    return this.batches.find(request, undefined, id.toLowerCase());
  }

  private async load(ids: readonly string[]): Promise<(KnownUserView | null)[]> {
    const users = new Map((await this.listProfiles.execute(ids)).map((user) => [user.id, user]));
    return ids.map((id) => users.get(id) ?? null);
  }
}
