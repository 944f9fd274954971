/** No connection came about: nothing was sent. */
const NOT_SENT = new Set(
  ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_CLOSED', 'UND_ERR_DESTROYED'], // prettier-ignore
);
/** A connection that was there and is no more: what was sent may have been worked on. */
const CUT = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** How far a request came that found no answer. */
export function connectionErrorOf(error: unknown): 'not-sent' | 'cut' | 'other' {
  const { code = '', syscall, errors } = (error ?? {}) as { code?: string; syscall?: string; errors?: unknown[] };
  if (NOT_SENT.has(code) || syscall === 'connect' || errors?.some((each) => connectionErrorOf(each) === 'not-sent'))
    return 'not-sent';
  return CUT.has(code) ? 'cut' : 'other';
}
