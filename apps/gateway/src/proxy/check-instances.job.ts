import { Job, type JobProvider } from '@cairn/service';
import { Inject, Injectable } from '@nestjs/common';
import type { Upstream } from './upstream.client.ts';

/** Active health checks, where there is a choice: an instance that is about to stop says so before it closes its port. */
@Job({ name: 'check-instances', everyMs: 500 })
@Injectable()
export class CheckInstancesJob implements JobProvider {
  constructor(@Inject('upstreams') private readonly upstreams: readonly Upstream[]) {}

  async run(): Promise<void> {
    const several = this.upstreams.filter(({ instances }) => instances.length > 1);
    await Promise.all(several.flatMap(({ instances }) => instances.map((instance) => instance.check())));
  }
}
