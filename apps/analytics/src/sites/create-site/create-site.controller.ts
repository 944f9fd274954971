import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers, IdempotencyKey, type IdempotentRequest } from '@cairn/http';
import { Body, Controller, Post } from '@nestjs/common';
import { SiteSchema, type SiteView } from '../site.dto.ts';
import { TooManySites } from '../site.errors.ts';
import { CreateSiteSchema, type CreateSite } from './create-site.dto.ts';
import { CreateSiteHandler } from './create-site.handler.ts';

@Controller('sites')
export class CreateSiteController {
  constructor(private readonly createSite: CreateSiteHandler) {}

  @Post()
  @SignedIn()
  @Answers({ created: SiteSchema, location: ({ id }) => `/api/v1/sites/${id}`, etag: true, errors: [TooManySites] })
  create(
    @Caller() caller: Principal,
    @Body({ schema: CreateSiteSchema }) settings: CreateSite,
    @IdempotencyKey() request: IdempotentRequest | undefined,
  ): Promise<SiteView> {
    return this.createSite.execute(caller, settings, request);
  }
}
