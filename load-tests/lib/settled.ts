import { sleep } from 'k6';

const STILL_FOR = 3;
const MOST_SECONDS = 60;

/** In teardown: a figure that consumers are still at work on, once it has stood still for three seconds. */
export function settled(read: () => number): number {
  let last = read();
  for (let [still, seconds] = [0, 0]; still < STILL_FOR && seconds < MOST_SECONDS; seconds++) {
    sleep(1);
    const now = read();
    still = now === last ? still + 1 : 0;
    last = now;
  }
  return last;
}
