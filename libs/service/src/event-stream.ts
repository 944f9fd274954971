import { PassThrough, type Readable } from 'node:stream';

export const EVENT_STREAM = 'text/event-stream';

/** What idles is cut off on the way: by default after a minute at the gateway, elsewhere after half of that. */
const HEARTBEAT_MS = 15_000;
/** Firefox and Safari open a stream when something has come. */
const HEARTBEAT = ':\n\n';

/** Between values, never in one. */
const NEWLINES = /\r\n|\r|\n/g;

/** Said with a stream, so that nobody between keeps it or holds it back. */
export const EVENT_STREAM_FIELDS = {
  'Content-Type': `${EVENT_STREAM}; charset=utf-8`,
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
};

export interface EventStreamOptions {
  /** Milliseconds for which the other side may take nothing of what has been written. Then it is hung up on. */
  readonly patienceMs: number;
  /** The result that an error is, which ends them. */
  readonly resultOf: (error: unknown) => string;
}

/**
 * Results, in JSON, as GraphQL over SSE has them in its distinct connections mode: an event `next` each, and `complete` when there will be no more. They are taken one by one, at the
 * pace at which they are read. Who leaves ends them.
 */
export class EventStream {
  readonly out: Readable;
  private readonly pipe = new PassThrough();
  private readonly heart = setInterval(() => this.pipe.writableNeedDrain || this.pipe.write(HEARTBEAT), HEARTBEAT_MS);

  constructor(
    private readonly results: AsyncIterableIterator<string>,
    private readonly options: EventStreamOptions,
  ) {
    this.out = this.pipe;
    this.pipe.write(HEARTBEAT);
    this.pipe.once('close', () => this.leave());
    void this.pump();
  }

  /** Ends it without `complete`: there would be more, and its reader comes back for it. */
  interrupt(): void {
    this.pipe.end();
    this.leave();
  }

  private leave(): void {
    clearInterval(this.heart);
    this.results.return?.().catch(() => undefined);
  }

  private async pump(): Promise<void> {
    try {
      for await (const result of this.results) await this.write('next', result);
    } catch (error) {
      await this.write('next', this.options.resultOf(error));
    }
    await this.write('complete', '');
    this.pipe.end();
    this.leave();
  }

  private async write(event: string, data: string): Promise<void> {
    if (this.pipe.writableEnded || this.pipe.destroyed) return;
    if (this.pipe.write(`event: ${event}\ndata: ${data.replace(NEWLINES, '\ndata: ')}\n\n`)) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => this.pipe.destroy(), this.options.patienceMs);
      const done = () => {
        clearTimeout(late);
        this.pipe.off('drain', done).off('close', done);
        resolve();
      };
      this.pipe.once('drain', done).once('close', done);
    });
  }
}
