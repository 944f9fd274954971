import type { Principal } from '@cairn/auth';
import { Injectable } from '@nestjs/common';
import { Limits, whoever } from '../../limits/limits.service.ts';
import { TooManyPreviews } from '../link.errors.ts';
import type { TargetPreview } from './preview-target.dto.ts';
import { NotReached, PublicWebClient } from './public-web.client.ts';

/** Enough for somebody who types, too little for somebody who scans. */
const LIMIT = { name: 'link-previews', quota: 30, windowSeconds: 60 };

@Injectable()
export class PreviewTargetHandler {
  constructor(
    private readonly web: PublicWebClient,
    private readonly limits: Limits,
  ) {}

  /** Whether an address answers, and where it ends. @throws TooManyPreviews */
  async execute(caller: Principal, url: string): Promise<TargetPreview> {
    const limit = await this.limits.count(LIMIT, whoever(caller, ''));
    if (limit) throw new TooManyPreviews(undefined, { limit });
    try {
      const { url: finalUrl, status, contentType, redirects } = await this.web.see(url);
      return { url, isReachable: true, finalUrl, redirects, status, contentType, reason: null };
    } catch (error) {
      if (!(error instanceof NotReached)) throw error;
      const nothing = { finalUrl: null, redirects: null, status: null, contentType: null };
      return { url, isReachable: false, ...nothing, reason: error.reason };
    }
  }
}
