import { counter, gauge } from '@cairn/observability';
import path from 'node:path';
import type { Broker } from '../broker/broker.ts';
import { SpoolIsFull } from '../messaging.errors.ts';
import { FactSender } from './fact-sender.ts';
import { Spool } from './spool.ts';
import type { SpoolConfig } from './spool.options.ts';

/** Undefined for a service without a spool. */
export function connectSpool(
  { SPOOL_DIRECTORY, SPOOL_MAX_BYTES = Infinity }: Partial<SpoolConfig>,
  service: string,
  broker: Broker,
  logger: Pick<Console, 'error' | 'warn'>,
): FactSender | undefined {
  if (!SPOOL_DIRECTORY) return undefined;
  const spool = new Spool(path.join(SPOOL_DIRECTORY, service), SPOOL_MAX_BYTES);
  const sender = new FactSender({
    broker,
    spool,
    onTrouble: (trouble) => {
      if (!trouble) logger.warn(`Facts reach the broker again; ${sender.dropped} were lost since the process began`);
      else if (trouble instanceof SpoolIsFull) logger.error(trouble, 'The spool is full: facts are lost');
      else logger.warn(trouble, 'Facts do not reach the broker; they wait on the disk');
    },
    // With its data: nobody else has it. Facts carry nothing that must not be in a log.
    onRefused: (record, error) => logger.error({ err: error, record }, 'The broker refuses a fact, which is lost'),
    onTorn: (file, bytes) =>
      logger.warn(
        { file, bytes },
        'A segment of the spool has bytes that are no whole fact; all that is whole has been sent, and the file is kept. A torn tail is what kill -9 leaves, of a write that was never acknowledged; anything else is facts that the disk has lost',
      ),
  });
  showMetrics(spool, sender);
  return sender;
}

function showMetrics(spool: Spool, sender: FactSender): void {
  gauge('fact_spool_bytes', { help: 'What waits on the disk until the broker is back', read: () => spool.size });
  gauge('fact_spool_oldest_age_seconds', {
    help: 'For how long the oldest of it has waited',
    read: () => (spool.oldest === undefined ? 0 : (Date.now() - spool.oldest) / 1_000),
  });
  counter('fact_spool_dropped_total', {
    help: 'Facts that were lost because the spool was full or the broker refused them',
    read: () => sender.dropped,
  });
  counter('fact_spool_torn_bytes_total', {
    help: 'Bytes in the spool that were no whole fact: a torn tail after kill -9, or damage',
    read: () => spool.tornBytes,
  });
}
