import { hash } from 'node:crypto';
import type { Delivery } from '../broker/broker.ts';

/** Characters. PostgreSQL refuses to index what is longer than a third of a page. */
const LONGEST_KEY = 500;

/**
 * PostgreSQL's text has no NUL, and no index a long one. A record that anybody can put into a broker must not stop its partition for
 * that: what cannot be stored is stored as near as can be.
 */
export function storable(delivery: Delivery): Delivery {
  const { key, value, headers } = delivery;
  return {
    ...delivery,
    key: short(withoutNul(key)),
    value: withoutNul(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [withoutNul(name), withoutNul(text)])),
  };
}

export const withoutNul = (text: string) => text.replaceAll('\0', '\uFFFD');
const short = (text: string) =>
  text.length <= LONGEST_KEY ? text : `${text.slice(0, LONGEST_KEY / 2)}… ${hash('sha256', text)}`;
