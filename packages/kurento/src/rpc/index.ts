export { frameBytesMax, sessionLifetime } from './rpc-limits.ts';
export { RpcServer, type RpcStatistics } from './rpc-server.ts';
export type { RpcSocket, SocketPort } from './rpc-socket.ts';
