import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { Places } from '../../places.ts';
import { SiteAccess } from '../../sites/site-access.query.ts';
import { SiteIdSchema } from '../../sites/site.dto.ts';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { formats, type ExportedHit } from '../exported-hit.ts';
import { TooManyExports } from '../exports.errors.ts';
import { ExportHitsSchema, type ExportHits } from './export-hits.dto.ts';
import { ExportHitsQuery } from './export-hits.query.ts';

/** Of one user, at one instance. */
const EXPORTS_EACH = 2;

/** It comes at the pace at which it is read; who leaves ends it. */
@Controller('sites/:id/export')
export class ExportHitsController {
  private readonly places = new Places(EXPORTS_EACH);

  constructor(
    private readonly access: SiteAccess,
    private readonly query: ExportHitsQuery,
  ) {}

  /** The raw data of a range, as a file: a line for each hit, the oldest first, and nothing that stands for a visitor. */
  @Get()
  @SignedIn()
  @Answers({
    content: Object.values(formats).map(({ contentType }) => contentType.split(';')[0]!),
    errors: [SiteNotFound, TooManyExports],
  })
  async export(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) siteId: string,
    @Query({ schema: ExportHitsSchema }) { from, to = new Date(), format }: ExportHits,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.access.readable(caller, siteId);
    const leave = this.places.take(caller.id);
    if (!leave) throw new TooManyExports();
    const file = Readable.from(await begun(linesOf(this.query.pages({ siteId, from, to }), format), leave), {
      highWaterMark: 1,
    });
    file.once('close', leave);
    const name = `hits-${day(from)}-${day(to)}.${format === 'csv' ? 'csv' : 'ndjson'}`;
    void reply
      .headers({
        'Content-Type': formats[format].contentType,
        'Content-Disposition': `attachment; filename="${name}"`,
        'Cache-Control': 'no-store',
      })
      .send(file);
  }
}

async function* linesOf(pages: AsyncIterable<ExportedHit[]>, format: ExportHits['format']) {
  let { head } = formats[format];
  for await (const page of pages) {
    yield head + page.map(formats[format].line).join('');
    head = '';
  }
  if (head) yield head;
}

/** The first piece is there before the answer begins: a database that is away is a 503 and not a file that breaks off. */
async function begun<Piece>(pieces: AsyncGenerator<Piece>, orElse: () => void): Promise<AsyncIterable<Piece>> {
  const first = await pieces.next().catch((error: unknown) => {
    orElse();
    throw error;
  });
  return (async function* () {
    try {
      if (!first.done) yield first.value;
      yield* pieces;
    } finally {
      await pieces.return(undefined);
    }
  })();
}

const day = (time: Date) => time.toISOString().slice(0, 10);
