import { requestContext } from '@cairn/observability';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Latest } from './latest.ts';
import type { Realtime } from './realtime.dto.ts';
import { RealtimeQuery } from './realtime.query.ts';

/** With what a hit takes on its way to its row, a reader knows of it within two seconds. */
const EVERY_MS = 1_000;
/**
 * One reading per second for each site that somebody of this instance watches, however many they are; none for the others. Where reading itself takes
 * long, because so much happens there, half of the time at most.
 */
@Injectable()
export class RealtimeFeeds implements OnModuleDestroy {
  private readonly logger = new Logger(RealtimeFeeds.name);
  private readonly feeds = new Map<string, Feed>();
  private isStopping = false;

  constructor(private readonly query: RealtimeQuery) {}

  /** From now on, the first of it at once. `return` leaves. */
  follow(siteId: string): AsyncIterableIterator<Realtime> {
    let feed = this.feeds.get(siteId);
    const reader = new Latest<Realtime>(() => {
      feed!.readers.delete(reader);
      if (feed!.readers.size === 0) this.end(siteId, feed!);
    });
    if (feed) {
      feed.readers.add(reader);
      if (feed.latest) reader.set(feed.latest);
    } else {
      const fresh: Feed = (feed = { readers: new Set([reader]), latest: undefined, timer: undefined });
      this.feeds.set(siteId, fresh);
      requestContext.exit(() => void this.read(siteId, fresh)); // of no request: it goes on when the first reader has left
    }
    return reader;
  }

  onModuleDestroy() {
    this.isStopping = true;
    for (const [siteId, feed] of this.feeds) this.end(siteId, feed);
  }

  private end(siteId: string, feed: Feed): void {
    clearTimeout(feed.timer);
    this.feeds.delete(siteId);
  }

  private async read(siteId: string, feed: Feed): Promise<void> {
    const since = performance.now();
    try {
      const realtime = await this.query.execute(siteId);
      const isNews = !feed.latest || countsOf(realtime) !== countsOf(feed.latest);
      feed.latest = realtime;
      if (isNews) for (const reader of feed.readers) reader.set(realtime);
    } catch (error) {
      this.logger.warn(error, 'Realtime could not be read'); // what is shown grows old, and is read again in a moment
    }
    if (this.isStopping || this.feeds.get(siteId) !== feed) return;
    const took = performance.now() - since;
    const pause = Math.max(EVERY_MS - took, took);
    feed.timer = setTimeout(() => void this.read(siteId, feed), pause);
  }
}

interface Feed {
  readonly readers: Set<Latest<Realtime>>;
  latest: Realtime | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** What tells one reading from the next; the time always does. */
const countsOf = ({ visitors, visits, minutes, pages }: Realtime) =>
  JSON.stringify([visitors, visits, minutes.map((minute) => minute.visits), pages]);
