/**
 * `node --import @cairn/observability/instrument …` records traces when OTEL_EXPORTER_OTLP_ENDPOINT says where they go.
 * It must run before what it instruments is loaded, hence `--import`. Without the variable it loads nothing.
 */
if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT) {
  const { startTracing } = await import('./tracing.ts');
  startTracing();
}
