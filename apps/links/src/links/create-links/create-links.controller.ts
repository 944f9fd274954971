import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IdempotencyKey, type IdempotentRequest } from '@cairn/http';
import { Body, Controller, Post } from '@nestjs/common';
import { CreatedLinksSchema, CreateLinksSchema, type CreatedLinks, type CreateLinks } from './create-links.dto.ts';
import { CreateLinksHandler } from './create-links.handler.ts';

@Controller('links')
export class CreateLinksController {
  constructor(private readonly createLinks: CreateLinksHandler) {}

  @Post('bulk')
  @SignedIn()
  @Answers({ ok: CreatedLinksSchema })
  create(
    @Caller() caller: Principal,
    @Body({ schema: CreateLinksSchema }) wanted: CreateLinks,
    @IdempotencyKey() request: IdempotentRequest | undefined,
  ): Promise<CreatedLinks> {
    return this.createLinks.execute(caller, wanted, request);
  }
}
