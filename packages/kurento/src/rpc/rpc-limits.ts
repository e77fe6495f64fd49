import { milliseconds } from '@rivero/core';

/** Characters of one frame; longer ones end their socket with 1009. */
export const frameBytesMax = 1_000_000;

/** Arrays and objects inside of each other in one request. */
export const nestingDepthMax = 64;

/** Characters of a request's id, quotation marks included. */
export const requestIdLengthMax = 256;

/** Characters of a session's name that a client makes up. */
export const sessionIdLengthMax = 256;

export const socketsMax = 4_096;

export const sessionsMax = 16_384;

/** Sessions that one socket opened and that live: a client has one, and others with another name after it. */
export const sessionsPerSocketMax = 64;

/** Requests that were not answered yet, of one socket and of one session: whoever opens a thousand endpoints may ask at once. */
export const requestsInFlightMax = 10_000;

/** Characters of the requests of one socket that were not answered yet. */
export const bytesInFlightMax = 16_000_000;

/** Bytes that may wait for one client to read them: beyond that its socket is closed. */
export const queuedBytesMax = 16_000_000;

export const operationsPerTransactionMax = 1_000;

/** Characters that the answers of a transaction have when it does no more: they are kept until it ends. */
export const transactionAnswerMax = 2_000_000;

/** After that long a transaction begins no more operations: what is asked of its pipelines waits for it. */
export const transactionTimeMax = milliseconds(20_000);

/** Answers that one session can have again, and their characters. */
export const answersMax = 256;
export const answerBytesMax = 128_000;

/** How long a repeated request gets the answer of the first (as Kurento does). */
export const answerLifetime = milliseconds(20_000);

/** How long a session lives without a socket, a request or a keepAlive (as Kurento does). */
export const sessionLifetime = milliseconds(240_000);
