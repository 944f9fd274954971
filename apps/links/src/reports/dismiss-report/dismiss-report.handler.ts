import { Transactions } from '@cairn/database';
import { Injectable } from '@nestjs/common';
import { ReportNotFound } from '../report.errors.ts';

@Injectable()
export class DismissReportHandler {
  constructor(private readonly transactions: Transactions) {}

  /** @throws ReportNotFound */
  execute(id: string): Promise<void> {
    return this.transactions.run(async (tx) => {
      const [rows] = (await tx.query('DELETE FROM link_reports WHERE id = $1 RETURNING id', [id])) as [object[]];
      if (rows.length === 0) throw new ReportNotFound();
    });
  }
}
