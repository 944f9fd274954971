// calls to other services
export { createHttpClient, type HttpClient, type HttpClientOptions } from './http.client.ts';
// costly work of one's own
export { boundedQueue, type BoundedQueueOptions } from './bounded-queue.ts';
// work that nobody waits for any more
export { assertInTime } from './in-time.ts';
// breaking it on purpose
export { DialSchema, FaultDialsConfigSchema, faultDialsSecret, FAULTS_PATH, type Dial } from './fault-dials.options.ts';
export { faultsAreSet, injectFaults } from './inject-faults.ts';
// errors
export { FaultInjected, Overloaded, UpstreamUnavailable } from './resilience.errors.ts';
