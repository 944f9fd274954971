import { sleep } from 'k6';
import { ask, type Answer, type Ask } from './api.ts';

const TRIES = 5;

/**
 * Sends a create until it is acknowledged, always under the same key, so that it is done once however often it is sent. A 409 then says that
 * the first try is still being worked on.
 */
export function untilAcknowledged(path: string, key: string, options: Ask): Answer {
  for (let [tries, expect] = [1, options.expect]; ; tries++, expect = [...options.expect, 409]) {
    const answer = ask('POST', path, { ...options, expect, headers: { 'idempotency-key': key } });
    const isUnderWay = answer.ok && answer.status === 409;
    if (tries === TRIES || (!isUnderWay && !answer.comeBackAfter)) return { ...answer, ok: answer.ok && !isUnderWay };
    sleep(answer.comeBackAfter || 1);
  }
}
