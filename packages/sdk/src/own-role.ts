import type { Role, RoomSnapshot } from '@rivero/api';
import type { RoomContext, RoomPart } from './room-part.ts';

/** Whether we are a host, and the secret that makes hosts. */
export class OwnRole implements RoomPart {
  readonly #context: RoomContext;
  #participantId = '';
  #role: Role = 'guest';
  #hostToken: string | null = null;
  /** With what we join when we must join anew: the last secret that we knew. */
  #entryToken: string | undefined;

  constructor(context: RoomContext, hostToken: string | undefined) {
    this.#context = context;
    this.#entryToken = hostToken;
    const { socket } = context.signaling;
    socket.on('role-changed', ({ participantId, role }) => {
      if (participantId === this.#participantId) this.#setRole(role);
    });
    socket.on('host-token', (event) => this.#setHostToken(event.hostToken));
  }

  get role(): Role {
    return this.#role;
  }

  /** Hosts only. */
  get hostToken(): string | null {
    return this.#hostToken;
  }

  get entryToken(): string | undefined {
    return this.#entryToken;
  }

  follow({ participantId, role, hostToken }: RoomSnapshot): void {
    this.#participantId = participantId;
    this.#setRole(role);
    this.#setHostToken(hostToken);
  }

  close(): void {}

  #setRole(role: Role): void {
    if (this.#role === role) return;
    this.#role = role;
    this.#context.events.emit('roleChanged', role);
  }

  #setHostToken(hostToken: string | null): void {
    if (this.#hostToken === hostToken) return;
    this.#hostToken = hostToken;
    this.#entryToken = hostToken ?? this.#entryToken;
    this.#context.events.emit('hostTokenChanged', hostToken);
  }
}
