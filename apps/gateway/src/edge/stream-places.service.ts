import { gauge } from '@cairn/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import type { Exchange } from './exchange.ts';
import { Places } from './places.ts';

/** The places of what stays open and mostly waits: it must not take those of requests that want an answer now. */
@Injectable()
export class StreamPlaces {
  private readonly places: Places;

  constructor(@Inject('config') { MAX_STREAMS, MAX_STREAMS_PER_CLIENT }: Config) {
    this.places = new Places(MAX_STREAMS, MAX_STREAMS_PER_CLIENT);
    gauge('gateway_streams', { help: 'Subscriptions and sockets that are open', read: () => this.places.taken });
  }

  /** Takes one until it is closed, and gives that of the request back. @throws TooMuchAtOnce, GatewayOverloaded */
  hold({ network, response, leave }: Exchange): void {
    const giveBack = this.places.take(network);
    const refusal = this.places.refusal(network);
    if (refusal) {
      giveBack();
      throw refusal;
    }
    response.once('close', giveBack);
    leave();
  }
}
