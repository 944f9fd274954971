import { Problem } from '@cairn/backing';
import { workspace } from '@cairn/local/workspace';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/*
 * Builds images and runs processes from them without an engine, by buildah. What Docker Hub would bring is made here: a Debian by
 * debootstrap, with the Node and an npm from npm. Images are kept in a store of the clone, beside those of the person.
 */

const NPM_VERSION = '11.19.1';
const BUILD_MS = 600_000;
const WHAT_TO_INSTALL = 'type `apt-get install -y buildah debootstrap debian-archive-keyring`, as root';
const store = path.join(workspace, '.proofs', 'containers');
const dockerfile = path.join(workspace, 'infra/docker/Dockerfile');
const run = promisify(execFile);

/** As the last `FROM` of a Dockerfile has read it. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly StopSignal: string;
  readonly Healthcheck: { readonly Test: readonly string[] };
  readonly Labels: Readonly<Record<string, string>>;
}

interface Inspected {
  readonly Docker: { readonly config: ImageConfig };
}

export class Buildah {
  readonly #env: NodeJS.ProcessEnv;

  private constructor(driver: string | undefined) {
    this.#env = { ...process.env, BUILDAH_ISOLATION: 'chroot', ...(driver && { STORAGE_DRIVER: driver }) };
  }

  /** @throws Problem that says what to install, or that it takes root */
  static async open(): Promise<Buildah> {
    for (const program of ['buildah', 'debootstrap'])
      await run(program, ['--version']).catch(() => {
        throw new Problem(`There is no ${program}, which builds images without an engine: ${WHAT_TO_INSTALL}.`);
      });
    if (process.getuid?.() !== 0) throw new Problem('debootstrap and chroot are for root: run this proof as root.');
    const own = new Buildah(undefined);
    const takes = (buildah: Buildah) =>
      buildah.run(['info']).then(
        () => true,
        () => false,
      );
    // Where the disk is an overlay itself, as in a container, layers have to be copied.
    const buildah = (await takes(own)) ? own : new Buildah('vfs');
    await buildah.run(['rm', '--all']); // of a proof that was cut short
    return buildah;
  }

  /** Resolves with what it has printed. @throws Error with the end of it */
  async run(args: readonly string[]): Promise<string> {
    try {
      const { stdout } = await run('buildah', this.#global(args), {
        cwd: workspace,
        env: this.#env,
        maxBuffer: 64 * 1_048_576,
        timeout: BUILD_MS,
      });
      return stdout.trim();
    } catch (error) {
      const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
      throw new Error(`buildah ${args[0]}: ${`${stdout ?? ''}\n${stderr ?? message}`.trim().slice(-4_000)}`);
    }
  }

  /** In the network of this machine, as the user of the image. */
  spawn(container: string, environment: NodeJS.ProcessEnv, command: readonly string[]): ChildProcess {
    return spawn('buildah', this.#global(this.#runArgs(container, environment, command)), {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  }

  execute(container: string, environment: NodeJS.ProcessEnv, command: readonly string[]): Promise<string> {
    return this.run(this.#runArgs(container, environment, command));
  }

  #runArgs(container: string, environment: NodeJS.ProcessEnv, command: readonly string[]): string[] {
    const variables = Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`);
    return ['run', '--network=host', ...variables, container, '--', ...command];
  }

  #global = (args: readonly string[]) => [
    '--root',
    path.join(store, 'root'),
    '--runroot',
    path.join(store, 'run'),
    ...args,
  ];

  async build(service: string): Promise<string> {
    await this.#base();
    const image = `localhost/cairn-proof/${service}`;
    const folder = mkdtempSync(path.join(tmpdir(), 'cairn-image-'));
    try {
      await this.run([
        'bud',
        '--quiet',
        '--network=host',
        '--format=docker', // the other one has no HEALTHCHECK
        '--layers', // what two services share is built once
        ...(await registryOf(folder)),
        `--file=${dockerfile}`,
        `--build-arg=SERVICE=${service}`,
        `--tag=${image}`,
        workspace,
      ]);
      return image;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** All but what the images begin with: each change of the code would leave gigabytes behind. */
  async removeImages(images: readonly string[]): Promise<void> {
    await this.run(['rmi', '--force', ...images]);
    await this.run(['rmi', '--prune', '--force']);
  }

  async config(image: string): Promise<ImageConfig> {
    const { Docker } = JSON.parse(await this.run(['inspect', '--type=image', image])) as Inspected;
    return Docker.config;
  }

  /** What the Dockerfile calls `node:24…`, under that name. */
  async #base(): Promise<void> {
    const [, name] = /^ARG NODE_IMAGE=(\S+)$/m.exec(readFileSync(dockerfile, 'utf8')) ?? [];
    if (!name) throw new Error('The Dockerfile does not say which Node it begins with');
    if (await this.run(['images', '--quiet', '--filter', `reference=${name}`])) return;
    const [, suite = 'bookworm'] = /-(\w+)-slim$/.exec(name) ?? [];
    const folder = mkdtempSync(path.join(tmpdir(), 'cairn-debian-'));
    try {
      const root = path.join(folder, 'root');
      await run('debootstrap', ['--variant=minbase', suite, root], { maxBuffer: 64 * 1_048_576, timeout: BUILD_MS });
      const local = path.join(root, 'usr/local');
      cpSync(realNode(), path.join(local, 'bin/node'));
      await run('npm', ['install', '--silent', '--prefix', folder, `npm@${NPM_VERSION}`], { cwd: folder });
      mkdirSync(path.join(local, 'lib/node_modules'), { recursive: true });
      cpSync(path.join(folder, 'node_modules/npm'), path.join(local, 'lib/node_modules/npm'), { recursive: true });
      for (const tool of ['npm', 'npx'])
        symlinkSync(`../lib/node_modules/npm/bin/${tool}-cli.js`, path.join(local, 'bin', tool));
      await run('chroot', [root, 'useradd', '--create-home', '--uid=1000', 'node']);
      const container = await this.run(['from', 'scratch']);
      await this.run(['add', '--quiet', container, root, '/']);
      await this.run(['commit', '--quiet', '--rm', container, name]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** The Node that npm brought is the one of this process: `npm run prove` finds it first. */
function realNode(): string {
  const own = path.join(workspace, 'node_modules/node/bin/node');
  return existsSync(own) ? own : process.execPath;
}

/** What npm needs here to reach its registry, and what it has fetched already, without any of it getting into an image. */
async function registryOf(folder: string): Promise<string[]> {
  const npm = async (key: string) => (await run('npm', ['config', 'get', key], { cwd: workspace })).stdout.trim();
  const [registry, cache, user, global, cafile] = await Promise.all(
    ['registry', 'cache', 'userconfig', 'globalconfig', 'cafile'].map(npm),
  );
  const text = (file = '') => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  // Registries of scopes, and what proves who asks; no paths of this machine.
  const kept = `${text(global)}\n${text(user)}`.split('\n').filter((line) => /^\s*(\/\/|@[^=]*:registry|(https?-)?proxy|noproxy)/.test(line)); // prettier-ignore
  const file = path.join(folder, 'npmrc');
  writeFileSync(file, [`registry=${registry}`, 'cache=/npm-cache', 'prefer-offline=true', ...kept, ''].join('\n'), {
    mode: 0o600,
  });
  const ca = process.env.NODE_EXTRA_CA_CERTS ?? cafile;
  mkdirSync(cache!, { recursive: true });
  return [
    `--volume=${cache}:/npm-cache`,
    `--secret=id=npmrc,src=${file}`,
    ...(ca && existsSync(ca) ? [`--secret=id=ca,src=${ca}`] : []),
  ];
}
