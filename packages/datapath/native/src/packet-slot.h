#pragma once

namespace rivero {

/** Bytes of one slot of the packet pool (core/packets/packet-pool.ts). */
inline constexpr int packetSlotSize = 2048;

}  // namespace rivero
