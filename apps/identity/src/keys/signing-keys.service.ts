import { OUTLIVES_TOKENS_SECONDS, type JwksSource } from '@cairn/auth';
import { databaseTime, Transactions, type Transaction } from '@cairn/database';
import { Dependency } from '@cairn/service/health';
import { Inject, Injectable } from '@nestjs/common';
import { createPrivateKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.ts';
import { derivedKey } from './derived-key.ts';
import { seal, unseal } from './seal.ts';
import type { SignedBy } from './sign-jwt.ts';
import { publishedAt, signerAt, SigningKey } from './signing-key.ts';

/** How old an instance's copy of the keys may be: far less than KEY_PUBLISH_SECONDS, so that all know a key before one signs with it. */
const COPY_MS = 10_000;

/**
 * The keys that sign access tokens: private halves sealed in the database, public halves published as JWKS. Instances agree by it, and
 * by its clock: one whose own is a month ahead would add a key that signs in a month and delete the one that signs.
 */
@Dependency({ name: 'signing-keys', required: true })
@Injectable()
export class SigningKeys implements JwksSource {
  private readonly sealingKey: Buffer;
  /** `readAt` by the monotonic clock, in milliseconds; `time` is the database's then. */
  private copy: { keys: SigningKey[]; readAt: number; time: Date } | undefined;
  private readonly opened = new Map<string, KeyObject>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.sealingKey = derivedKey(config.KEY_ENCRYPTION_SECRET, 'signing keys');
  }

  /** @throws Error in one sentence when KEY_ENCRYPTION_SECRET is not the one that the keys were sealed with */
  async open(): Promise<void> {
    await this.rotateIfDue();
    await this.signer();
  }

  async check(): Promise<void> {
    await this.signer();
  }

  async signer(): Promise<SignedBy> {
    const { keys, now } = await this.current();
    const key = signerAt(keys, now);
    if (!key)
      throw new Error('No key signs yet: the clock of the database was set back. The command rotate-keys mends it.');
    return { kid: key.kid, privateKey: this.unlock(key) };
  }

  async jwks() {
    const { keys, now } = await this.current();
    const published = publishedAt(keys, OUTLIVES_TOKENS_SECONDS, now);
    return { keys: published.map(({ publicJwk }) => publicJwk) };
  }

  /** Those that are kept, the youngest first. */
  async list(): Promise<readonly SigningKey[]> {
    this.copy = undefined;
    return (await this.current()).keys;
  }

  /**
   * Makes the next key, which is published now and signs KEY_PUBLISH_SECONDS later. One that waits already is the answer; where none
   * signs, one that signs at once.
   */
  rotate(): Promise<SigningKey> {
    return this.underLock(async (tx, keys, now) => {
      const first = await this.mend(tx, keys, now);
      const waiting = keys.find(({ signsFrom }) => signsFrom > now);
      return first ?? waiting ?? this.add(tx, now, this.config.KEY_PUBLISH_SECONDS);
    });
  }

  /** Rotates when the youngest key is old, and forgets those that nobody needs. */
  async rotateIfDue(): Promise<void> {
    await this.underLock(async (tx, keys, now) => {
      if (await this.mend(tx, keys, now)) return;
      const due = keys[0]!.signsFrom.getTime() + this.config.KEY_ROTATION_DAYS * 86_400_000;
      if (due <= now.getTime()) await this.add(tx, now, this.config.KEY_PUBLISH_SECONDS);
      const kept = new Set(publishedAt(keys, OUTLIVES_TOKENS_SECONDS, now));
      for (const { kid } of keys.filter((key) => !kept.has(key))) await tx.delete(SigningKey, { kid });
    });
  }

  /**
   * None waits longer than a new one would: a clock was wrong when it was made. Adds one that signs at once when none signs, as for
   * the first: nobody has a copy of the list yet.
   */
  private async mend(tx: Transaction, keys: SigningKey[], now: Date): Promise<SigningKey | undefined> {
    for (const [index, key] of keys.entries()) {
      const latest = new Date(now.getTime() + this.config.KEY_PUBLISH_SECONDS * 1_000 - index); // their order stays
      if (key.signsFrom <= latest) break;
      key.signsFrom = latest;
      await tx.update(SigningKey, { kid: key.kid }, { signsFrom: latest });
    }
    return signerAt(keys, now) ? undefined : this.add(tx, now, 0);
  }

  private async current(): Promise<{ keys: SigningKey[]; now: Date }> {
    if (!this.copy || performance.now() - this.copy.readAt > COPY_MS) {
      const keys = await this.dataSource.manager.find(SigningKey, { order: { signsFrom: 'DESC' } });
      const time = await databaseTime(this.dataSource.manager);
      this.copy = { keys, readAt: performance.now(), time };
    }
    const { keys, readAt, time } = this.copy;
    return { keys, now: new Date(time.getTime() + performance.now() - readAt) };
  }

  /**
   * One instance at a time decides about keys, and only one that can open them: a key that was sealed with another secret would, once
   * it signs, end every login. @throws Error in one sentence when KEY_ENCRYPTION_SECRET is another
   */
  private async underLock<T>(decide: (tx: Transaction, keys: SigningKey[], now: Date) => Promise<T>): Promise<T> {
    try {
      return await this.transactions.run(async (tx) => {
        await tx.query(`SELECT pg_advisory_xact_lock(hashtext('signing-keys'))`);
        const keys = await tx.find(SigningKey, { order: { signsFrom: 'DESC' } });
        if (keys[0]) this.unlock(keys[0]);
        return decide(tx, keys, await databaseTime(tx));
      });
    } finally {
      this.copy = undefined;
    }
  }

  private async add(tx: Transaction, now: Date, secondsUntilItSigns: number): Promise<SigningKey> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = randomUUID();
    const key = Object.assign(new SigningKey(), {
      kid,
      publicJwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' },
      sealedPrivateKey: seal(privateKey.export({ format: 'der', type: 'pkcs8' }), this.sealingKey, kid),
      createdAt: now,
      signsFrom: new Date(now.getTime() + secondsUntilItSigns * 1_000),
    });
    await tx.insert(SigningKey, key);
    return key;
  }

  private unlock({ kid, sealedPrivateKey }: SigningKey): KeyObject {
    const known = this.opened.get(kid);
    if (known) return known;
    const privateKey = createPrivateKey({ key: this.unsealed(kid, sealedPrivateKey), format: 'der', type: 'pkcs8' });
    this.opened.set(kid, privateKey);
    return privateKey;
  }

  private unsealed(kid: string, sealedPrivateKey: Buffer): Buffer {
    try {
      return unseal(sealedPrivateKey, this.sealingKey, kid);
    } catch {
      throw new Error(
        'KEY_ENCRYPTION_SECRET is not the one that the signing keys in the database were sealed with: give the former one.',
      );
    }
  }
}
