import type { JwksSource } from '@cairn/auth';
import { Transactions, type Transaction } from '@cairn/database';
import { Dependency } from '@cairn/service/health';
import { Inject, Injectable } from '@nestjs/common';
import { createPrivateKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.ts';
import { derivedKey } from './derived-key.ts';
import { seal, unseal } from './seal.ts';
import { publishedAt, signerAt, SigningKey } from './signing-key.ts';

/** How long a token may live, in seconds, whatever is configured now: a key is published for so long after its last signature. */
const LONGEST_TOKEN_SECONDS = 3_660;
/** How old an instance's copy of the keys may be: far less than KEY_PUBLISH_SECONDS, so that all know a key before one signs with it. */
const COPY_MS = 10_000;

export interface Signer {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** The keys that sign access tokens: private halves sealed in the database, public halves published as JWKS. Instances agree by it. */
@Dependency({ name: 'signing-keys', required: true })
@Injectable()
export class SigningKeys implements JwksSource {
  private readonly sealingKey: Buffer;
  private copy: { keys: SigningKey[]; readAt: number } | undefined;
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

  async signer(): Promise<Signer> {
    const key = signerAt(await this.keys(), new Date());
    if (!key)
      throw new Error('No key signs yet: the clock of this machine is behind that of the one that made the keys.');
    return { kid: key.kid, privateKey: this.unlock(key) };
  }

  async jwks() {
    const published = publishedAt(await this.keys(), LONGEST_TOKEN_SECONDS, new Date());
    return { keys: published.map(({ publicJwk }) => publicJwk) };
  }

  /** Those that are kept, the youngest first. */
  async list(): Promise<readonly SigningKey[]> {
    this.copy = undefined;
    return this.keys();
  }

  /** Makes the next key, which is published now and signs KEY_PUBLISH_SECONDS later. One that waits already is the answer. */
  rotate(): Promise<SigningKey> {
    return this.underLock(async (tx, keys) => {
      const waiting = keys.find(({ signsFrom }) => signsFrom > new Date());
      return waiting ?? this.add(tx, keys.length === 0 ? 0 : this.config.KEY_PUBLISH_SECONDS);
    });
  }

  /** Rotates when the youngest key is old, and forgets those that nobody needs. */
  async rotateIfDue(): Promise<void> {
    await this.underLock(async (tx, keys) => {
      const youngest = keys[0];
      if (!youngest) return this.add(tx, 0); // the first signs at once: nobody has a copy of the list yet
      const due = youngest.signsFrom.getTime() + this.config.KEY_ROTATION_DAYS * 86_400_000;
      if (due <= Date.now()) await this.add(tx, this.config.KEY_PUBLISH_SECONDS);
      const kept = new Set(publishedAt(keys, LONGEST_TOKEN_SECONDS, new Date()));
      for (const { kid } of keys.filter((key) => !kept.has(key))) await tx.delete(SigningKey, { kid });
      return undefined;
    });
  }

  private async keys(): Promise<SigningKey[]> {
    if (!this.copy || performance.now() - this.copy.readAt > COPY_MS) {
      const readAt = performance.now();
      this.copy = { keys: await this.dataSource.manager.find(SigningKey, { order: { signsFrom: 'DESC' } }), readAt };
    }
    return this.copy.keys;
  }

  /**
   * One instance at a time decides about keys, and only one that can open them: a key that was sealed with another secret would, once
   * it signs, end every login. @throws Error in one sentence when KEY_ENCRYPTION_SECRET is another
   */
  private async underLock<T>(decide: (tx: Transaction, keys: SigningKey[]) => Promise<T>): Promise<T> {
    try {
      return await this.transactions.run(async (tx) => {
        await tx.query(`SELECT pg_advisory_xact_lock(hashtext('signing-keys'))`);
        const keys = await tx.find(SigningKey, { order: { signsFrom: 'DESC' } });
        if (keys[0]) this.unlock(keys[0]);
        return decide(tx, keys);
      });
    } finally {
      this.copy = undefined;
    }
  }

  private async add(tx: Transaction, secondsUntilItSigns: number): Promise<SigningKey> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = randomUUID();
    const now = new Date();
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
