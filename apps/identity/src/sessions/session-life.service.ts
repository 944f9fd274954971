import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.ts';
import type { SessionLife } from './session.ts';

const DAY = 86_400;

/** How long sessions live, from the environment. */
@Injectable()
export class SessionLifeTimes {
  readonly seconds: SessionLife;

  constructor(@Inject(CONFIG) config: Config) {
    this.seconds = {
      grace: config.REFRESH_GRACE_SECONDS,
      idle: config.SESSION_IDLE_DAYS * DAY,
      absolute: config.SESSION_ABSOLUTE_DAYS * DAY,
    };
  }
}
