import { hitsReceived, type Hit } from '@cairn/contracts/events';
import { Facts } from '@cairn/messaging';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';

/** Of one event, as its contract has it. */
const MOST_HITS = 500;
/** Kafka takes a megabyte in one record. */
const MOST_BYTES = 500_000;

interface Waiting {
  readonly hit: Hit;
  readonly sent: PromiseWithResolvers<void>;
}

/** Group commit: the hits of one turn of the event loop go to the broker together, and each request waits for the event with its own. */
@Injectable()
export class HitStream {
  private waiting: Waiting[] = [];

  constructor(private readonly facts: Facts) {}

  /** Resolves when they are durable. @throws what Facts.appendFact throws: they may be sent again under their ids */
  async append(hits: readonly Hit[]): Promise<void> {
    if (!hits.length) return;
    if (!this.waiting.length) setImmediate(() => this.send());
    const mine = hits.map((hit) => ({ hit, sent: Promise.withResolvers<void>() }));
    this.waiting.push(...mine);
    await Promise.all(mine.map(({ sent }) => sent.promise));
  }

  private send(): void {
    const all = this.waiting;
    this.waiting = [];
    for (const batch of batches(all))
      this.facts.appendFact(hitsReceived, { batchId: uuidv7(), hits: batch.map(({ hit }) => hit) }).then(
        () => batch.forEach(({ sent }) => sent.resolve()),
        (error: unknown) => batch.forEach(({ sent }) => sent.reject(error)),
      );
  }
}

function* batches(all: readonly Waiting[]): Generator<readonly Waiting[]> {
  let begin = 0;
  let size = 0;
  for (let end = 0; end < all.length; end++) {
    const weight = weightOf(all[end]!.hit);
    if (end > begin && (end - begin === MOST_HITS || size + weight > MOST_BYTES)) {
      yield all.slice(begin, end);
      begin = end;
      size = 0;
    }
    size += weight;
  }
  if (begin < all.length) yield all.slice(begin);
}

const weightOf = (hit: Hit) => Buffer.byteLength(JSON.stringify(hit));
