import type { BrokerRecord, Delivery } from '../broker/broker.ts';

export type Fields = readonly string[];

/** As write.lua takes it. */
export const argumentsOf = ({ key, headers, value }: BrokerRecord, partition: number): string[] => [
  String(partition),
  key,
  JSON.stringify(headers),
  value,
];

/** Never throws: an entry that somebody else put there is for the consumer to refuse, and must not stop its partition. */
export function deliveryOf(topic: string, partition: number, id: string, fields: Fields): Delivery {
  const named = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) named.set(fields[i]!, fields[i + 1]!);
  return {
    topic,
    key: named.get('key') ?? '',
    headers: headersOf(named.get('headers')),
    value: named.get('value') ?? '',
    position: `${topic}/${partition}/${id}`,
  };
}

function headersOf(json: string | undefined): Record<string, string> {
  try {
    const headers: unknown = JSON.parse(json ?? '{}');
    if (typeof headers !== 'object' || headers === null) return {};
    return Object.fromEntries(Object.entries(headers).filter(([, value]) => typeof value === 'string'));
  } catch {
    return {};
  }
}
