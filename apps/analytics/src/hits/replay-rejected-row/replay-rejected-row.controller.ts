import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { HitStillRefused, RejectedRowNotFound } from '../hits.errors.ts';
import {
  RejectedRowIdSchema,
  ReplayedSchema,
  ReplayRejectedRowSchema,
  type Replayed,
  type ReplayRejectedRow,
} from '../rejected-row.dto.ts';
import { ReplayRejectedRowHandler } from './replay-rejected-row.handler.ts';

@Controller('operations/analytics/rejected-rows')
export class ReplayRejectedRowController {
  constructor(private readonly replayRow: ReplayRejectedRowHandler) {}

  /** As if it had come like this when it came: it counts in the hour of then, and is rejected no more. */
  @Post(':id/replay')
  @SignedIn()
  @Answers({ ok: ReplayedSchema, errors: [RejectedRowNotFound, HitStillRefused] })
  replay(
    @Caller() caller: Principal,
    @Param('id', { schema: RejectedRowIdSchema }) id: string,
    @Body({ schema: ReplayRejectedRowSchema }) { change }: ReplayRejectedRow,
  ): Promise<Replayed> {
    return this.replayRow.execute(caller, id, change);
  }
}
