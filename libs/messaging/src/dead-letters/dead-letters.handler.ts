import { Transactions } from '@cairn/database';
import { decodeCursor, toPage, type Page } from '@cairn/http';
import { Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';
import {
  DeadLetterIdSchema,
  type ChooseDeadLetters,
  type Chosen,
  type DeadLetter,
  type DeadLetterDetails,
  type ListDeadLetters,
} from './dead-letter.dto.ts';
import { DeadLetterRepository } from './dead-letters.repository.ts';
import { DeadLetterNotFound, NotDeadYet, WaitsBehindAnother } from './dead-letters.errors.ts';

/** Each has a transaction of its own, which holds one lock: more of them would wait for consumers that wait for them. */
const MOST_DISCARDED = 1_000;

const CursorSchema = z.tuple([DeadLetterIdSchema]);

/** What an operator may do with what could not be handled: look, try again, or give up. Nobody edits an event. */
@Injectable()
export class DeadLetters {
  private readonly logger = new Logger(DeadLetters.name);

  constructor(
    private readonly transactions: Transactions,
    private readonly letters: DeadLetterRepository,
  ) {}

  async list({ limit, cursor, ...filter }: ListDeadLetters): Promise<Page<DeadLetter>> {
    const [after = '0'] = decodeCursor(cursor, CursorSchema) ?? [];
    return toPage(await this.letters.list(filter, after, limit + 1), limit, ({ id }) => [id]);
  }

  /** @throws DeadLetterNotFound */
  async get(id: string): Promise<DeadLetterDetails> {
    const found = await this.letters.find(id);
    if (!found) throw new DeadLetterNotFound();
    return found;
  }

  /**
   * Of what is being tried again already it answers just that: twice is as good as once.
   * @throws DeadLetterNotFound, WaitsBehindAnother
   */
  async replay(operatorId: string, id: string): Promise<DeadLetterDetails> {
    const replayed = await this.transactions.run((tx) => this.letters.replay(tx, { ids: [id] }));
    if (replayed.length) this.note(operatorId, 'replayed', replayed);
    const found = await this.get(id);
    if (found.state === 'waiting') throw new WaitsBehindAnother();
    return found;
  }

  async replayMany(operatorId: string, chosen: ChooseDeadLetters): Promise<Chosen> {
    const replayed = await this.transactions.run((tx) => this.letters.replay(tx, chosen));
    this.note(operatorId, 'replayed', replayed);
    return { done: replayed.length, skipped: skipped(chosen, replayed), remaining: 0 };
  }

  /** @throws DeadLetterNotFound, NotDeadYet, WaitsBehindAnother */
  async discard(operatorId: string, id: string): Promise<void> {
    if (await this.transactions.run((tx) => this.letters.discard(tx, id)))
      return this.note(operatorId, 'discarded', [id]);
    const { state } = await this.get(id);
    throw state === 'waiting' ? new WaitsBehindAnother() : new NotDeadYet();
  }

  /** The oldest first, so many at a time; what is left is for the next request. */
  async discardMany(operatorId: string, chosen: ChooseDeadLetters): Promise<Chosen> {
    const discarded: string[] = [];
    for (const id of await this.letters.ids(chosen, MOST_DISCARDED))
      if (await this.transactions.run((tx) => this.letters.discard(tx, id))) discarded.push(id);
    this.note(operatorId, 'discarded', discarded);
    return { done: discarded.length, skipped: skipped(chosen, discarded), remaining: await this.letters.count(chosen) };
  }

  private note(operatorId: string, did: 'replayed' | 'discarded', ids: readonly string[]): void {
    if (ids.length) this.logger.warn({ operatorId, ids }, `An operator has ${did} dead letters`);
  }
}

const skipped = ({ ids = [] }: ChooseDeadLetters, done: readonly string[]) => {
  const isDone = new Set(done);
  return ids.filter((id) => !isDone.has(id));
};
