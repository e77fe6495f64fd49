import type { Milliseconds, MonotonicMs, TransportAddress } from '@rivero/core';
import type { Holder } from './allocation-quota.ts';
import { PermissionTable, type PermissionLimits } from './permission-table.ts';
import type { Question } from './turn-answer.ts';
import type { Authenticated } from './turn-authenticator.ts';
import type { TurnAccount } from './turn-accounts.ts';
import type { AddressFamily, RelayId, TurnPath } from './turn-path.ts';
import type { StunMessage } from '../../stun/index.ts';
import type { TurnUser } from './turn-user.ts';

/** A request whose sender is known; its message is a view. */
export interface TurnRequest {
  readonly path: TurnPath;
  readonly message: StunMessage;
  readonly authenticated: Authenticated;
}

/** One relayed address of an allocation. */
export interface Relay {
  readonly id: RelayId;
  readonly family: AddressFamily;
  readonly allocation: Allocation;
  /** `undefined` until the driver has opened it. */
  address: TransportAddress | undefined;
  expiresAt: MonotonicMs;
}

/** 440: there are no such addresses; 508: no port is left. */
export interface FailedFamily {
  readonly family: AddressFamily;
  readonly code: 440 | 508;
}

/** What the answer to Allocate waits for. */
export interface PendingAllocate {
  readonly question: Question;
  readonly integrity: Authenticated['integrity'];
  readonly lifetime: Milliseconds;
  /** The other port of a pair, to be told as RESERVATION-TOKEN. */
  readonly next: RelayId | undefined;
  readonly failedFamilies: FailedFamily[];
}

export interface AllocationOptions {
  readonly path: TurnPath;
  readonly account: TurnAccount;
  readonly user: TurnUser;
  readonly holder: Holder;
  readonly transport: 'udp' | 'tcp';
  readonly transactionId: Uint8Array;
  readonly limits: PermissionLimits;
}

/** What a client has from us: relayed addresses, and who may use them (RFC 8656 section 5). */
export class Allocation {
  readonly path: TurnPath;
  readonly account: TurnAccount;
  readonly user: TurnUser;
  readonly holder: Holder;
  readonly transport: 'udp' | 'tcp';
  /** Of the Allocate request, which may be sent again. */
  readonly transactionId: Uint8Array;
  readonly permissions: PermissionTable;
  readonly relays: Relay[] = [];
  pending: PendingAllocate | undefined;
  /** The answer to the Allocate request. */
  response: Uint8Array | undefined;
  isClosed = false;
  activeAt: MonotonicMs;
  bytesFromClient = 0;
  bytesFromPeers = 0;

  constructor({ path, account, user, holder, transport, transactionId, limits }: AllocationOptions, now: MonotonicMs) {
    this.path = path;
    this.account = account;
    this.user = user;
    this.holder = holder;
    this.transport = transport;
    this.transactionId = Uint8Array.from(transactionId);
    this.permissions = new PermissionTable(limits);
    this.activeAt = now;
  }

  /** The open relay of a family. */
  relayOf(family: AddressFamily): Relay | undefined {
    return this.relays.find((relay) => relay.family === family && relay.address !== undefined);
  }

  /** True when a request repeats the one that made this. */
  isMadeBy(transactionId: Uint8Array): boolean {
    return this.transactionId.every((byte, i) => byte === transactionId[i]);
  }
}
