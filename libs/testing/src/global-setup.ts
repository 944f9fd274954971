import { createServer, type AddressInfo } from 'node:net';
import { removeData, startPostgres, temporaryFolder } from '@cairn/local/postgres';

/** One PostgreSQL per Jest run, without fsync; each test file makes databases of its own in it. */
export default async function setup() {
  if (process.env.TEST_POSTGRES_URL) return;
  const folder = temporaryFolder('postgres');
  const server = await startPostgres({
    folder,
    port: await freePort(),
    flags: ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'max_connections=200'],
  });
  process.env.TEST_POSTGRES_URL = server.url;
  (globalThis as { stopPostgres?: () => Promise<void> }).stopPostgres = async () => {
    const ended = new Promise((resolve) => server.process.once('exit', resolve));
    server.process.kill('SIGINT');
    await ended;
    removeData(folder);
  };
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
