import { gauge } from '@cairn/observability';
import { EventStream, mapped, STREAM_ADMISSION, whileAdmitted, type StreamAdmission } from '@cairn/service/stream';
import { Inject, Injectable, UnauthorizedException, type OnModuleDestroy } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Config } from '../config.ts';
import { GraphService, type GraphAnswer } from './graph.service.ts';

export type Answers = AsyncIterableIterator<GraphAnswer>;

/** The streams of answers that are open by Server-Sent Events. */
@Injectable()
export class GraphEventStreams implements OnModuleDestroy {
  private readonly streams = new Set<EventStream>();
  private stopping = false;

  constructor(
    @Inject('config') private readonly config: Config,
    @Inject(STREAM_ADMISSION) private readonly isAdmitted: StreamAdmission,
    private readonly graph: GraphService,
  ) {
    gauge('gateway_graphql_event_streams', { help: 'Streams of answers that are open', read: () => this.streams.size });
  }

  open(request: IncomingMessage, answers: GraphAnswer | Answers, bodyOf: (answer: GraphAnswer) => string): Readable {
    const admitted = whileAdmitted(isMany(answers) ? answers : justOne(answers), () => this.isAdmitted(request), tokenOver); // prettier-ignore
    const stream = new EventStream(
      mapped(admitted, async (answer) => bodyOf(answer)),
      { patienceMs: this.config.ANSWER_IDLE_MS, resultOf: (error) => bodyOf(this.graph.failure(error)) },
    );
    this.streams.add(stream);
    stream.out.once('close', () => this.streams.delete(stream));
    if (this.stopping) stream.interrupt();
    return stream.out;
  }

  /** Before the server waits for what is in flight. They are not complete: their readers come back. */
  onModuleDestroy() {
    this.stopping = true;
    for (const stream of this.streams) stream.interrupt();
  }
}

const tokenOver = () => new UnauthorizedException('The access token has run out, or its session has ended');

export const isMany = (answers: GraphAnswer | Answers): answers is Answers => Symbol.asyncIterator in answers;

async function* justOne(answer: GraphAnswer): AsyncGenerator<GraphAnswer, void, undefined> {
  yield answer;
}
