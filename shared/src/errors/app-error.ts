/** The closed set of error codes that clients see. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'SUBGRAPH_UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR';

interface AppErrorOptions extends ErrorOptions {
  /** The input field at fault, for BAD_USER_INPUT. */
  readonly field?: string;
  /** The REST status, where it differs from the code's usual one. */
  readonly status?: number;
  /** When to try again, in milliseconds from now. */
  readonly retryAfterMs?: number;
}

/** An error that a client may read: one clear sentence and a code. Everything else is an internal error to the outside. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly field: string | undefined;
  readonly status: number;
  /** Seconds until it is of any use to try again (RFC 9110, section 10.2.3). */
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.field = options.field;
    this.status = options.status ?? httpStatus[code];
    this.retryAfter = options.retryAfterMs === undefined ? undefined : Math.ceil(options.retryAfterMs / 1_000);
  }
}

/** The one mapping from codes to HTTP statuses. */
export const httpStatus: Readonly<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  SUBGRAPH_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
};

export const badInput = (message: string, field?: string) =>
  new AppError('BAD_USER_INPUT', message, field === undefined ? {} : { field });
export const notFound = (message: string) => new AppError('NOT_FOUND', message);
export const conflict = (message: string) => new AppError('CONFLICT', message);
export const forbidden = (message = 'you may not do this') => new AppError('FORBIDDEN', message);
export const unauthenticated = (message: string) => new AppError('UNAUTHENTICATED', message);
export const tooManyRequests = (retryAfterMs: number) =>
  new AppError('RATE_LIMITED', 'too many requests, please try again later', { retryAfterMs });
export const unavailable = (message: string, cause?: unknown) =>
  new AppError('SUBGRAPH_UNAVAILABLE', message, { cause });
