import type { Principal } from '@cairn/auth';
import { Idempotency, Transactions } from '@cairn/database';
import { InvalidInput, validate } from '@cairn/http';
import type { IdempotentRequest } from '@cairn/http/errors';
import { Injectable } from '@nestjs/common';
import type { LinkView } from '../link.dto.ts';
import { CodeTaken, NoCodeFound } from '../link.errors.ts';
import { LinkViews } from '../link-views.query.ts';
import { toContent } from '../new-link.dto.ts';
import { NewLinks, type Outcome, type Wish } from '../new-links.service.ts';
import {
  CreateLinksRowSchema,
  type CreatedLinks,
  type CreateLinks,
  type CreateLinksResult,
} from './create-links.dto.ts';

@Injectable()
export class CreateLinksHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly idempotency: Idempotency,
    private readonly newLinks: NewLinks,
    private readonly views: LinkViews,
  ) {}

  /** All that can be made, in one transaction: after a crash all of them are there or none. @throws IdempotencyKeyInFlight, IdempotencyKeyReused */
  execute(owner: Principal, { links }: CreateLinks, request?: IdempotentRequest): Promise<CreatedLinks> {
    const rows = links.map(toWish);
    const wishes = rows.filter((row): row is Wish => !(row instanceof InvalidInput));
    return this.transactions.run((tx) =>
      this.idempotency.once(tx, request, async () => {
        const outcomes = wishes.length ? await this.newLinks.create(tx, owner.id, wishes) : [];
        const ids = outcomes.flatMap((outcome) => ('id' in outcome ? [outcome.id] : []));
        const shown = new Map((await this.views.of(tx, ids)).map((link) => [link.id, link]));
        const results = outcomes.map((outcome) => resultOf(outcome, shown)).values();
        return {
          results: rows.map((row) => (row instanceof InvalidInput ? refused(row.errors) : results.next().value!)),
        };
      }),
    );
  }
}

function toWish(row: object): Wish | InvalidInput {
  try {
    const wanted = validate(CreateLinksRowSchema, row);
    return { content: toContent(wanted), code: wanted.code, reuse: wanted.reuse };
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
}

function resultOf(outcome: Outcome, shown: ReadonlyMap<string, LinkView>): CreateLinksResult {
  if (outcome.kind === 'refused') return refused([...outcome.issues]);
  if (outcome.kind === 'code-taken') return { status: 409, link: null, problem: CodeTaken.problem };
  if (outcome.kind === 'no-code') return { status: 503, link: null, problem: NoCodeFound.problem };
  return { status: outcome.kind === 'created' ? 201 : 200, link: shown.get(outcome.id)!, problem: null };
}

const refused = (errors: InvalidInput['errors']): CreateLinksResult => ({
  status: 400,
  link: null,
  problem: { code: 'request.invalid', title: 'The request is invalid', errors },
});
