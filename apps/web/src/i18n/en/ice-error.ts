/** Why a STUN or TURN server gave no candidate. */
export const iceError = {
  noAnswer: 'The server does not answer: it is off, the address or port is wrong, or a firewall drops the packets.',
  nameUnknown: 'The name of the server was not found (DNS).',
  connectionFailed:
    'No connection to the server: nothing listens on that port, a firewall is in the way, or the name was not found (DNS).',
  tlsFailed:
    'No TLS connection: nothing listens on that port, or the browser does not trust the certificate (self-made, expired, or for another name).',
  otherInterface: 'This network of the computer does not lead to the server; another one may.',
  notReached:
    'The server was not reached, and the browser does not say why: no such name (DNS), a wrong port, or a firewall.',
  tryAlternate: 'The server names another one to use instead, and the browser did not get on with that.',
  badRequest: 'The server did not understand the request: is it a STUN or TURN server?',
  unauthorized: 'Wrong user name or password, or they are out of date.',
  forbidden: 'The server forbids this to the user or the address that asks.',
  unknownAttribute: 'The browser asks for something that the server does not know.',
  allocationMismatch: 'The server confuses this request with an earlier one: try again in a moment.',
  staleNonce: 'The answer to the server’s challenge came too late: try again.',
  familyUnsupported: 'The server relays no addresses of this kind (IPv4 or IPv6).',
  otherCredentials: 'Another user name than the one that it began with.',
  transportUnsupported: 'The server does not relay by this protocol (UDP or TCP).',
  familyMismatch: 'One side has IPv4 and the other one IPv6: the server cannot join them.',
  connectionExists: 'The server already has this connection to the other side.',
  peerNotReached: 'The server could not connect to the other side.',
  quotaReached: 'This user has as many relays as the server allows: close other tabs, or try again later.',
  serverError: 'An error inside the server: try again, and look into its log.',
  noCapacity: 'The server is full: it has no address or port left to relay with.',
  globalFailure: 'The server refuses this for good.',
  other: 'Code {code}, which this page has no words for. {text}',
};
