import { check } from 'k6';
import { ask } from '../lib/api.ts';

/** What a load balancer asks: whatever the load, it must not conclude that this is dead. */
export function askHealth(): void {
  ask('GET', '/health/live', { name: 'alive', kind: 'health', expect: [200] });
  const ready = ask('GET', '/health/ready', { name: 'ready', kind: 'health', expect: [200] });
  if (ready.ok)
    check(ready, {
      'readiness names the services': () =>
        ['identity', 'blog', 'links', 'analytics'].every((name) => ready.text.includes(name)),
    });
}
