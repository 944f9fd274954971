import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Admin, type SASLOptions } from 'kafkajs';

export interface KafkaClientOptions {
  /** `host:port` of some brokers of the cluster. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly tls?: boolean;
  /** Who we are to the broker; to one that does not ask we are nobody. */
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Receives what kafkajs warns of, each sentence once a minute. */
  readonly onWarning?: (sentence: string) => void;
}

/** In milliseconds. A broker that is there answers far sooner; one that is frozen is given up then. */
const REQUEST_MS = 10_000;
/** In milliseconds: what is asked of the whole cluster, with kafkajs' own retries. */
const ASK_MS = 10_000;
const [CONNECT_MS, LOOK_MS] = [3_000, 50];
/** Half a second in all; whoever asked decides how to go on. kafkajs retries in layers, so that many would be minutes. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 };

export function kafkaClient({ brokers, clientId, tls = false, sasl, onWarning }: KafkaClientOptions): Kafka {
  mendRequestQueue();
  return new Kafka({
    clientId,
    brokers: [...brokers],
    ssl: tls,
    ...(sasl && { sasl: sasl as SASLOptions }), // kafkajs has a type for each mechanism
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator: () => logTo(onWarning),
  });
}

/** A connection of its own: one that is kept does not always notice that the broker has been away. @throws Error also when it takes too long */
export async function withAdmin<T>(
  kafka: Pick<Kafka, 'admin'>,
  work: (admin: Admin) => Promise<T>,
  milliseconds = ASK_MS,
): Promise<T> {
  const admin = kafka.admin();
  const hangUp = () => admin.disconnect().catch(() => undefined);
  const answer = admin.connect().then(() => untilSettled(() => work(admin), milliseconds));
  return within(milliseconds, answer).finally(() => void hangUp());
}

/** What a broker says that has just started, or of a topic that has just been made. */
const UNSETTLED = new Set([
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'KafkaJSGroupCoordinatorNotFound',
  'GROUP_LOAD_IN_PROGRESS',
  'LEADER_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'NOT_LEADER_FOR_PARTITION',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

/** Again and again while it fails for what passes by itself, for so long. @throws what it threw last */
export async function untilSettled<T>(work: () => Promise<T>, milliseconds = ASK_MS): Promise<T> {
  for (const deadline = Date.now() + milliseconds; ; await sleep(LOOK_MS)) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline || !UNSETTLED.has(kindOf(error as KafkaError))) throw error;
    }
  }
}

type KafkaError = Error & { readonly type?: string; readonly cause?: KafkaError };
const kindOf = ({ type, name, cause }: KafkaError): string => type ?? (cause ? kindOf(cause) : name);

/** @throws Error when it takes longer; it may then still happen */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Kafka has not answered in ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What passes by itself when consumers come and go, or says of a setting that it is meant. */
const EXPECTED = /rebalanc|re-?join|coordinator|Limiting retries|not aware of this member|Topic creation errors/i;
const AGAIN_MS = 60_000;

function logTo(onWarning: KafkaClientOptions['onWarning']) {
  const told = new Map<string, number>();
  return ({ namespace, log: { message, error } }: { namespace: string; log: { message: string; error?: unknown } }) => {
    const sentence = `${namespace}: ${message}${typeof error === 'string' ? ` (${error})` : ''}`;
    if (!onWarning || EXPECTED.test(sentence) || Date.now() - (told.get(sentence) ?? -Infinity) < AGAIN_MS) return;
    if (told.size > 100) told.clear();
    told.set(sentence, Date.now());
    onWarning(sentence);
  };
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

let isMended = false;

/**
 * kafkajs 2.2.4 sets a timer after every answer, whether something waits or not, with the time until a throttling ends that never began:
 * a negative one, of which Node 24 warns. It fires after 1 ms and sets itself again, for ever, on each connection.
 */
function mendRequestQueue(): void {
  if (isMended) return;
  isMended = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
    prototype: RequestQueue;
  };
  const { scheduleCheckPendingRequests: schedule } = prototype;
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}
