/** A failure that the person at the terminal can mend: the message is one sentence that says how, and is shown without a stack trace. */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** The system errors that a person can mend, as a sentence; every other error as it is. */
export function asProblem(error: unknown): unknown {
  const { code, path: file, port } = error as NodeJS.ErrnoException & { port?: number };
  const at = file ? ` (${file})` : '';
  if (code === 'ENOSPC') return new Problem(`The disk is full${at}: make room and start again.`);
  if (code === 'EACCES' || code === 'EPERM')
    return new Problem(`Permission denied${at}: let the current user read and write it.`);
  if (code === 'EROFS')
    return new Problem(`The file system is read-only${at}: choose a folder that can be written to.`);
  if (code === 'EADDRINUSE') return new PortInUse(port ?? 0);
  return error;
}

export class PortInUse extends Problem {
  constructor(port: number, user = '') {
    super(
      `Port ${port}${user && ` (${user})`} is in use: stop what uses it, or move every port, as in \`npm start -- --port-base 4000\`.`,
    );
  }
}
