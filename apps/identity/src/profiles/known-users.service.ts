import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { ListProfilesQuery } from './list-profiles/list-profiles.query.ts';
import type { KnownUserView } from './profile.dto.ts';

/** Users by id within one GraphQL request: what a hundred fields ask for is one query. */
@Injectable()
export class KnownUsers {
  private readonly loaders = new WeakMap<object, DataLoader<string, KnownUserView | null>>();

  constructor(private readonly listProfiles: ListProfilesQuery) {}

  /** @param request any object that lives as long as the request: its GraphQL context */
  find(request: object, id: string): Promise<KnownUserView | null> {
    let loader = this.loaders.get(request);
    if (!loader) {
      loader = new DataLoader((ids) => this.load(ids), { maxBatchSize: 100 });
      this.loaders.set(request, loader);
    }
    return loader.load(id);
  }

  private async load(ids: readonly string[]): Promise<(KnownUserView | null)[]> {
    const users = new Map((await this.listProfiles.execute(ids)).map((user) => [user.id, user]));
    return ids.map((id) => users.get(id) ?? null);
  }
}
