import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { createHash } from 'node:crypto';
import type { Config } from '../config.ts';
import { OperationNotListed, PersistedQueryMismatch, PersistedQueryNotFound } from './graph.errors.ts';
import type { Parameters } from './graph-request.ts';
import { readOperations } from './operations.ts';
import { RecentMap } from '../recent-map.ts';

const REMEMBERED = 1_000;
/** Characters; longer ones are executed but not kept. */
const LONGEST = 10_000;
const SHARED_SECONDS = 3_600;
/** So many an hour go to Redis from each gateway, which anybody could fill otherwise: 20 MB of the longest. */
const SHARED_AN_HOUR = 2_000;
const REDIS_TIMEOUT_MS = 200;
const key = (hash: string) => `gateway:graphql:query:${hash}`;

/**
 * Queries by their SHA-256, so that a client need not send their text: kept here and, for the other gateways, in Redis; without Redis
 * each gateway learns them by itself. In locked mode only those of the committed list are answered.
 */
@Injectable()
export class PersistedQueries implements OnApplicationShutdown {
  private readonly logger = new Logger('PersistedQueries');
  private readonly known = new RecentMap<string, string>(REMEMBERED);
  private readonly listed: ReadonlyMap<string, string> | undefined;
  private readonly redis: Redis | undefined;
  private shared = 0;
  private sharedSince = performance.now();

  constructor(@Inject('config') config: Config) {
    if (config.GRAPHQL_PERSISTED_ONLY) this.listed = readOperations(config.GRAPHQL_OPERATIONS);
    if (this.listed) return;
    this.redis = new Redis(config.REDIS_URL, {
      lazyConnect: true,
      maxRetriesPerRequest: 0,
      commandTimeout: REDIS_TIMEOUT_MS,
    });
    this.redis.on('error', (error) => this.logger.debug(error)); // readiness of the others says it; here it only costs a client its text
  }

  /** The text to execute. @throws PersistedQueryNotFound, PersistedQueryMismatch, OperationNotListed */
  async textOf({ query, extensions }: Parameters): Promise<string> {
    const hash = extensions?.persistedQuery?.sha256Hash;
    if (query && hash && digest(query) !== hash) throw new PersistedQueryMismatch();
    if (this.listed) {
      const listed = this.listed.get(hash ?? digest(query!));
      if (listed === undefined) throw new OperationNotListed();
      return listed;
    }
    if (query) return query;
    const found = this.known.get(hash!) ?? (await this.fromRedis(hash!));
    if (found === undefined) throw new PersistedQueryNotFound('PersistedQueryNotFound');
    return found;
  }

  /** Called with what may be executed only: nobody fills the memory with rubbish. */
  remember({ query, extensions }: Parameters): void {
    const hash = extensions?.persistedQuery?.sha256Hash;
    if (this.listed || !hash || !query || query.length > LONGEST || this.known.get(hash) !== undefined) return;
    this.known.set(hash, query);
    if (!this.mayShare()) return;
    this.redis?.set(key(hash), query, 'EX', SHARED_SECONDS).catch((error: unknown) => this.logger.debug(error));
  }

  async onApplicationShutdown() {
    this.redis?.disconnect();
  }

  private mayShare(): boolean {
    const now = performance.now();
    if (now - this.sharedSince > SHARED_SECONDS * 1_000) [this.shared, this.sharedSince] = [0, now];
    return this.shared++ < SHARED_AN_HOUR;
  }

  private async fromRedis(hash: string): Promise<string | undefined> {
    const found = await this.redis?.get(key(hash)).catch((error: unknown) => this.logger.debug(error));
    if (typeof found !== 'string' || digest(found) !== hash) return undefined; // Redis is not ours alone
    this.known.set(hash, found);
    return found;
  }
}

const digest = (query: string) => createHash('sha256').update(query).digest('hex');
