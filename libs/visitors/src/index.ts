// what a request tells of who made it
export { classify, type VisitorClass } from './classify.ts';
export { referrerHost } from './referrer-host.ts';
export { asksNotToBeTracked } from './asks-not-to-be-tracked.ts';
export { Countries } from './countries.service.ts';
// who stays a stranger
export { VisitorKeys, type VisitorKey, type VisitorRequest } from './visitor-keys.service.ts';
// wiring
export { VisitorsModule } from './visitors.module.ts';
export { VisitorsConfigSchema, type VisitorsConfig } from './visitors.options.ts';
// what is stored: @cairn/visitors/schema
