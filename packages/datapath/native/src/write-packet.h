#pragma once

#include <cstdint>

#include "send-batch.h"
#include "stream.h"

namespace rivero {

/**
 * Writes the RTP header of row `row` at `out` and answers its length: fixed header without CSRCs, and the stream's and
 * the row's extension elements in one one-byte-form block (RFC 3550 section 5.1, RFC 8285 section 4.2).
 */
int writeHeader(uint8_t* out, const Stream& stream, const SendBatch& batch, uint32_t row);

/** Writes the payload behind a header of `headerLength` bytes and answers the length of both (RTX: RFC 4588 section 4). */
int writePayload(uint8_t* out, int headerLength, const uint8_t* pool, const SendBatch& batch, uint32_t row);

}  // namespace rivero
