import type { Principal } from '@cairn/auth';
import { Batches } from '@cairn/service/graphql';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { PostView } from './post.dto.ts';
import { PostNotFound } from './post.errors.ts';
import { postPolicy } from './post.policy.ts';
import { PostViews } from './post-views.query.ts';

/** Posts by id for the graph: what a hundred references, or texts of a list, ask for is one statement. */
@Injectable()
export class KnownPosts {
  private readonly batches = new Batches((ids: readonly string[], caller: Principal | undefined) =>
    this.load(ids, caller),
  );

  constructor(private readonly views: PostViews) {}

  /** Null also when the caller may not see it. */
  async find(request: object, caller: Principal | undefined, id: string): Promise<PostView | null> {
    if (!z.uuid().safeParse(id).success) return null;
    return this.batches.find(request, caller, id.toLowerCase());
  }

  /** What a post that was found already has more. @throws PostNotFound when it has gone since */
  async get(request: object, caller: Principal | undefined, id: string): Promise<PostView> {
    const post = await this.find(request, caller, id);
    if (!post) throw new PostNotFound();
    return post;
  }

  private async load(ids: readonly string[], caller: Principal | undefined): Promise<(PostView | null)[]> {
    const posts = new Map((await this.views.byIds(ids)).map((post) => [post.id, post]));
    return ids.map((id) => {
      const post = posts.get(id);
      return post && postPolicy.allows(caller, 'read', post) ? post : null;
    });
  }
}
