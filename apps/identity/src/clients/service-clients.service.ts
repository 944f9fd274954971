import { Inject, Injectable } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import { CONFIG, type Config } from '../config.ts';

/** The services that may call others, and their secrets, from SERVICE_CLIENTS. */
@Injectable()
export class ServiceClients {
  private readonly digests: ReadonlyMap<string, Buffer>;

  constructor(@Inject(CONFIG) config: Config) {
    this.digests = new Map(Object.entries(config.SERVICE_CLIENTS).map(([id, secret]) => [id, digest(secret)]));
  }

  /** In a time that depends on neither the id nor the secret. */
  isAuthentic(id: string, secret: string): boolean {
    const expected = this.digests.get(id);
    const matches = timingSafeEqual(digest(secret), expected ?? digest('nobody'));
    return matches && expected !== undefined;
  }
}

const digest = (secret: string) => createHash('sha256').update(secret).digest();
