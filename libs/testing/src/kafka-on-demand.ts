import { connect, createServer, type AddressInfo } from 'node:net';

/**
 * Most runs need no Kafka, and Jest's workers do not know of each other: whoever needs one asks at a port, the first starts it, all get
 * the same answer.
 */
export async function serveOnDemand(start: () => Promise<string>) {
  let started: Promise<string> | undefined;
  const server = createServer((socket) => {
    socket.on('error', () => {}); // who asked has gone
    (started ??= start()).then(
      (brokers) => socket.end(JSON.stringify({ brokers })),
      (error: Error) => socket.end(JSON.stringify({ problem: error.message })),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {
    port: String((server.address() as AddressInfo).port),
    async stop() {
      server.close();
      await started?.catch(() => undefined); // what it has started is known then
    },
  };
}

/** @throws Error with the sentence of what went wrong when it was started */
export async function askFor(port: string): Promise<string> {
  const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
  let answer = '';
  for await (const text of socket) answer += text as string;
  const { brokers, problem } = JSON.parse(answer) as { brokers?: string; problem?: string };
  if (brokers === undefined) throw new Error(problem);
  return brokers;
}
