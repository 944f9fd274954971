import { networkOf } from '@cairn/http/network';
import { Injectable, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Salt } from './salt.ts';
import { siteDay, type SiteDay } from './site-day.ts';
import { VisitorSaltRepository, type StoredSalt } from './visitor-salts.repository.ts';

/** For so long a visitor is also known by the day before, so that a session may cross midnight. */
const OVERLAP_MS = 30 * 60_000;
/** For so long a request waits for the instances to agree. */
const PATIENCE_MS = 100;

export interface VisitorRequest {
  /** Within which a visitor is the same: the id of a site, or of an owner of links. */
  readonly scope: string;
  readonly timeZone: string;
  readonly address: string;
  readonly userAgent: string | undefined;
  /** When the request was received. */
  readonly at: Date;
}

export interface VisitorKey {
  readonly visitor: string;
  /** In the first half hour of a day, where anybody was seen on the day before. */
  readonly visitorOfYesterday: string | null;
}

interface Today extends SiteDay {
  readonly salt: Salt;
  /** Whether the salt of the next day is there. */
  isFollowed: boolean;
}

/**
 * Stands for visitors without knowing them: a hash of address and user agent under a random salt that is of one day of one time zone.
 * Half an hour after that day the salt is destroyed everywhere, and nobody can tell any more whose hash it was.
 * The salts are in memory; the table is how instances agree on them. Without the table each goes on, and they agree later.
 */
@Injectable()
export class VisitorKeys {
  private readonly logger = new Logger(VisitorKeys.name);
  private readonly salts = new Map<string, Salt>();
  private readonly todays = new Map<string, Today>();
  private readonly notShared = new Set<string>();
  private sharing: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  /** The last attempt to share failed. */
  private isAway = false;

  constructor(private readonly stored: VisitorSaltRepository) {}

  /** Waits for nothing. @throws RangeError for a time zone that there is not */
  of({ scope, timeZone, address, userAgent, at }: VisitorRequest): VisitorKey {
    const now = at.getTime();
    const today = this.today(timeZone, now);
    const message = `${scope}|${networkOf(address)}|${userAgent ?? ''}`;
    const yesterday =
      now < today.beginsAt + OVERLAP_MS ? this.salts.get(keyOf(timeZone, dayBefore(today.day))) : undefined;
    return { visitor: today.salt.hash(message), visitorOfYesterday: yesterday?.hash(message) ?? null };
  }

  /**
   * Resolves when the instances agree on the salt of that moment. Only the first request in a time zone that nobody has used before has
   * anything to wait for; who does not wait risks that instances which meet the same visitor in these milliseconds count two. Nobody waits
   * long for a database that hangs, nor at all once it has failed: `turn` tries again, and says so.
   * @throws RangeError for a time zone that there is not
   */
  async ready(timeZone: string, at: Date): Promise<void> {
    const { day } = this.today(timeZone, at.getTime());
    if (this.isAway || !this.notShared.has(keyOf(timeZone, day))) return;
    const patience = new AbortController();
    await Promise.race([
      this.share(at).catch(() => undefined),
      sleep(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
  }

  /**
   * Forgets what has ended, makes the next day's salts ahead of midnight and agrees on them with the other instances. To be called every few seconds, by any number of instances.
   * @throws Error when the database is away: memory is in order all the same
   */
  async turn(now: Date): Promise<void> {
    this.forgetEnded(now.getTime());
    await this.stored.destroyEnded(now);
    await this.adopt(now);
    for (const timeZone of this.timeZones()) this.prepare(timeZone, now.getTime());
    if (this.notShared.size > 0) await this.share(now);
  }

  private today(timeZone: string, now: number): Today {
    const known = this.todays.get(timeZone);
    if (known && known.beginsAt <= now && now < known.endsAt) return known;
    const day = siteDay(timeZone, now);
    const today = { ...day, salt: this.saltOf(timeZone, day), isFollowed: false };
    this.todays.set(timeZone, today);
    if (this.notShared.size > 0) this.share(new Date(now)).catch(() => undefined); // `turn` tries again, and says so
    return today;
  }

  private prepare(timeZone: string, now: number): void {
    const today = this.today(timeZone, now);
    if (today.isFollowed) return;
    this.saltOf(timeZone, siteDay(timeZone, today.endsAt));
    today.isFollowed = true;
  }

  private saltOf(timeZone: string, { day, endsAt }: SiteDay): Salt {
    const key = keyOf(timeZone, day);
    let salt = this.salts.get(key);
    if (!salt) {
      this.salts.set(key, (salt = new Salt(randomBytes(32), endsAt + OVERLAP_MS)));
      this.notShared.add(key);
    }
    return salt;
  }

  /** One at a time. What is made while it runs goes with the next, which all who ask meanwhile share. */
  private share(now: Date): Promise<void> {
    return (this.next ??= (this.sharing ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return (this.sharing = this.shareAll(now));
      }));
  }

  private async shareAll(now: Date): Promise<void> {
    if (this.notShared.size === 0) return;
    const keys = [...this.notShared];
    try {
      await this.stored.add(keys.flatMap((key) => this.toStore(key, now)));
      await this.adopt(now);
      this.isAway = false;
    } catch (error) {
      this.isAway = true;
      throw error;
    }
    for (const key of keys) this.notShared.delete(key);
  }

  private toStore(key: string, now: Date): StoredSalt[] {
    const salt = this.salts.get(key);
    if (!salt || salt.endsAt <= now.getTime()) return [];
    const [timeZone, day] = key.split(' ') as [string, string];
    return [{ timeZone, day, salt: salt.copy(), endsAt: new Date(salt.endsAt) }];
  }

  /** What is in the table holds. What is missing there was lost by a crash of PostgreSQL: whoever still knows it puts it back. */
  private async adopt(now: Date): Promise<void> {
    const living = new Map(
      (await this.stored.living(now)).map((each) => [keyOf(each.timeZone, each.day), each] as const),
    );
    for (const [key, { salt: bytes, endsAt }] of living) {
      const known = this.salts.get(key);
      if (known?.isEqual(bytes)) continue;
      if (known?.isUsed)
        this.logger.warn(`Another instance had its salt for ${key} first: visitors of this one are new`);
      this.salts.set(key, new Salt(bytes, endsAt.getTime()));
      known?.destroy();
      this.todays.delete(key.split(' ')[0]!);
    }
    for (const [key, { endsAt }] of this.salts) if (!living.has(key) && endsAt > now.getTime()) this.notShared.add(key);
  }

  private forgetEnded(now: number): void {
    for (const [timeZone, { endsAt }] of this.todays) if (endsAt <= now) this.todays.delete(timeZone);
    for (const [key, salt] of this.salts) {
      if (salt.endsAt > now) continue;
      salt.destroy();
      this.salts.delete(key);
      this.notShared.delete(key);
    }
  }

  /** UTC is always in use, so that a first request need not wait. */
  private timeZones(): Set<string> {
    return new Set(['UTC', ...[...this.salts.keys()].map((key) => key.split(' ')[0]!)]);
  }
}

const keyOf = (timeZone: string, day: string) => `${timeZone} ${day}`;

const dayBefore = (day: string) => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
