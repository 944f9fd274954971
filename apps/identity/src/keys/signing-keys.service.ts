import { Inject, Injectable } from '@nestjs/common';
import type { JWK } from 'jose';
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  type KeyObject,
} from 'node:crypto';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.ts';
import { SigningKey } from './signing-key.entity.ts';

/** The keys that sign access tokens: private halves sealed with AES-256-GCM, public halves published as JWKS. */
@Injectable()
export class SigningKeys {
  private readonly sealingKey: Buffer;
  private current: { kid: string; privateKey: KeyObject } | undefined;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) config: Config,
  ) {
    this.sealingKey = createHash('sha256').update(config.KEY_ENCRYPTION_SECRET).digest();
  }

  jwks = async () => ({ keys: await this.publicKeys() });

  async publicKeys(): Promise<JWK[]> {
    await this.signingKey();
    return (await this.dataSource.getRepository(SigningKey).find({ order: { createdAt: 'DESC' } })).map(
      (key) => key.publicJwk,
    );
  }

  async signingKey(): Promise<{ kid: string; privateKey: KeyObject }> {
    if (this.current) return this.current;
    const [key] = await this.dataSource.transaction(async (tx) => {
      await tx.query(`SELECT pg_advisory_xact_lock(hashtext('signing-keys'))`); // several instances, one first key
      const known = await tx.find(SigningKey, { order: { createdAt: 'DESC' }, take: 1 });
      return known.length ? known : [await tx.save(SigningKey, this.generate())];
    });
    return (this.current = { kid: key!.kid, privateKey: this.open(key!.sealedPrivateKey) });
  }

  private generate(): SigningKey {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = randomUUID();
    const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' } as JWK;
    const der = privateKey.export({ format: 'der', type: 'pkcs8' });
    return Object.assign(new SigningKey(), { kid, publicJwk, sealedPrivateKey: this.seal(der), createdAt: new Date() });
  }

  private seal(plain: Buffer): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.sealingKey, nonce);
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  private open(sealed: Buffer): KeyObject {
    const decipher = createDecipheriv('aes-256-gcm', this.sealingKey, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(-16));
    const der = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  }
}
