import type { Principal } from '@cairn/auth';
import { Injectable } from '@nestjs/common';
import type { LinkView } from '../link.dto.ts';
import { assertMay } from '../link.policy.ts';
import { LinkViews } from '../link-views.query.ts';

@Injectable()
export class GetLinkQuery {
  constructor(private readonly views: LinkViews) {}

  /** @throws LinkNotFound also when the caller may not see it */
  async execute(caller: Principal, code: string): Promise<LinkView> {
    const link = await this.views.byCode(code);
    assertMay(caller, 'read', link);
    return link;
  }
}
