import { Command } from '@cairn/service/command';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SigningKeys } from './signing-keys.service.ts';

/** `node dist/main.js rotate-keys`: publishes a new key, which the running instances sign with KEY_PUBLISH_SECONDS later. */
@Command('rotate-keys')
@Injectable()
export class RotateKeysCommand {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: SigningKeys,
  ) {}

  async run(): Promise<void> {
    if (!this.dataSource.isInitialized) await this.dataSource.initialize();
    const { kid, signsFrom } = await this.keys.rotate();
    console.log(`Key ${kid} is published and signs from ${signsFrom.toISOString()} on.`);
  }
}
