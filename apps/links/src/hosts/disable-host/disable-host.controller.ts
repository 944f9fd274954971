import { Caller, Roles, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { DisabledHostSchema, HostParamsSchema, type DisabledHost, type HostParams } from '../host.dto.ts';
import { DisableHostSchema, type DisableHost } from './disable-host.dto.ts';
import { DisableHostHandler } from './disable-host.handler.ts';

@Controller('link-hosts')
export class DisableHostController {
  constructor(private readonly disableHost: DisableHostHandler) {}

  @Post(':host/disable')
  @Roles('moderator', 'admin')
  @Answers({ ok: DisabledHostSchema })
  disable(
    @Caller() caller: Principal,
    @Param({ schema: HostParamsSchema }) { host }: HostParams,
    @Body({ schema: DisableHostSchema }) { reason }: DisableHost,
  ): Promise<DisabledHost> {
    return this.disableHost.execute(caller, host, reason);
  }
}
