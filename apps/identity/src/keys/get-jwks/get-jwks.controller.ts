import { Public } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Header } from '@nestjs/common';
import type { JWK } from 'jose';
import { z } from 'zod';
import { SigningKeys } from '../signing-keys.service.ts';

const JwksSchema = z
  .object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) })
  .meta({ id: 'Jwks' });

@Controller('.well-known/jwks.json')
export class GetJwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Get()
  @Public()
  @Header('Cache-Control', 'public, max-age=60')
  @Answers({ ok: JwksSchema })
  async get(): Promise<{ keys: JWK[] }> {
    return { keys: await this.keys.publicKeys() };
  }
}
