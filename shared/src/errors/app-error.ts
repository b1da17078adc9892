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
  /** In how many seconds it is of use to try again: what Retry-After says. */
  readonly retryAfterS?: number;
}

/** An error that a client may read: one clear sentence and a code. Everything else is an internal error to the outside. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly field: string | undefined;
  readonly status: number;
  readonly retryAfterS: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.field = options.field;
    this.status = options.status ?? httpStatus[code];
    this.retryAfterS = options.retryAfterS;
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
/** `waitMs`: in how many milliseconds the next may come. */
export const tooManyRequests = (waitMs: number) =>
  new AppError('RATE_LIMITED', 'too many requests, please try again later', { retryAfterS: Math.ceil(waitMs / 1_000) });
export const unavailable = (message: string, cause?: unknown) =>
  new AppError('SUBGRAPH_UNAVAILABLE', message, { cause });
