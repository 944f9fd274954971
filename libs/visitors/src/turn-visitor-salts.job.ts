import { Job, type JobProvider } from '@cairn/service/job';
import { Injectable } from '@nestjs/common';
import { VisitorKeys } from './visitor-keys.service.ts';

/** Before the service listens: the first request finds today's salt in memory, and it is the one that other instances have. */
@Job({ name: 'load-visitor-salts' })
@Injectable()
export class LoadVisitorSaltsJob implements JobProvider {
  constructor(private readonly keys: VisitorKeys) {}

  run(): Promise<void> {
    return this.keys.turn(new Date());
  }
}

/** A salt outlives its half hour by so much at most. */
@Job({ name: 'turn-visitor-salts', everyMs: 10_000 })
@Injectable()
export class TurnVisitorSaltsJob implements JobProvider {
  constructor(private readonly keys: VisitorKeys) {}

  run(): Promise<void> {
    return this.keys.turn(new Date());
  }
}
