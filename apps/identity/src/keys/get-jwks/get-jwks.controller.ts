import { Public } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Header } from '@nestjs/common';
import { z } from 'zod';
import { SigningKeys } from '../signing-keys.service.ts';

const JwksSchema = z
  .object({
    keys: z.array(
      z.object({
        kid: z.string(),
        kty: z.string(),
        crv: z.string(),
        x: z.string(),
        y: z.string(),
        alg: z.string(),
        use: z.string(),
      }),
    ),
  })
  .meta({ id: 'Jwks' });

/** The public keys (RFC 7517). KEY_PUBLISH_SECONDS is more than the time for which this may be cached. */
@Controller('.well-known/jwks.json')
export class GetJwksController {
  constructor(private readonly keys: SigningKeys) {}

  @Get()
  @Public({ token: 'ignored' })
  @Header('Cache-Control', 'public, max-age=60')
  @Answers({ ok: JwksSchema })
  get(): Promise<z.infer<typeof JwksSchema>> {
    return this.keys.jwks();
  }
}
