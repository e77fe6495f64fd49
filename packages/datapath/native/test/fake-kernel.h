#pragma once

#include <sys/socket.h>
#include <uv.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace rivero {

/**
 * What stands in for the loop and for the calls of a socket that receive and send; it is linked in their place. What is not
 * said is refused with EAGAIN. Opening, binding and closing are the system's own.
 */
struct FakeKernel {
  std::function<int(mmsghdr*, unsigned)> recvmmsg;
  std::function<int(mmsghdr*, unsigned)> sendmmsg;
  std::function<ssize_t(const uint8_t*, size_t)> sendto;

  /** Events that the one socket listens for, and who is told. */
  int events = 0;
  uv_poll_t* poll = nullptr;
  uv_poll_cb callback = nullptr;
  /** Called behind all wake-ups of a turn. */
  uv_check_t* check = nullptr;
  uv_check_cb checkCallback = nullptr;
  /** Closed, and not told yet. */
  std::vector<std::function<void()>> closing;

  /** What the loop does when the socket is ready for them. */
  void wakeUp(int status, int ready) { callback(poll, status, ready); }
  void endTurn() { checkCallback(check); }
  /** The loop is through with what was closed. */
  void finishClosing();
};

extern FakeKernel kernel;

}  // namespace rivero
