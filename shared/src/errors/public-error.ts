import { AppError, unavailable } from './app-error.js';
import { causesOf } from './causes.js';

/** SQLSTATEs (Appendix A of PostgreSQL's manual): connection exceptions, too many connections, a statement that took too long, shutdown, start. */
const AWAY_STATE = /^(?:08\w{3}|53300|57014|57P0[1-4])$/;
/** Node's, of a connection that was refused, lost, or not made in time. */
const AWAY_CODE = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** pg and its pool have no codes for these. */
const AWAY_WORDS =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed)/;

/**
 * What a client may read of an error: the error itself if it was made for that, SUBGRAPH_UNAVAILABLE when the database is
 * away for a moment. Undefined: an error of the inside.
 */
export function publicErrorOf(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  return isAway(error) ? unavailable('the service can not reach its database, please try again', error) : undefined;
}

function isAway(error: unknown): boolean {
  for (const current of causesOf(error)) {
    const code = 'code' in current ? String(current.code) : '';
    if (AWAY_STATE.test(code) || AWAY_CODE.test(code) || AWAY_WORDS.test(current.message)) return true;
  }
  return false;
}
