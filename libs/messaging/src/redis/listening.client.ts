import type { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '../broker/broker.ts';
import { deliveryOf } from './delivery.ts';
import { connected, openBlocking } from './redis.client.ts';

const BLOCK_MS = 5_000;
const RETRY_MS = 100;
const PAGE = 100;

interface Place {
  readonly topic: string;
  readonly partition: number;
  last: string;
}

/** Follows streams on a connection of its own, from their ends; after a reconnect from where it was. */
export class Listening {
  private readonly redis: Redis;
  /** By stream. */
  private readonly places: ReadonlyMap<string, Place>;
  private readonly hear: (delivery: Delivery) => void;
  private readonly running: Promise<void>;
  private isStopped = false;

  constructor(redis: Redis, places: ReadonlyMap<string, Place>, hear: (delivery: Delivery) => void) {
    this.redis = openBlocking(redis, BLOCK_MS);
    this.places = places;
    this.hear = hear;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.redis.disconnect();
    await this.running;
  }

  abandon(): void {
    void this.stop();
  }

  private async run(): Promise<void> {
    await connected(this.redis);
    while (!this.isStopped) await this.read().catch(() => sleep(RETRY_MS));
  }

  private async read(): Promise<void> {
    const lasts = [...this.places.values()].map(({ last }) => last);
    const answer = await this.redis.xread('COUNT', PAGE, 'BLOCK', BLOCK_MS, 'STREAMS', ...this.places.keys(), ...lasts);
    for (const [stream, entries] of answer ?? []) {
      const place = this.places.get(stream)!;
      for (const [id, fields] of entries) {
        if (this.isStopped) return;
        place.last = id; // first: what fails to be heard has been heard
        const delivery = deliveryOf(place.topic, place.partition, id, fields);
        queueMicrotask(() => this.hear(delivery)); // what it throws is not the connection's fault
      }
    }
  }
}

/** Where a stream ends. @throws Error when Redis cannot be asked */
export async function endOf(redis: Redis, stream: string): Promise<string> {
  try {
    const about = (await redis.xinfo('STREAM', stream)) as unknown[];
    return String(about[about.indexOf('last-generated-id') + 1]);
  } catch (error) {
    if (/no such key/.test((error as Error).message)) return '0-0';
    throw error;
  }
}
