// calls to other services
export { createHttpClient, type HttpClient, type HttpClientOptions } from './http.client.ts';
// costly work of one's own
export { boundedQueue, type BoundedQueueOptions } from './bounded-queue.ts';
// work that nobody waits for any more
export { assertInTime } from './in-time.ts';
// errors
export { Overloaded, UpstreamUnavailable } from './resilience.errors.ts';
