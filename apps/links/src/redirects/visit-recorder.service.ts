import { linkVisitsRecorded, type LinkVisit } from '@cairn/contracts/events';
import { Facts } from '@cairn/messaging';
import { counter } from '@cairn/observability';
import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';

/** What one event holds at most. */
const MOST = 500;
/**
 * In milliseconds. No visitor waits longer: RedirectFront takes whoever gives a second. With a spool nobody comes near it, as FactSender
 * gives the broker up after 250 ms; without one the drivers take seconds to.
 */
const WAIT_MS = 900;
/** Events, 50,000 visits: more than one thread answers within WAIT_MS, and some tens of megabytes while a broker is silent. */
const MOST_UNDERWAY = 100;
const TOO_MANY = new Error('Too many visits wait for the broker, or for the disk');
const AT_ONCE = Promise.resolve();

interface Batch {
  readonly visits: LinkVisit[];
  /** Resolves when they are durable, or lost, or have waited for long enough. */
  readonly answered: Promise<void>;
  readonly answer: () => void;
}

/**
 * Group commit (Gray and Reuter, Transaction Processing, 9.4.7): the visits of one turn of the event loop, and all that come while the ones
 * before are under way, are one event. They are answered when the broker has it, or the spool on disk. An event that is full waits for
 * none before it, so that what a slow broker holds up is not a queue here, of which FactSender would see nothing.
 */
@Injectable()
export class VisitRecorder {
  private readonly logger = new Logger(VisitRecorder.name);
  private batch: Batch | undefined;
  private underway: Promise<void> = Promise.resolve();
  private eventsUnderway = 0;
  private lost = 0;
  private isLosing = false;
  /** From the first visitor who has waited for WAIT_MS until an event takes less: meanwhile nobody waits. */
  private isLate = false;

  constructor(private readonly facts: Facts) {
    counter('link_visits_lost_total', {
      help: 'Visits that were answered and neither the broker nor the spool took',
      read: () => this.lost,
    });
  }

  /**
   * Resolves when it is durable, or after WAIT_MS, or at once while that is known to be too short. It does not reject: who visits is sent
   * on though nobody could count it, which is said once in the log, and in the metrics.
   */
  record(visit: LinkVisit): Promise<void> {
    if (this.batch?.visits.length === MOST) {
      if (this.eventsUnderway >= MOST_UNDERWAY) {
        this.lose(1, TOO_MANY);
        return AT_ONCE;
      }
      this.send(this.batch);
    }
    this.batch ??= this.begin();
    this.batch.visits.push(visit);
    return this.isLate ? AT_ONCE : this.batch.answered;
  }

  private begin(): Batch {
    const { promise, resolve } = Promise.withResolvers<void>();
    let isAnswered = false;
    const late = () => {
      if (!isAnswered) this.late();
      resolve();
    };
    // A turn more: where this process stood still the answer is here, and unread.
    const timer = setTimeout(() => setImmediate(late), WAIT_MS);
    const answer = () => {
      isAnswered = true;
      clearTimeout(timer);
      resolve();
    };
    const batch: Batch = { visits: [], answered: promise, answer };
    const turn = new Promise<void>((resolveTurn) => setImmediate(resolveTurn));
    void Promise.all([turn, this.underway]).then(() => {
      if (this.batch === batch) this.send(batch); // or it was full, and has gone
    });
    return batch;
  }

  private send(batch: Batch): void {
    this.batch = undefined;
    this.underway = this.append(batch.visits).then(batch.answer);
  }

  private async append(visits: LinkVisit[]): Promise<void> {
    const since = performance.now();
    this.eventsUnderway++;
    try {
      // To check each visit against the contract costs as much as all else about recording it.
      await this.facts.appendFact(linkVisitsRecorded, { batchId: uuidv7(), visits }, { isChecked: true });
      if (performance.now() - since < WAIT_MS) this.isLosing = this.isLate = false;
    } catch (error) {
      this.lose(visits.length, error);
    }
    this.eventsUnderway--;
  }

  private late(): void {
    if (!this.isLate) this.logger.warn(`To record a visit takes more than ${WAIT_MS} ms: visitors do not wait for it`);
    this.isLate = true;
  }

  private lose(visits: number, error: unknown): void {
    this.lost += visits;
    if (!this.isLosing) this.logger.error(error, 'Visits are lost from here on: link_visits_lost_total says how many');
    this.isLosing = true;
  }
}
