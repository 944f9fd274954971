import { Caller, SignedIn, type Principal } from '@cairn/auth';
import { Answers } from '@cairn/http';
import { withoutDeadline } from '@cairn/observability';
import { EVENT_STREAM, EVENT_STREAM_FIELDS, EventStream, mapped, STREAM_ADMISSION, whileAdmitted, type StreamAdmission } from '@cairn/service/stream'; // prettier-ignore
import { Controller, Get, Inject, Param, Req, Res, ServiceUnavailableException, UnauthorizedException, type OnModuleDestroy } from '@nestjs/common'; // prettier-ignore
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Places } from '../../places.ts';
import { SiteAccess } from '../../sites/site-access.query.ts';
import { SiteIdSchema } from '../../sites/site.dto.ts';
import { SiteNotFound } from '../../sites/site.errors.ts';
import { RealtimeFeeds } from '../realtime-feeds.service.ts';
import { TooManyStreams } from '../realtime.errors.ts';

/** Of one user, at one instance: several sites in several tabs. */
const STREAMS_EACH = 10;
/** For which a reader may take nothing of what has been sent. */
const PATIENCE_MS = 30_000;
/** An invitation may be taken back, and a site deleted. */
const ACCESS_EVERY_MS = 2_000;

/**
 * The last five minutes as they go on, by Server-Sent Events. A stream ends when its reader leaves, may read the site no more or is signed out, and when the service
 * stops.
 */
@Controller('sites/:id/realtime/stream')
export class StreamRealtimeController implements OnModuleDestroy {
  private readonly places = new Places(STREAMS_EACH);
  private readonly streams = new Set<EventStream>();
  private isStopping = false;

  constructor(
    private readonly access: SiteAccess,
    private readonly feeds: RealtimeFeeds,
    @Inject(STREAM_ADMISSION) private readonly isAdmitted: StreamAdmission,
  ) {}

  /** An event `next` with a `Realtime` in JSON: the first at once, then whenever it has changed. */
  @Get()
  @SignedIn()
  @Answers({ content: [EVENT_STREAM], errors: [SiteNotFound, TooManyStreams] })
  async stream(
    @Caller() caller: Principal,
    @Param('id', { schema: SiteIdSchema }) id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.access.readable(caller, id);
    if (this.isStopping) throw new ServiceUnavailableException('This instance stops');
    const leave = this.places.take(caller.id);
    if (!leave) throw new TooManyStreams();
    const stream = withoutDeadline(() => this.open(caller, id, request));
    this.streams.add(stream);
    stream.out.once('close', () => {
      leave();
      this.streams.delete(stream);
    });
    void reply.headers(EVENT_STREAM_FIELDS).send(stream.out);
  }

  /** Before the server waits for what is in flight. They are not complete: whoever reads them comes back, to another instance. */
  onModuleDestroy() {
    this.isStopping = true;
    for (const stream of this.streams) stream.interrupt();
  }

  private open(caller: Principal, id: string, request: FastifyRequest): EventStream {
    let askedAt = performance.now();
    const mayGoOn = async () => {
      if (!(await this.isAdmitted(request.raw))) return false;
      if (performance.now() - askedAt < ACCESS_EVERY_MS) return true;
      askedAt = performance.now();
      return this.access.readable(caller, id).then(
        () => true,
        (error) => !(error instanceof SiteNotFound), // a database that is away says nothing of it
      );
    };
    const refusal = () => new UnauthorizedException('The access token has run out, or the site may be read no more');
    const seen = whileAdmitted(this.feeds.follow(id), mayGoOn, refusal);
    return new EventStream(
      mapped(seen, async (realtime) => JSON.stringify(realtime)),
      { patienceMs: PATIENCE_MS, resultOf: (error) => JSON.stringify({ error: (error as Error).message }) },
    );
  }
}
