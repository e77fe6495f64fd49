#pragma once

#include <cstddef>
#include <cstdint>

namespace rivero {

/** What a received packet turned out to be (core/packets/receive-batch.ts); `stranger` is between us and JavaScript. */
enum class ReceivedKind : uint8_t { datagram = 0, rtp = 1, rtcp = 2, stranger = 3 };

/** Typed arrays that JavaScript made and keeps (src/native/shared-memory.ts); both sides read and write them. */
struct SharedMemory {
  /** The packet pool (core/packets/packet-pool.ts): slots, references of each, the free ones and their count. */
  uint8_t* pool;
  size_t poolLength;
  uint16_t* references;
  uint32_t* free;
  uint32_t* freeCount;

  /** Columns of the ReceiveBatch, and how many rows they have room for. */
  uint8_t* kind;
  uint32_t* slot;
  uint32_t* offset;
  uint16_t* length;
  uint32_t* path;
  uint32_t* session;
  size_t rowsMax;
  /** Of rows in use, and of rows of strangers among them. */
  uint32_t* rowCount;
  uint32_t* strangerCount;
  /** By row, of strangers: number of the socket, 4 or 16 for the length of the IP address, port; and the address. */
  uint32_t* strangerEnds;
  uint8_t* strangerIps;

  /** Numbers of rows of a SendBatch that leave by sockets of JavaScript's, and how many. */
  uint32_t* foreignRows;
  size_t foreignRowsMax;
  uint32_t* foreignCount;

  /** Where a packet is sealed that JavaScript sends. */
  uint8_t* output;
  double* counters;
};

}  // namespace rivero
