import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Delete } from '@nestjs/common';
import { EndOtherSessionsHandler } from './end-other-sessions.handler.ts';

@Controller('sessions')
export class EndOtherSessionsController {
  constructor(private readonly endOtherSessions: EndOtherSessionsHandler) {}

  /** All but the one that asks. */
  @Delete()
  @SignedIn()
  @Answers({})
  others(@Caller() caller: Principal): Promise<void> {
    return this.endOtherSessions.execute(caller);
  }
}
