import { milliseconds } from '@rivero/core';

export const producersPerSessionMax = 64;
export const consumersPerSessionMax = 1_024;
/** In one router: of a room in several media workers each may have so many. */
export const consumersPerProducerMax = 5_000;
export const sendersPerSessionMax = 64;

/** SSRCs of one session that no producer claims; the packets of others are dropped unseen. */
export const unknownSsrcsMax = 32;

/** Packets of one producer that can be sent again. */
export const cachePacketsVideo = 1_024;
export const cachePacketsAudio = 128;

/**
 * Packets that a consumer without RTX can be sent again, of each of which the datapath keeps a tag, about 30 bytes. For so long
 * their payloads are in the producer's cache too: a second of video at 2.5 Mbit/s, or a keyframe of 300 kB, and a second of
 * sound. As many as the cache has place for would cost each receiver four times the memory, and each packet some 2 % of its
 * time, as they do not stay in the processor's cache; only streams beyond 2.5 Mbit/s would have more of it.
 */
export const resendVideoMax = 256;
export const resendAudioMax = 64;

/** A packet older than that helps nobody any more. */
export const cacheAgeMax = milliseconds(1_000);

/** Share of the packet pool that caches leave free: what is being received must find room. */
export const poolReserveShare = 0.25;

/** Between two changes of a producer's codec: each begins anew at every receiver. */
export const codecIntervalMin = milliseconds(200);

/** A jump ahead beyond that is a new beginning, not loss, once a second number follows; what is farther behind is late. */
export const sequenceJumpMax = 1_000;
