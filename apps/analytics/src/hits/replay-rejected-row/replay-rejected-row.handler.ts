import type { Principal } from '@cairn/auth';
import { HitSchema, type Hit } from '@cairn/contracts/events';
import { databaseTime, Transactions } from '@cairn/database';
import { InvalidInput, validate } from '@cairn/http';
import { Inject, Injectable } from '@nestjs/common';
import { ageOf } from '../hit-age.ts';
import { HitRowSchema } from '../hit-row.dto.ts';
import { HitRepository } from '../hit.repository.ts';
import { HitStillRefused } from '../hits.errors.ts';
import { HITS_OPTIONS, type HitsOptions } from '../hits.options.ts';
import { newHit } from '../new-hit.mapper.ts';
import type { Replayed } from '../rejected-row.dto.ts';
import { RejectedRowRepository, type TakenRow } from '../rejected-row.repository.ts';

@Injectable()
export class ReplayRejectedRowHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly rows: RejectedRowRepository,
    private readonly hits: HitRepository,
    @Inject(HITS_OPTIONS) private readonly options: HitsOptions,
  ) {}

  /** @throws RejectedRowNotFound, HitStillRefused; InvalidInput naming what is still wrong with the row */
  execute(caller: Principal, id: string, change: Readonly<Record<string, unknown>>): Promise<Replayed> {
    return this.transactions.run(async (tx) => {
      const hit = hitOf(await this.rows.take(tx, caller, id), change);
      const age = ageOf(hit, await databaseTime(tx), this.options);
      if (age !== 'storable') throw new HitStillRefused(`It cannot be stored: ${age}`);
      return { stored: (await this.hits.store(tx, [hit])) === 1 };
    });
  }
}

function hitOf({ row, received, site }: TakenRow, change: Readonly<Record<string, unknown>>): Hit {
  if (isHit(row)) return HitSchema.parse(row.hit);
  const fields = isRecord(row) ? row : {};
  const merged = Object.fromEntries(Object.entries({ ...fields, ...change }).filter(([, value]) => value !== null));
  const made = newHit(validate(HitRowSchema, merged), {
    site,
    audience: received.audience,
    sentAt: received.sentAt === null ? undefined : new Date(received.sentAt),
    receivedAt: new Date(received.at),
    consented: received.consented ?? undefined,
  });
  if ('errors' in made) throw new InvalidInput(made.errors);
  return made.hit;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** What an event brought, not a page: pages' rows have no such field by the time they are kept, or it is what was wrong with them. */
const isHit = (row: unknown): row is { hit: unknown } =>
  isRecord(row) && Object.keys(row).length === 1 && HitSchema.safeParse(row.hit).success;
