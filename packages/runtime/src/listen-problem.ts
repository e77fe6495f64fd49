import { CodedError } from '@rivero/core';

export interface ListenAttempt {
  /** The environment name of the setting that gives the port: `RIVERO_HTTP_PORT`. */
  readonly setting: string;
  /** The same of its address; left out: that of the web servers. */
  readonly hostSetting?: string;
  readonly port: number;
  readonly host: string | undefined;
}

/** Why a server could not listen, in one line with the setting to change: `port-taken`, `port-forbidden`, `host-unknown`. */
export function listenProblem(error: unknown, attempt: ListenAttempt): unknown {
  const { setting, hostSetting = 'RIVERO_HTTP_HOST', port, host } = attempt;
  const cause = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (cause) {
    case 'EADDRINUSE':
      return new CodedError('port-taken', `Port ${port} is taken by another program; set ${setting} to another port.`, {
        setting,
        port,
      });
    case 'EACCES':
      return new CodedError(
        'port-forbidden',
        `This user may not listen on port ${port}; set ${setting} to one above 1023.`,
        { setting, port },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAFNOSUPPORT':
      return new CodedError(
        'host-unknown',
        `${String(host)} is no address of this machine; set ${hostSetting} to one that is, or leave it out.`,
        { host },
      );
    default:
      return error;
  }
}
