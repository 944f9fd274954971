import { Caller, Public, type Principal } from '@cairn/auth';
import { Answers, formatEtag, matches } from '@cairn/http';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LinkNotFound } from '../link.errors.ts';
import { QrCodeParamsSchema, QrCodeQuerySchema, type QrCodeParams, type QrCodeQuery } from './get-qr-code.dto.ts';
import { GetQrCodeQuery } from './get-qr-code.query.ts';
import { contentTypes, qrImage } from './qr-image.ts';

const image = { schema: { type: 'string' as const, format: 'binary' } };

/** Anybody's, as the image says nothing but the address; pages show it without a token. */
@Controller('links')
export class GetQrCodeController {
  constructor(private readonly getQrCode: GetQrCodeQuery) {}

  @Get(':code/qr.:format')
  @Public()
  @Answers({ errors: [LinkNotFound] })
  @ApiOkResponse({
    description: 'The short address as a QR code',
    headers: { ETag: { schema: { type: 'string' } } },
    content: Object.fromEntries(Object.values(contentTypes).map((type) => [type, image])),
  })
  async get(
    @Caller() caller: Principal | undefined,
    @Param({ schema: QrCodeParamsSchema }) { code, format }: QrCodeParams,
    @Query({ schema: QrCodeQuerySchema }) look: QrCodeQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | Buffer | undefined> {
    const { text, isPlanned } = await this.getQrCode.execute(caller, code);
    const etag = formatEtag(JSON.stringify([text, format, look]));
    reply.headers({ ETag: etag, 'Cache-Control': isPlanned ? 'private' : 'public, max-age=3600' });
    if (matches(request.headers['if-none-match'], etag)) return void reply.status(304);
    reply.status(200).type(contentTypes[format]);
    return qrImage(text, format, look);
  }
}
