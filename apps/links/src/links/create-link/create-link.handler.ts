import type { Principal } from '@cairn/auth';
import { Idempotency, Transactions } from '@cairn/database';
import { InvalidInput } from '@cairn/http';
import type { IdempotentRequest } from '@cairn/http/errors';
import { Inject, Injectable } from '@nestjs/common';
import { Limits, whoever } from '../../limits/limits.service.ts';
import { hashPassword } from '../link-password.ts';
import type { LinkView } from '../link.dto.ts';
import { CodeTaken, NoCodeFound, TooManyLinks } from '../link.errors.ts';
import { LinkViews } from '../link-views.query.ts';
import { LINKS_OPTIONS, type LinksOptions } from '../links.options.ts';
import { NewLinks, type Outcome, type Wish } from '../new-links.service.ts';
import { toContent } from '../new-link.dto.ts';
import type { CreateLink } from './create-link.dto.ts';
import { objectionsToAnonymous } from './anonymous-link.ts';

/** The link, and whether it was made for this request. */
export interface CreatedLink {
  readonly link: LinkView;
  readonly isNew: boolean;
}

@Injectable()
export class CreateLinkHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly idempotency: Idempotency,
    private readonly newLinks: NewLinks,
    private readonly views: LinkViews,
    private readonly limits: Limits,
    @Inject(LINKS_OPTIONS) private readonly options: LinksOptions,
  ) {}

  /** @throws InvalidInput, CodeTaken, NoCodeFound, Overloaded, IdempotencyKeyInFlight, IdempotencyKeyReused */
  async execute(owner: Principal, wanted: CreateLink, request?: IdempotentRequest): Promise<CreatedLink> {
    const passwordHash = wanted.password === null ? null : await hashPassword(wanted.password);
    const { code, reuse } = wanted;
    return this.create(owner.id, { content: toContent(wanted), code, reuse, passwordHash }, request);
  }

  /** Nobody's: it cannot be changed, and ends by itself. @throws InvalidInput, TooManyLinks */
  async executeForStranger(address: string, wanted: CreateLink): Promise<CreatedLink> {
    const { perHour, days } = this.options.anonymous!;
    const latest = new Date(Date.now() + days * 86_400_000);
    const objections = objectionsToAnonymous(wanted, latest);
    if (objections.length) throw new InvalidInput(objections);
    const content = { ...toContent(wanted), expiresAt: wanted.expiresAt ?? latest };
    const policy = { name: 'anonymous-links', quota: perHour, windowSeconds: 3_600 };
    const limit = await this.limits.count(policy, whoever(undefined, address));
    if (limit) throw new TooManyLinks(undefined, { limit });
    return this.create(null, { content });
  }

  private create(ownerId: string | null, wish: Wish, request?: IdempotentRequest): Promise<CreatedLink> {
    return this.transactions.run((tx) =>
      this.idempotency.once(tx, request, async () => {
        const [outcome] = await this.newLinks.create(tx, ownerId, [wish]);
        const [link] = await this.views.of(tx, [idOf(outcome!)]);
        return { link: link!, isNew: outcome!.kind === 'created' };
      }),
    );
  }
}

function idOf(outcome: Outcome): string {
  if (outcome.kind === 'refused') throw new InvalidInput([...outcome.issues]);
  if (outcome.kind === 'code-taken') throw new CodeTaken();
  if (outcome.kind === 'no-code') throw new NoCodeFound();
  return outcome.id;
}
