type Read = number | Record<string, number>;

export interface Figure {
  /** As Prometheus shows it. */
  readonly help: string;
  /** What the keys of `read` are, when it answers several. */
  readonly label?: string;
  /** Called when somebody asks for the metrics, never else: it costs nothing where they are off. */
  read(): Read | Promise<Read>;
}

/** By name, with the type that Prometheus is told; of two applications in one process the last is shown. */
export const figures = new Map<string, { readonly type: 'gauge' | 'counter'; readonly figure: Figure }>();

/** Shows at GET /metrics, where that is on, what goes up and down. The name ends with its unit. */
export function gauge(name: string, figure: Figure): void {
  figures.set(name, { type: 'gauge', figure });
}

/** Shows there what only grows while the process runs. */
export function counter(name: `${string}_total`, figure: Figure): void {
  figures.set(name, { type: 'counter', figure });
}
