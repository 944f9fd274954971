export interface Gauge {
  /** As Prometheus shows it. */
  readonly help: string;
  /** What the keys of `read` are, when it answers several. */
  readonly label?: string;
  /** Called when somebody asks for the metrics, never else: it costs nothing where they are off. */
  read(): number | Record<string, number>;
}

/** By name; of two applications in one process the last is shown. */
export const gauges = new Map<string, Gauge>();

/** Shows a figure at GET /metrics, where that is on. The name ends with its unit. */
export function gauge(name: string, shown: Gauge): void {
  gauges.set(name, shown);
}
