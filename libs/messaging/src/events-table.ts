/** The file `events.json` of a service. */
export interface ServiceEvents {
  readonly service: string;
  readonly publishes: readonly string[];
  readonly consumes: readonly { readonly type: string; readonly group: string; readonly consumer: string }[];
  /** Every instance, from now on, for what lives in its memory. */
  readonly hears: readonly string[];
}

/** For the README of a service. */
export function eventsTable({ publishes, consumes, hears }: ServiceEvents): string {
  const rows = [
    ...publishes.map((type) => `| out | ${link(type)} | |`),
    ...consumes.map(({ type, group, consumer }) => `| in | ${link(type)} | \`${consumer}\`, group \`${group}\` |`),
    ...hears.map((type) => `| in | ${link(type)} | every instance, for what it keeps in memory |`),
  ];
  return ['| | Event | Who handles it |', '|---|---|---|', ...rows].join('\n');
}

const link = (type: string) => `[\`${type}\`](../../docs/events/${type}.md)`;
