import { after, type MonotonicMs, type TransportAddress } from '@rivero/core';
import { channelLifetime, permissionLifetime } from './turn-server-limits.ts';

/** An IP address that may send to a relayed address, and the channels of its ports. */
export interface Permission {
  readonly ip: string;
  expiresAt: MonotonicMs;
  /** By port; made with the first, as most have none. */
  channels: Map<number, Channel> | undefined;
}

export interface Channel {
  readonly number: number;
  readonly peer: TransportAddress;
  readonly permission: Permission;
  expiresAt: MonotonicMs;
}

export interface PermissionLimits {
  readonly permissionsMax: number;
  readonly channelsMax: number;
}

/**
 * The permissions and channels of one allocation (RFC 8656 sections 9 and 12). What has expired is as good as gone; it goes
 * when its place is wanted, or with the allocation.
 */
export class PermissionTable {
  readonly #limits: PermissionLimits;
  readonly #permissions = new Map<string, Permission>();
  readonly #channels = new Map<number, Channel>();

  constructor(limits: PermissionLimits) {
    this.#limits = limits;
  }

  /** The one that lets the IP address send now. */
  find(ip: string, now: MonotonicMs): Permission | undefined {
    const permission = this.#permissions.get(ip);
    return permission !== undefined && permission.expiresAt > now ? permission : undefined;
  }

  findChannel(number: number, now: MonotonicMs): Channel | undefined {
    const channel = this.#channels.get(number);
    return channel !== undefined && channel.expiresAt > now ? channel : undefined;
  }

  /** All of them or, when they would be too many, none: then false. */
  permit(ips: readonly string[], now: MonotonicMs): boolean {
    const more = new Set(ips.filter((ip) => !this.#permissions.has(ip)));
    if (this.#permissions.size + more.size > this.#limits.permissionsMax) {
      this.#forgetExpired(now);
      if (this.#permissions.size + more.size > this.#limits.permissionsMax) return false;
    }
    for (const ip of ips) this.#permit(ip, now);
    return true;
  }

  /** `taken`: the number is another peer's, or the peer has another number. */
  bind(number: number, peer: TransportAddress, now: MonotonicMs): 'bound' | 'taken' | 'too-many' {
    this.#forgetExpired(now);
    const byNumber = this.#channels.get(number);
    const byPeer = this.#permissions.get(peer.ip)?.channels?.get(peer.port);
    if (byNumber !== byPeer) return 'taken';
    if (byNumber !== undefined) {
      byNumber.expiresAt = after(now, channelLifetime);
      this.#permit(peer.ip, now);
      return 'bound';
    }
    if (this.#channels.size >= this.#limits.channelsMax) return 'too-many';
    if (!this.permit([peer.ip], now)) return 'too-many';
    const permission = this.#permit(peer.ip, now);
    const channel = { number, peer, permission, expiresAt: after(now, channelLifetime) };
    permission.channels ??= new Map();
    permission.channels.set(peer.port, channel);
    this.#channels.set(number, channel);
    return 'bound';
  }

  /** Forgets what has expired; a permission is kept for its channels. */
  #forgetExpired(now: MonotonicMs): void {
    for (const channel of this.#channels.values()) {
      if (channel.expiresAt > now) continue;
      this.#channels.delete(channel.number);
      channel.permission.channels?.delete(channel.peer.port);
    }
    for (const { ip, expiresAt, channels } of this.#permissions.values()) {
      if (expiresAt <= now && (channels?.size ?? 0) === 0) this.#permissions.delete(ip);
    }
  }

  #permit(ip: string, now: MonotonicMs): Permission {
    const known = this.#permissions.get(ip);
    const expiresAt = after(now, permissionLifetime);
    if (known !== undefined) {
      known.expiresAt = expiresAt;
      return known;
    }
    const permission: Permission = { ip, expiresAt, channels: undefined };
    this.#permissions.set(ip, permission);
    return permission;
  }
}
