import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Delete, Param } from '@nestjs/common';
import { RejectedRowNotFound } from '../hits.errors.ts';
import { RejectedRowIdSchema } from '../rejected-row.dto.ts';
import { DiscardRejectedRowHandler } from './discard-rejected-row.handler.ts';

@Controller('operations/analytics/rejected-rows')
export class DiscardRejectedRowController {
  constructor(private readonly discardRow: DiscardRejectedRowHandler) {}

  @Delete(':id')
  @SignedIn()
  @Answers({ errors: [RejectedRowNotFound] })
  discard(@Caller() caller: Principal, @Param('id', { schema: RejectedRowIdSchema }) id: string): Promise<void> {
    return this.discardRow.execute(caller, id);
  }
}
