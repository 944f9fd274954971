import { globSync, statSync, watch } from 'node:fs';
import path from 'node:path';

/** Editors write a file in several steps. */
const SETTLE_MS = 50;
const POLL_MS = 1_000;

/**
 * Calls back when a file below one of the folders has changed, come or gone. The file system's events make it quick; the look once a
 * second finds what they miss: on Linux, Node's recursive watch does not tell of a file that is replaced by a rename for the second time,
 * as `sed -i`, `git checkout` and many editors do it, and mounted folders send no events at all. Answers how to stop it.
 */
export function onSourceChange(folders: readonly string[], callback: () => void): () => void {
  let seen = fingerprint(folders);
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const now = fingerprint(folders);
    if (now === seen) return;
    seen = now;
    callback();
  };
  const watchers = folders.map((folder) =>
    watch(folder, { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(look, SETTLE_MS);
    }).on('error', () => {}),
  );
  const poll = setInterval(look, POLL_MS);
  return () => {
    clearTimeout(timer);
    clearInterval(poll);
    for (const watcher of watchers) watcher.close();
  };
}

/** Of every file its name and when it was changed or put there: a rename changes the ctime and keeps the mtime. */
function fingerprint(folders: readonly string[]): string {
  return folders
    .flatMap((folder) => globSync('**/*.*', { cwd: folder }).map((file) => path.join(folder, file)))
    .map((file) => `${file} ${statSync(file, { throwIfNoEntry: false })?.ctimeMs}`)
    .join('\n');
}
