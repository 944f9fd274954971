import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server, PostgreSQL or Redis, that can be cut: open connections break, new ones are refused until it is restored. */
export async function wayTo(target: string) {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const upstream = connect(Number(port), hostname);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => [client, upstream].forEach((each) => each.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const drop = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.href,
    cut() {
      isCut = true;
      drop();
    },
    restore: () => void (isCut = false),
    async close() {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
