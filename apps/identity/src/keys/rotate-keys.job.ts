import { Job } from '@cairn/service/job';
import { Injectable } from '@nestjs/common';
import { SigningKeys } from './signing-keys.service.ts';

@Job({ name: 'rotate-keys', everyMs: 60_000 })
@Injectable()
export class RotateKeysJob {
  constructor(private readonly keys: SigningKeys) {}

  async run(): Promise<void> {
    await this.keys.rotateIfDue();
  }
}
