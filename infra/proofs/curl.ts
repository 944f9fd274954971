import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';

export interface CurlAnswer {
  readonly status: number;
  readonly headers: Record<string, string | undefined>;
  readonly text: string;
  /** The body as JSON. */
  readonly json: <T = Record<string, unknown>>() => T;
}

/** Runs the real curl, as a reader would type it. The body, if there is one, goes by its standard input. */
export function curl(args: readonly string[], body?: unknown): Promise<CurlAnswer> {
  const json = body === undefined ? [] : ['--json', '@-'];
  return new Promise((resolve, reject) => {
    const child = execFile(
      'curl',
      ['--silent', '--show-error', '--include', '--max-time', '20', ...json, ...args],
      { maxBuffer: 16 * 1_048_576 },
      (error, stdout) => (error ? reject(error) : resolve(parse(stdout))),
    );
    child.stdin!.on('error', () => {}); // it may end before it has read
    child.stdin!.end(body === undefined ? '' : JSON.stringify(body));
  });
}

/** @throws AssertionError that quotes the answer */
export const expectStatus = (answer: CurlAnswer, status: number, what: string) =>
  assert.equal(answer.status, status, `${what}: ${answer.status} instead of ${status}\n${answer.text}`);

/** Head and body of the last answer: `--location` prints those before it too. */
function parse(output: string): CurlAnswer {
  let rest = output;
  let head = '';
  do {
    const end = rest.indexOf('\r\n\r\n');
    [head, rest] = [rest.slice(0, end), rest.slice(end + 4)];
  } while (/^HTTP\/[\d.]+ \d{3}/.test(rest));
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers),
    text: rest,
    json: <T>() => JSON.parse(rest) as T,
  };
}
