import { linkVisitsRecorded, type LinkVisit } from '@cairn/contracts/events';
import { Facts } from '@cairn/messaging';
import { gauge } from '@cairn/observability';
import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';

/** What one event holds at most. */
const MOST = 500;

interface Batch {
  readonly visits: LinkVisit[];
  readonly recorded: Promise<void>;
}

/**
 * Group commit (Gray and Reuter, Transaction Processing, 9.4.7): the visits of one turn of the event loop, and all that come while the ones
 * before are under way, are one event. They are answered when the broker has it, or the spool on disk.
 */
@Injectable()
export class VisitRecorder {
  private readonly logger = new Logger(VisitRecorder.name);
  private batch: Batch | undefined;
  private underway: Promise<void> = Promise.resolve();
  private lost = 0;
  private isLosing = false;

  constructor(private readonly facts: Facts) {
    gauge('link_visits_lost_total', {
      help: 'Visits that were answered and neither the broker nor the spool took',
      read: () => this.lost,
    });
  }

  /**
   * Resolves when it is durable. It does not reject: who visits is sent on though nobody could count it, which is said once in the log,
   * and in the metrics.
   */
  record(visit: LinkVisit): Promise<void> {
    if (!this.batch || this.batch.visits.length >= MOST) this.batch = this.begin();
    this.batch.visits.push(visit);
    return this.batch.recorded;
  }

  private begin(): Batch {
    const visits: LinkVisit[] = [];
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    const recorded = Promise.all([turn, this.underway]).then(() => {
      if (this.batch === batch) this.batch = undefined;
      return this.append(visits);
    });
    const batch: Batch = { visits, recorded };
    this.underway = recorded;
    return batch;
  }

  private async append(visits: LinkVisit[]): Promise<void> {
    try {
      // To check each visit against the contract costs as much as all else about recording it.
      await this.facts.appendFact(linkVisitsRecorded, { batchId: uuidv7(), visits }, { isChecked: true });
      this.isLosing = false;
    } catch (error) {
      this.lost += visits.length;
      if (!this.isLosing)
        this.logger.error(error, 'Visits are lost from here on: link_visits_lost_total says how many');
      this.isLosing = true;
    }
  }
}
