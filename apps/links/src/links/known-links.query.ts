import type { Principal } from '@cairn/auth';
import { Batches } from '@cairn/service/graphql';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { LinkView } from './link.dto.ts';
import { linkPolicy } from './link.policy.ts';
import { LinkViews } from './link-views.query.ts';

/** Links by id for the graph: what a hundred references ask for is one statement. */
@Injectable()
export class KnownLinks {
  private readonly batches = new Batches((ids: readonly string[], caller: Principal | undefined) =>
    this.load(ids, caller),
  );

  constructor(private readonly views: LinkViews) {}

  /** Null also when the caller may not see it. */
  async find(request: object, caller: Principal | undefined, id: string): Promise<LinkView | null> {
    if (!z.uuid().safeParse(id).success) return null;
    return this.batches.find(request, caller, id.toLowerCase());
  }

  private async load(ids: readonly string[], caller: Principal | undefined): Promise<(LinkView | null)[]> {
    const links = new Map((await this.views.byIds(ids)).map((link) => [link.id, link]));
    return ids.map((id) => {
      const link = links.get(id);
      return link && linkPolicy.allows(caller, 'read', link) ? link : null;
    });
  }
}
