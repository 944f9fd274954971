import { Roles } from '@cairn/auth';
import { Answers, pageOf, type Page } from '@cairn/http';
import { Controller, Get } from '@nestjs/common';
import { SigningKeySchema, toSigningKeyView, type SigningKeyView } from '../signing-key.dto.ts';
import { SigningKeys } from '../signing-keys.service.ts';

const SigningKeyPageSchema = pageOf(SigningKeySchema).meta({ id: 'SigningKeyPage' });

@Controller('operations/identity/keys')
export class ListKeysController {
  constructor(private readonly keys: SigningKeys) {}

  /** A handful, always in one page. */
  @Get()
  @Roles('admin')
  @Answers({ ok: SigningKeyPageSchema })
  async list(): Promise<Page<SigningKeyView>> {
    return { items: (await this.keys.list()).map(toSigningKeyView), nextCursor: null };
  }
}
