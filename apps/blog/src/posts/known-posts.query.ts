import type { Principal } from '@cairn/auth';
import type { Connection } from '@cairn/http';
import { Batches } from '@cairn/service/graphql';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { PostSchema, PostSummarySchema, type PostSummary, type PostView } from './post.dto.ts';
import { PostNotFound } from './post.errors.ts';
import { postPolicy } from './post.policy.ts';
import { PostViews } from './post-views.query.ts';

type Detail = Exclude<keyof PostView, keyof PostSummary>;
type Details = { readonly [Field in Detail]: Promise<PostView[Field]> };

/** What only a post by itself has. */
const DETAILS = Object.keys(PostSchema.shape).filter((field) => !(field in PostSummarySchema.shape)) as Detail[];

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

  /** A post that must be there, as something shown already names it. @throws PostNotFound when it has gone since */
  async get(request: object, caller: Principal | undefined, id: string): Promise<PostView> {
    const post = await this.find(request, caller, id);
    if (!post) throw new PostNotFound();
    return post;
  }

  /** The posts of a page as whole ones: their texts are loaded when a field reads them, those of all of them at once. */
  inFull<Listed extends PostSummary>(request: object, caller: Principal | undefined, page: Connection<Listed>) {
    const whole = (post: Listed) => {
      const getter = (field: Detail) => ({ get: async () => (await this.get(request, caller, post.id))[field] });
      const details = Object.fromEntries(DETAILS.map((field) => [field, getter(field)]));
      return Object.defineProperties({ ...post }, details) as Listed & Details;
    };
    return { ...page, edges: page.edges.map(({ node, cursor }) => ({ node: whole(node), cursor })) };
  }

  private async load(ids: readonly string[], caller: Principal | undefined): Promise<(PostView | null)[]> {
    const posts = new Map((await this.views.byIds(ids)).map((post) => [post.id, post]));
    return ids.map((id) => {
      const post = posts.get(id);
      return post && postPolicy.allows(caller, 'read', post) ? post : null;
    });
  }
}
