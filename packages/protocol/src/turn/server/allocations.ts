import {
  after,
  Deadlines,
  earliest,
  earliestOf,
  type MonotonicMs,
  never,
  type RandomBytes,
  sourceNetwork,
  type TransportAddress,
} from '@rivero/core';
import { type AttributeToSend, attributeType, turnAttributeType, xorAddressAttribute } from '../../stun/index.ts';
import { lifetimeAttribute } from '../turn-values.ts';
import type { AllocateAsk } from './allocate-request.ts';
import { Allocation, type FailedFamily, type PendingAllocate, type Relay, type TurnRequest } from './allocation.ts';
import { AllocationQuota } from './allocation-quota.ts';
import type { OutputQueue } from './output-queue.ts';
import { PathTable } from './path-table.ts';
import { type Reservation, Reservations } from './reservations.ts';
import { accepted, questionOf, refused, serializeAnswer, type TurnAnswer } from './turn-answer.ts';
import {
  type AddressFamily,
  type ClientTransport,
  clientTransport,
  type ConnectionId,
  type ListenerId,
  type RelayId,
} from './turn-path.ts';
import { openTimeout, type TurnServerLimits } from './turn-server-limits.ts';
import type { TurnServerCounters } from './turn-server-counters.ts';
import type { AllocationEnd, TurnSink } from './turn-server-output.ts';
import { TurnUsers } from './turn-user.ts';

export interface AllocationsOptions {
  readonly limits: TurnServerLimits;
  readonly families: readonly AddressFamily[];
  readonly random: RandomBytes;
  readonly sink: TurnSink;
  readonly outputs: OutputQueue;
  readonly counters: TurnServerCounters;
  /** What hangs on it has to end too. */
  readonly onClosed: (allocation: Allocation, now: MonotonicMs) => void;
}

/** All allocations of a server: from the Allocate request, over relayed addresses that the driver opens, to their end. */
export class Allocations {
  readonly #options: AllocationsOptions;
  readonly #users: TurnUsers;
  readonly #quota: AllocationQuota;
  readonly #byPath = new PathTable();
  readonly #all = new Set<Allocation>();
  readonly #relays = new Map<RelayId, Relay>();
  readonly #reservations = new Reservations();
  /** When each is to be looked at: no later than it ends. */
  readonly #deadlines = new Deadlines<Allocation>();
  #nextRelay = 1;

  constructor(options: AllocationsOptions) {
    this.#options = options;
    this.#users = new TurnUsers(options.limits.bandwidthPerUser);
    this.#quota = new AllocationQuota(options.limits);
  }

  get count(): number {
    return this.#all.size;
  }

  countByTransport(): Readonly<Record<ClientTransport, number>> {
    const counts = { udp: 0, tcp: 0, tls: 0 };
    for (const { path } of this.#all) counts[clientTransport(path)] += 1;
    return counts;
  }

  findDatagram(listener: ListenerId, remote: TransportAddress, now: MonotonicMs): Allocation | undefined {
    return this.#living(this.#byPath.findDatagram(listener, remote), now);
  }

  findConnection(connection: ConnectionId, now: MonotonicMs): Allocation | undefined {
    return this.#living(this.#byPath.findConnection(connection), now);
  }

  /** One that is open. */
  findRelay(id: RelayId, now: MonotonicMs): Relay | undefined {
    const relay = this.#relays.get(id);
    return relay?.address !== undefined && relay.expiresAt > now ? relay : undefined;
  }

  /** Answers the request, or later. */
  open(request: TurnRequest, ask: AllocateAsk, now: MonotonicMs): TurnAnswer {
    const { limits, outputs, counters } = this.#options;
    const { account, integrity } = request.authenticated;
    const reservation = ask.token && this.#reservations.take(ask.token, account.identity, now);
    if (ask.token !== undefined && reservation === undefined) return refused(508);
    const holder = reservation?.holder ?? { identity: account.identity, source: sourceNetwork(request.path.remote.ip) };
    // A kept port has been counted already.
    const refusal = reservation === undefined ? this.#quota.take(holder, ask.port === 'pair' ? 2 : 1) : undefined;
    if (refusal !== undefined) {
      counters.count('quota-reached');
      outputs.tell({ type: 'quota-reached', identity: account.identity, code: refusal });
      return refused(refusal);
    }
    const { transactionId } = request.message;
    const user = this.#users.join(account.identity, now);
    const { path } = request;
    const { transport } = ask;
    const allocation = new Allocation({ path, account, user, holder, transport, transactionId, limits }, now);
    this.#all.add(allocation);
    this.#byPath.add(allocation);
    const next = ask.port === 'pair' ? this.#nextRelay++ : undefined;
    const question = questionOf(request.message);
    allocation.pending = { question, integrity, lifetime: ask.lifetime, next, failedFamilies: [] };
    if (reservation === undefined) this.#openRelays(allocation, ask, now);
    else this.#takeOver(allocation, reservation, now);
    return { type: 'later' };
  }

  /** The driver has opened a relayed address, which others reach as `address`. */
  handleRelayOpened(id: RelayId, address: TransportAddress, now: MonotonicMs): void {
    const relay = this.#relays.get(id);
    if (relay === undefined || relay.allocation.pending === undefined) return;
    relay.address = address;
    this.#answerWhenComplete(relay.allocation, now);
  }

  /** No such address, or no port left. */
  handleRelayFailed(id: RelayId, now: MonotonicMs): void {
    const relay = this.#relays.get(id);
    if (relay === undefined) return this.#dropReservation(id);
    const { allocation } = relay;
    this.#forget(relay);
    if (allocation.pending === undefined) {
      if (allocation.relays.length === 0) this.close(allocation, 'failed', now);
      return;
    }
    allocation.pending.failedFamilies.push({ family: relay.family, code: 508 });
    this.#answerWhenComplete(allocation, now);
  }

  /** Sets the expiry of the relays of a family, or of all; a lifetime of 0 ends them (RFC 8656 section 8.2). */
  refresh(
    allocation: Allocation,
    { lifetime, family }: { readonly lifetime: PendingAllocate['lifetime']; readonly family?: AddressFamily },
    now: MonotonicMs,
  ): void {
    for (const relay of allocation.relays.filter((each) => family === undefined || each.family === family)) {
      relay.expiresAt = after(now, lifetime);
      if (lifetime > 0) continue;
      this.#forget(relay);
      this.#options.outputs.push({ type: 'close-relay', relay: relay.id });
    }
    if (allocation.relays.length === 0) this.close(allocation, 'released', now);
    else this.#watch(allocation);
  }

  close(allocation: Allocation, reason: AllocationEnd, now: MonotonicMs): void {
    if (allocation.isClosed) return;
    allocation.isClosed = true;
    const { outputs, onClosed } = this.#options;
    const { path, user, holder, pending, bytesFromClient, bytesFromPeers } = allocation;
    if (pending?.next !== undefined) {
      outputs.push({ type: 'close-relay', relay: pending.next });
      this.#quota.giveBack(holder);
    }
    for (const relay of allocation.relays.slice()) {
      this.#forget(relay);
      outputs.push({ type: 'close-relay', relay: relay.id });
    }
    this.#all.delete(allocation);
    this.#deadlines.delete(allocation);
    this.#byPath.delete(allocation);
    this.#users.leave(user);
    this.#quota.giveBack(holder);
    onClosed(allocation, now);
    const { identity } = user;
    outputs.tell({ type: 'closed', identity, path, reason, bytesFromClient, bytesFromPeers });
  }

  closeAll(): void {
    // Nothing is due any more.
    for (const allocation of this.#all) this.close(allocation, 'server-closed', never);
    this.#expireReservations(never);
  }

  deadline(): MonotonicMs {
    return earliest(this.#deadlines.first(), this.#reservations.deadline());
  }

  handleTimeout(now: MonotonicMs): void {
    this.#expireReservations(now);
    for (let due = this.#deadlines.takeDue(now); due !== undefined; due = this.#deadlines.takeDue(now)) {
      this.#expireRelays(due, now);
      if (due.isClosed) continue;
      if (this.#idleAt(due) <= now) this.close(due, 'idle', now);
      else this.#watch(due);
    }
  }

  #expireReservations(now: MonotonicMs): void {
    for (const { relay, holder } of this.#reservations.takeExpired(now)) {
      this.#options.outputs.push({ type: 'close-relay', relay });
      this.#quota.giveBack(holder);
    }
  }

  #dropReservation(relay: RelayId): void {
    const reservation = this.#reservations.drop(relay);
    if (reservation !== undefined) this.#quota.giveBack(reservation.holder);
  }

  #watch(allocation: Allocation): void {
    const ends = allocation.relays.map(({ expiresAt }) => expiresAt);
    this.#deadlines.set(allocation, earliestOf([this.#idleAt(allocation), ...ends]));
  }

  #idleAt({ activeAt }: Allocation): MonotonicMs {
    return after(activeAt, this.#options.limits.idleMax);
  }

  #living(allocation: Allocation | undefined, now: MonotonicMs): Allocation | undefined {
    if (allocation === undefined) return undefined;
    for (const { expiresAt } of allocation.relays) {
      if (expiresAt > now) continue;
      this.#expireRelays(allocation, now);
      break;
    }
    return allocation.isClosed ? undefined : allocation;
  }

  #openRelays(allocation: Allocation, { families, port, transport }: AllocateAsk, now: MonotonicMs): void {
    const { outputs, families: supported } = this.#options;
    for (const family of families) {
      if (!supported.includes(family)) {
        allocation.pending?.failedFamilies.push({ family, code: 440 });
        continue;
      }
      const relay = this.#addRelay(allocation, this.#nextRelay++, family, after(now, openTimeout));
      const next = allocation.pending?.next;
      outputs.push({
        type: 'open-relay',
        relay: relay.id,
        transport,
        family,
        port,
        ...(next === undefined ? {} : { next }),
      });
    }
  }

  #takeOver(allocation: Allocation, { relay: id, family, address }: Reservation, now: MonotonicMs): void {
    this.#addRelay(allocation, id, family, after(now, openTimeout));
    this.handleRelayOpened(id, address, now);
  }

  #addRelay(allocation: Allocation, id: RelayId, family: AddressFamily, expiresAt: MonotonicMs): Relay {
    const relay: Relay = { id, family, allocation, address: undefined, expiresAt };
    allocation.relays.push(relay);
    this.#relays.set(id, relay);
    this.#watch(allocation);
    return relay;
  }

  #expireRelays(allocation: Allocation, now: MonotonicMs): void {
    for (const relay of allocation.relays.slice()) if (relay.expiresAt <= now) this.#expire(relay, now);
  }

  #expire(relay: Relay, now: MonotonicMs): void {
    const { allocation } = relay;
    if (allocation.pending !== undefined) return this.#giveUpOpening(relay, now);
    if (allocation.relays.length === 1) return this.close(allocation, 'expired', now);
    this.#forget(relay);
    this.#options.outputs.push({ type: 'close-relay', relay: relay.id });
  }

  /** The driver says nothing of it: the client gets what is there. */
  #giveUpOpening(relay: Relay, now: MonotonicMs): void {
    if (relay.address !== undefined) return;
    this.#options.outputs.push({ type: 'close-relay', relay: relay.id });
    this.handleRelayFailed(relay.id, now);
  }

  #forget(relay: Relay): void {
    this.#relays.delete(relay.id);
    const at = relay.allocation.relays.indexOf(relay);
    if (at !== -1) relay.allocation.relays.splice(at, 1);
  }

  #answerWhenComplete(allocation: Allocation, now: MonotonicMs): void {
    const { pending, relays, path, user } = allocation;
    if (pending === undefined || relays.some(({ address }) => address === undefined)) return;
    const { sink, outputs, counters } = this.#options;
    const isOpen = relays.length > 0;
    const answer = isOpen ? accepted(...this.#successAttributes(allocation, pending, now)) : refused(508);
    const { question, integrity } = pending;
    const bytes = serializeAnswer(question, answer, { integrity });
    if (isOpen) {
      allocation.pending = undefined;
      allocation.response = bytes;
      counters.count('allocated');
      for (const relay of relays) relay.expiresAt = after(now, pending.lifetime);
      this.#watch(allocation);
      const relayed = relays.flatMap(({ address }) => address ?? []);
      outputs.tell({ type: 'allocated', identity: user.identity, path, relayed });
    } else {
      this.close(allocation, 'failed', now);
    }
    sink.sendMessage(path, bytes);
  }

  #successAttributes(allocation: Allocation, pending: PendingAllocate, now: MonotonicMs): readonly AttributeToSend[] {
    const { question, next, lifetime, failedFamilies } = pending;
    const { transactionId } = question;
    const addresses = allocation.relays.flatMap(({ address }) => address ?? []);
    return [
      ...addresses.map((address) => xorAddressAttribute(turnAttributeType.xorRelayedAddress, address, transactionId)),
      lifetimeAttribute(lifetime),
      xorAddressAttribute(attributeType.xorMappedAddress, allocation.path.remote, transactionId),
      ...failedFamilies.map(addressError),
      ...(next === undefined ? [] : [this.#reserve(allocation, next, now)]),
    ];
  }

  /** RESERVATION-TOKEN for the port after the relay's. */
  #reserve({ relays, holder }: Allocation, next: RelayId, now: MonotonicMs): AttributeToSend {
    const [{ address, family }] = relays;
    const above = { ip: address?.ip ?? '', port: (address?.port ?? 0) + 1 };
    const reservation = { relay: next, family, address: above, holder };
    const value = this.#reservations.keep(reservation, this.#options.random, now);
    return { type: turnAttributeType.reservationToken, value };
  }
}

/** ADDRESS-ERROR-CODE: the family of which there is no relay, and why (RFC 8656 section 18.12). */
function addressError({ family, code }: FailedFamily): AttributeToSend {
  const value = Uint8Array.of(family === 4 ? 1 : 2, 0, Math.floor(code / 100), code % 100);
  return { type: turnAttributeType.addressErrorCode, value };
}
