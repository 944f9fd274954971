const BEYOND_REACH = 1_000_000_000;

/**
 * The gateway as it is run, each duty of it on: tokens are verified, what comes is counted against limits that nobody reaches, every
 * request is logged and timed.
 */
export const EVERYTHING_ON: NodeJS.ProcessEnv = {
  METRICS: 'true',
  LOG_LEVEL: 'info',
  ROUTE_CLASSES: JSON.stringify({ read: { burst: BEYOND_REACH, perMinute: BEYOND_REACH } }),
};
