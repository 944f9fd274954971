import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { SessionIdSchema } from '@cairn/contracts';
import { Answers } from '@cairn/http';
import { Controller, Delete, Param } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { SessionNotFound } from '../session.errors.ts';
import { EndSessionHandler } from './end-session.handler.ts';

@Controller('sessions')
export class EndSessionController {
  constructor(private readonly endSession: EndSessionHandler) {}

  @Delete('current')
  @ApiOperation({ operationId: 'endCurrentSession' })
  @SignedIn()
  @Answers({})
  current(@Caller() caller: Principal): Promise<void> {
    return this.endSession.current(caller.id, caller.sessionId);
  }

  @Delete(':id')
  @SignedIn()
  @Answers({ errors: [SessionNotFound] })
  one(@Caller() caller: Principal, @Param('id', { schema: SessionIdSchema }) id: string): Promise<void> {
    return this.endSession.execute(caller.id, id);
  }
}
