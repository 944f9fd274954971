import type { LinkVisit } from '@cairn/contracts/events';
import { referrerHost } from '@cairn/visitors';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { LinkCache } from '../links/link-cache.service.ts';
import type { ServedLink } from '../links/served-link.ts';
import { Audiences, type Asking } from './audiences.service.ts';
import type { Rest } from './location.ts';
import { decide, type Decision, type Redirect } from './redirect.ts';
import {
  LinkDeleted,
  LinkDisabled,
  LinkExpired,
  LinkUsedUp,
  NothingHere,
  PasswordRequired,
} from './redirect.errors.ts';
import { REDIRECTS_OPTIONS, type RedirectsOptions } from './redirects.options.ts';
import { VisitClaims } from './visit-claims.repository.ts';
import { VisitRecorder } from './visit-recorder.service.ts';

export interface Following extends Asking {
  readonly code: string;
  readonly rest: Rest;
  /** GET is a visit; HEAD asks only where one would lead. */
  readonly isVisit: boolean;
  readonly isUnlocked?: boolean;
}

/** Where somebody is sent; null: it is only told to who takes one of the visits that the owner allows. */
export interface Followed {
  readonly link: ServedLink;
  readonly location: string | null;
}

@Injectable()
export class LinkFollower {
  constructor(
    private readonly links: LinkCache,
    private readonly claims: VisitClaims,
    private readonly audiences: Audiences,
    private readonly recorder: VisitRecorder,
    @Inject(REDIRECTS_OPTIONS) private readonly options: RedirectsOptions,
  ) {}

  /**
   * Resolves when the visit is recorded.
   * @throws NothingHere, LinkDeleted, LinkDisabled, LinkExpired, LinkUsedUp, PasswordRequired
   */
  async execute(following: Following): Promise<Followed> {
    const { code, isVisit } = following;
    const link = await this.links.get(code);
    if (!link) throw new NothingHere();
    const decision = this.decide(link, following);
    if (decision.kind !== 'redirect') throw refusal(decision);
    const { location } = decision;
    if (!isVisit) return { link, location: link.maxVisits === null ? location : null };
    if (link.maxVisits !== null && !(await this.claims.claim(link.id))) throw new LinkUsedUp();
    await this.record(link, decision, following);
    return { link, location };
  }

  decide(link: ServedLink, { rest, isUnlocked = false, ...asking }: Omit<Following, 'isVisit'>): Decision {
    return decide(link, {
      rest,
      isUnlocked,
      visitor: () => this.audiences.visitorOf(asking),
      now: this.options.now(),
      random: Math.random,
    });
  }

  /** Resolves when it is durable. */
  record(link: ServedLink, { target }: Pick<Redirect, 'target'>, asking: Asking): Promise<void> {
    const at = new Date(this.options.now());
    const visit: LinkVisit = {
      id: uuidv7(),
      linkId: link.id,
      code: link.code,
      ownerId: link.ownerId,
      at: at.toISOString(),
      referrer: referrerHost(asking.headers.referer, this.options.ownHosts),
      target,
      audience: this.audiences.of(asking, link.ownerId ?? link.id, at),
    };
    return this.recorder.record(visit);
  }
}

function refusal(decision: Exclude<Decision, Redirect>) {
  switch (decision.kind) {
    case 'missing':
      return new NothingHere();
    case 'deleted':
      return new LinkDeleted();
    case 'disabled':
      return new LinkDisabled(`A moderator disabled it: ${decision.reason}`);
    case 'expired':
      return new LinkExpired();
    case 'used-up':
      return new LinkUsedUp();
    case 'locked':
      return new PasswordRequired();
  }
}
