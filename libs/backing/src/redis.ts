import { spawn } from 'node:child_process';
import { findRedis } from './redis-program.ts';
import { makePrivateFolder, ownGroup, saysReady, type RunningServer, type ServerOptions } from './server.ts';

export interface RedisOptions extends ServerOptions {
  /** How many numbered databases it has; 16 unless told otherwise. */
  readonly databases?: number;
}

/**
 * Starts a private Redis (or Valkey) from the PATH, installs one as root on Debian, else says what to type.
 * Resolves when it accepts connections.
 */
export async function startRedis(options: RedisOptions): Promise<RunningServer> {
  const program = await findRedis(options.onProgress);
  makePrivateFolder(options.folder);
  // Its configuration on stdin: a password among the arguments could be read by every user of the machine.
  const server = spawn(program, ['-'], { ...ownGroup, cwd: options.folder, stdio: ['pipe', 'pipe', 'pipe'] });
  options.onSpawn?.(server, 'SIGTERM');
  server.stdin!.on('error', () => {}).end(configuration(options));
  await saysReady(server, 'Redis', options);
  const password = options.password ? `:${encodeURIComponent(options.password)}@` : '';
  return { process: server, url: `redis://${password}127.0.0.1:${options.port}`, stopSignal: 'SIGTERM' };
}

function configuration({ port, password, durable, databases }: RedisOptions): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    'save ""',
    // Events and revocations are to survive kill -9 of Redis: what it has written is with the kernel before it answers. `appendfsync no`
    // lets the kernel choose when the disk gets it, so a power loss costs the last seconds; production says `everysec` or `always`.
    `appendonly ${durable === false ? 'no' : 'yes'}`,
    'appendfsync no',
    // A full Redis refuses to write, and the outbox waits. Any other policy would throw away events that nobody has read.
    'maxmemory-policy noeviction',
    ...(databases ? [`databases ${databases}`] : []),
    ...(password ? [`requirepass "${password}"`] : []),
    '',
  ].join('\n');
}
