import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { HostNotDisabled } from '../host.errors.ts';
import { HostRepository } from '../host.repository.ts';

@Injectable()
export class EnableHostHandler {
  constructor(
    private readonly transactions: Transactions,
    private readonly hosts: HostRepository,
  ) {}

  /** @throws HostNotDisabled */
  execute(host: string): Promise<void> {
    return this.transactions.run(async (tx) => {
      if (!(await this.hosts.enable(tx, host))) throw new HostNotDisabled();
    });
  }
}
