import { Roles } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Post } from '@nestjs/common';
import { SigningKeySchema, toSigningKeyView, type SigningKeyView } from '../signing-key.dto.ts';
import { SigningKeys } from '../signing-keys.service.ts';

@Controller('operations/identity/keys')
export class RotateKeysController {
  constructor(private readonly keys: SigningKeys) {}

  /** Publishes a new key; asked again before it signs, answers the same one. */
  @Post()
  @Roles('admin')
  @Answers({ created: SigningKeySchema, location: () => '/api/v1/operations/identity/keys' })
  async rotate(): Promise<SigningKeyView> {
    return toSigningKeyView(await this.keys.rotate());
  }
}
