import type { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { Nap } from '../nap.ts';
import { connected, openBlocking } from './redis.client.ts';

/** In milliseconds. */
const BLOCK_MS = 5_000;
const RETRY_MS = 100;
const UNBLOCK_AGAIN_MS = 1;

interface Watch {
  readonly after: string;
  readonly wake: (id: string) => void;
}

/**
 * Says when a stream has something new: one XREAD on a connection of its own waits for all of them. It reads outside of the group, so
 * nothing is delivered to a process that no longer owns the partition: an XREADGROUP that waits in Redis for a frozen process would
 * take the next record for it, behind the back of the new owner.
 */
export class WakeUps {
  private readonly commands: Redis;
  private readonly blocking: Redis;
  private readonly watches = new Map<string, Watch>();
  private readonly nap = new Nap();
  private readonly running: Promise<void>;
  /** The read under way, and which connection of Redis it waits on. */
  private reading: { readonly connection: Promise<unknown>; readonly ended: Promise<void> } | undefined;
  /** Whether something is watched that the read under way does not know. */
  private isStale = false;
  private isInterrupting = false;
  private isStopped = false;

  constructor(commands: Redis) {
    this.commands = commands;
    this.blocking = openBlocking(commands, BLOCK_MS);
    this.running = this.run();
  }

  /** Calls `wake` once, as soon as the stream has something after that id, with the id of the first of it. */
  watch(stream: string, after: string, wake: (id: string) => void): void {
    this.watches.set(stream, { after, wake });
    this.isStale = true;
    this.nap.wake();
    void this.interrupt();
  }

  unwatch(stream: string): void {
    this.watches.delete(stream);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.nap.wake();
    this.blocking.disconnect();
    await this.running;
  }

  private async run(): Promise<void> {
    await connected(this.blocking);
    while (!this.isStopped) {
      if (!this.watches.size) await this.nap.rest();
      else await this.read().catch(() => sleep(RETRY_MS));
    }
  }

  private async read(): Promise<void> {
    const ended = Promise.withResolvers<void>();
    const streams = [...this.watches.keys()];
    const ids = streams.map((stream) => this.watches.get(stream)!.after);
    this.isStale = false;
    // Both leave at once; a connection that was made anew has another id.
    const connection = this.blocking.client('ID');
    connection.catch(() => undefined);
    this.reading = { connection, ended: ended.promise };
    try {
      const answer = await this.blocking.xread('COUNT', 1, 'BLOCK', BLOCK_MS, 'STREAMS', ...streams, ...ids);
      for (const [stream, [entry]] of answer ?? []) this.tell(stream, entry![0]);
    } finally {
      this.reading = undefined;
      ended.resolve();
    }
  }

  private tell(stream: string, id: string): void {
    const watch = this.watches.get(stream);
    this.watches.delete(stream);
    watch?.wake(id);
  }

  /** Makes the read under way begin anew, with what is watched by now. It may not have reached Redis yet: then again. */
  private async interrupt(): Promise<void> {
    if (this.isInterrupting) return;
    this.isInterrupting = true;
    while (this.isStale && this.reading && !this.isStopped) {
      const { connection, ended } = this.reading;
      const isUnblocked = await this.unblock(connection).catch(() => false); // away: the read fails too, or ends after BLOCK_MS
      await (isUnblocked ? ended : sleep(UNBLOCK_AGAIN_MS));
    }
    this.isInterrupting = false;
  }

  private async unblock(connection: Promise<unknown>): Promise<boolean> {
    return (await this.commands.client('UNBLOCK', Number(await connection))) === 1;
  }
}
