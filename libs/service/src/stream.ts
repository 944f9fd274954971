// answering with a stream of results
export { EVENT_STREAM, EVENT_STREAM_FIELDS, EventStream, type EventStreamOptions } from './event-stream.ts';
export { mapped, STREAM_ADMISSION, whileAdmitted, type StreamAdmission } from './stream-admission.ts';
