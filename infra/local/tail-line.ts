/** As much of the envelope as a line shows. */
interface Event {
  readonly time?: string;
  readonly type?: string;
  readonly subject?: string;
  readonly id?: string;
  readonly data?: unknown;
}

const paint = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
const [dim, green, yellow] = [paint(2), paint(32), paint(33)];
const plain = (text: string) => text;

/** A record in one line: time, type, subject, id, data. Undefined: it is of none of these types. What is no event is shown as it is. */
export function tailLine(value: string, types: readonly string[], hasColours: boolean): string | undefined {
  const event = parsed(value);
  if (types.length && !types.includes(event?.type ?? '')) return undefined;
  const [faint, name, odd] = hasColours ? [dim, green, yellow] : [plain, plain, plain];
  if (!event?.type) return odd(`no event  ${oneLine(value)}`);
  const { time = '', type, subject = '', id = '', data } = event;
  return [faint(time), name(oneLine(type)), oneLine(subject), faint(oneLine(id)), oneLine(JSON.stringify(data) ?? '')].join('  '); // prettier-ignore
}

function parsed(value: string): Event | undefined {
  try {
    const event = JSON.parse(value) as Event | null;
    return typeof event?.type === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing that comes over the broker moves the cursor or changes colours. */

export const oneLine = (text: string) => String(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
