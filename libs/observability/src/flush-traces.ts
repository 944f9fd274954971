import { ProxyTracerProvider, trace } from '@opentelemetry/api';

/** Sends the spans that wait for the next batch: the last thing before a process ends. Nothing to do when tracing is off. */
export async function flushTraces(): Promise<void> {
  const provider = trace.getTracerProvider();
  const recording = (provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider) as {
    forceFlush?: () => Promise<void>;
  };
  await recording.forceFlush?.().catch(() => undefined); // a collector that is away must not keep us from ending
}
