import type { Principal } from '@cairn/auth';
import { Injectable } from '@nestjs/common';
import type { Readers } from '../reader.dto.ts';
import { ReaderRepository } from '../reader.repository.ts';
import { SiteAccess } from '../site-access.query.ts';

@Injectable()
export class ListReadersQuery {
  constructor(
    private readonly access: SiteAccess,
    private readonly readers: ReaderRepository,
  ) {}

  /** @throws SiteNotFound */
  async execute(caller: Principal, siteId: string): Promise<Readers> {
    await this.access.readable(caller, siteId);
    return this.readers.of(siteId);
  }
}
