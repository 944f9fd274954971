import type { Principal } from '@cairn/auth';
import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import type { DisabledHost } from '../host.dto.ts';
import { HostRepository } from '../host.repository.ts';

@Injectable()
export class DisableHostHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly hosts: HostRepository,
  ) {}

  execute(caller: Principal, host: string, reason: string): Promise<DisabledHost> {
    return this.transactions.run((tx) => this.hosts.disable(tx, host, reason, caller.id));
  }
}
