import { PortInUse } from '@cairn/backing';
import { createServer } from 'node:net';

/** @throws PortInUse for the first port that somebody has, before anything is started */
export async function assertPortsFree(
  ports: readonly { readonly name: string; readonly port: number }[],
): Promise<void> {
  await Promise.all(
    ports.map(
      ({ name, port }) =>
        new Promise<void>((resolve, reject) => {
          const server = createServer();
          server.once('error', (error: NodeJS.ErrnoException) =>
            reject(error.code === 'EADDRINUSE' ? new PortInUse(port, name) : error),
          );
          server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve()));
        }),
    ),
  );
}
