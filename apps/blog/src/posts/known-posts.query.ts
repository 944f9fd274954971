import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { z } from 'zod';
import type { PostView } from './post.dto.ts';
import { postPolicy } from './post.policy.ts';
import { PostViews } from './post-views.query.ts';

/** Posts by id within one GraphQL request: what a hundred references ask for is one query. Only what everybody may see. */
@Injectable()
export class KnownPosts {
  private readonly loaders = new WeakMap<object, DataLoader<string, PostView | null>>();

  constructor(private readonly views: PostViews) {}

  /** @param request any object that lives as long as the request: its GraphQL context */
  async find(request: object, id: string): Promise<PostView | null> {
    if (!z.uuid().safeParse(id).success) return null;
    let loader = this.loaders.get(request);
    if (!loader) {
      loader = new DataLoader((ids) => this.load(ids), { maxBatchSize: 100 });
      this.loaders.set(request, loader);
    }
    return loader.load(id.toLowerCase());
  }

  private async load(ids: readonly string[]): Promise<(PostView | null)[]> {
    const posts = new Map((await this.views.byIds(ids)).map((post) => [post.id, post]));
    return ids.map((id) => {
      const post = posts.get(id);
      return post && postPolicy.allows(undefined, 'read', post) ? post : null;
    });
  }
}
