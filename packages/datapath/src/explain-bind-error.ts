import { CodedError } from '@rivero/core';

/** What the system says, by its name, when a socket cannot be bound, in words that help. */
export function explainBindError(code: string, ip: string, port: number): CodedError {
  const context = { ip, port, code };
  if (code === 'EADDRINUSE') {
    const message = `UDP port ${port} on ${ip} is taken; set RIVERO_MEDIA_PORT to a free one.`;
    return new CodedError('media-port-taken', message, context);
  }
  const message =
    code === 'EACCES'
      ? `UDP port ${port} may not be opened; set RIVERO_MEDIA_PORT above 1023.`
      : `UDP port ${port} on ${ip} cannot be opened (${code}); set RIVERO_MEDIA_PORT to another one.`;
  return new CodedError('media-port-forbidden', message, context);
}
