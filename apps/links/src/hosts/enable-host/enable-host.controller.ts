import { Roles } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Param, Post } from '@nestjs/common';
import { HostParamsSchema, type HostParams } from '../host.dto.ts';
import { HostNotDisabled } from '../host.errors.ts';
import { EnableHostHandler } from './enable-host.handler.ts';

@Controller('link-hosts')
export class EnableHostController {
  constructor(private readonly enableHost: EnableHostHandler) {}

  @Post(':host/enable')
  @Roles('moderator', 'admin')
  @Answers({ errors: [HostNotDisabled] })
  enable(@Param({ schema: HostParamsSchema }) { host }: HostParams): Promise<void> {
    return this.enableHost.execute(host);
  }
}
