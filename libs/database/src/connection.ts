import pg from 'pg';

type Callback = (error: Error | null, result?: unknown) => void;

/** Between a statement's time and that of hearing of it: the server did not even say that it gave up. In milliseconds. */
export const ANSWER_MS = 500;

/**
 * A connection that hangs up when the server has fallen silent. pg gives up the query after `query_timeout` but keeps the
 * connection, which then goes back to the pool with the old query still under way, and fails whoever gets it next.
 */
export class Connection extends pg.Client {
  private usual: number | undefined;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // The server may end it while nothing is asked, and the pool does not listen to what it has lent: the next query says so. Without a
    // listener it would end the process.
    this.on('error', () => undefined);
  }

  /** Each statement may take so many milliseconds from now on; without a number as many as usual. The server has to be told by `statement_timeout`. */
  allow(statementMs?: number): void {
    const { connectionParameters } = this as unknown as { connectionParameters: { query_timeout: number } };
    this.usual ??= connectionParameters.query_timeout;
    connectionParameters.query_timeout = statementMs === undefined ? this.usual : statementMs + ANSWER_MS;
  }

  override query(...args: unknown[]): never {
    const last = args.at(-1);
    if (typeof last === 'function') args[args.length - 1] = this.watched(last as Callback);
    const answer = super.query(...(args as [string])) as unknown;
    if (answer instanceof Promise) answer.catch((error: Error) => this.hangUpAfter(error));
    return answer as never;
  }

  private watched(callback: Callback): Callback {
    return (error, result) => {
      if (error) this.hangUpAfter(error);
      callback(error, result);
    };
  }

  private hangUpAfter(error: Error): void {
    // With a query under way pg destroys the socket, and the pool takes an ending connection for what it is.
    if (error.message === 'Query read timeout') this.end(() => undefined);
  }
}
