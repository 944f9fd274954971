import { readFileSync } from 'node:fs';
import path from 'node:path';
import { workspace } from '@cairn/local/workspace';

interface Profile {
  readonly nodes: {
    readonly id: number;
    readonly callFrame: { functionName: string; url: string; lineNumber: number };
  }[];
  /** Microseconds by the monotonic clock. */
  readonly startTime: number;
  readonly samples: number[];
  readonly timeDeltas: number[];
}

export interface SelfTime {
  /** `function file:line`. */
  readonly where: string;
  /** Of the time in which the process was not idle, in percent. */
  readonly share: number;
}

/**
 * Where a process spent its time, function by function without those that it called, from the given moment on (`process.hrtime`, in
 * microseconds): what came before was the start.
 */
export function selfTimes(file: string, since: number, until: number): SelfTime[] {
  const { nodes, startTime, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const nameOf = new Map(nodes.map(({ id, callFrame }) => [id, where(callFrame)]));
  const times = new Map<string, number>();
  let now = startTime;
  for (const [index, id] of samples.entries()) {
    const took = timeDeltas[index]!;
    now += took;
    const name = nameOf.get(id)!;
    if (now >= since && now <= until && name !== '(idle)') times.set(name, (times.get(name) ?? 0) + took);
  }
  const all = [...times.values()].reduce((sum, each) => sum + each, 0);
  return [...times]
    .map(([name, time]) => ({ where: name, share: (100 * time) / all }))
    .sort((a, b) => b.share - a.share);
}

function where({ functionName, url, lineNumber }: Profile['nodes'][0]['callFrame']): string {
  if (!url) return functionName || '(native)';
  const file = url.startsWith('file:')
    ? path.relative(workspace, new URL(url).pathname)
    : path.isAbsolute(url)
      ? path.relative(workspace, url)
      : url;
  return `${functionName || '(anonymous)'} ${file.replace(/^(.*node_modules)\//, '')}:${lineNumber + 1}`;
}

/** By library as well, because a path of many small functions is none at the top. */
export function byLibrary(times: readonly SelfTime[]): SelfTime[] {
  const shares = new Map<string, number>();
  for (const { where, share } of times) {
    const library = libraryOf(where);
    shares.set(library, (shares.get(library) ?? 0) + share);
  }
  return [...shares].map(([where, share]) => ({ where, share })).sort((a, b) => b.share - a.share);
}

/** What has no file is the engine's or the system's. */
function libraryOf(where: string): string {
  const [, file] = /^.* (\S+):\d+$/.exec(where) ?? [];
  if (!file) return 'native code and system calls';
  if (file.startsWith('node:')) return 'node';
  const [first = '', second = ''] = file.split('/');
  return /^(@|apps$|libs$)/.test(first) ? `${first}/${second}` : first;
}
