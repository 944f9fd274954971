import { k6Program } from '@cairn/load/k6';
import { scriptNames } from '@cairn/load/options';
import { runScript } from '@cairn/load/run-script';
import { workspace } from '@cairn/local/workspace';
import type { Proof } from './proof.ts';

/** Each load test, lightly: its scripts fit the API, and what must hold afterwards does. */
export const loadSmoke: Proof = {
  name: 'load-smoke',
  async prove(system) {
    const k6 = await k6Program({ workspace, env: process.env, say: (sentence) => console.log(`        ${sentence}`) });
    const seen: string[] = [];
    for (const script of scriptNames) {
      const run = { k6, script, profile: 'smoke', url: system.gateway, isShown: false } as const;
      const { failure, output, report } = await runScript(run);
      if (failure) throw new Error(`${script}: ${failure}; graphs: ${report}\n${output}`);
      const [, requests] = /http_reqs\.+: (\d+)/.exec(output) ?? [];
      const [, checks] = /checks_total\.+: (\d+)/.exec(output) ?? [];
      seen.push(`${script}: ${requests} requests, ${checks} checks`);
    }
    return `${seen.join('; ')}; every threshold held`;
  },
};
