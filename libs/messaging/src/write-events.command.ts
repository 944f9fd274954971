import { Command, type CommandProvider } from '@cairn/service/command';
import { Inject, Injectable } from '@nestjs/common';
import { readFile, writeFile } from 'node:fs/promises';
import { eventsTable, type ServiceEvents } from './events-table.ts';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging.options.ts';
import { Messaging } from './messaging.service.ts';

const [BEGIN, END] = ['<!-- events, written by `generate` -->', '<!-- /events -->'];

/**
 * `node dist/main.js generate`: what this service publishes and what it does about which events, in `events.json`, of which docs/events is
 * made, and between the two markers of its README.
 */
@Command('generate')
@Injectable()
export class WriteEventsCommand implements CommandProvider {
  constructor(
    private readonly messaging: Messaging,
    @Inject(MESSAGING_OPTIONS) private readonly options: MessagingOptions,
  ) {}

  async run(): Promise<void> {
    const events = this.events();
    await writeFile('events.json', `${JSON.stringify(events, null, 2)}\n`);
    const readme = await readFile('README.md', 'utf8').catch(() => '');
    const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
    if (begin < 0 || end < begin) return;
    await writeFile('README.md', `${readme.slice(0, begin)}${BEGIN}\n\n${eventsTable(events)}\n\n${readme.slice(end)}`);
  }

  private events(): ServiceEvents {
    const { service, publishes, hears = [] } = this.options;
    const consumes = this.messaging
      .handlers()
      .flatMap(({ group, consumers }) =>
        [...consumers].flatMap(([type, providers]) =>
          providers.map((provider) => ({ type, group, consumer: provider.constructor.name })),
        ),
      );
    return {
      service,
      publishes: publishes.map(({ type }) => type).sort(),
      consumes: consumes.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      hears: hears.map(({ type }) => type).sort(),
    };
  }
}
