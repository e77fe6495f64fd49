#include "fake-kernel.h"

#include <cerrno>

namespace rivero {

FakeKernel kernel;

void FakeKernel::finishClosing() {
  const auto closed = std::move(closing);
  closing.clear();
  for (const auto& tell : closed) tell();
}

}  // namespace rivero

using rivero::kernel;

extern "C" {

int uv_poll_init(uv_loop_t*, uv_poll_t* poll, int) {
  kernel.poll = poll;
  return 0;
}

int uv_poll_start(uv_poll_t*, int events, uv_poll_cb callback) {
  kernel.events = events;
  kernel.callback = callback;
  return 0;
}

int uv_check_init(uv_loop_t*, uv_check_t* check) {
  kernel.check = check;
  return 0;
}

int uv_check_start(uv_check_t*, uv_check_cb callback) {
  kernel.checkCallback = callback;
  return 0;
}

void uv_unref(uv_handle_t*) {}

void uv_close(uv_handle_t* handle, uv_close_cb callback) {
  kernel.events = 0;
  kernel.closing.push_back([handle, callback] { callback(handle); });
}

int recvmmsg(int, mmsghdr* messages, unsigned count, int, timespec*) {
  if (kernel.recvmmsg) return kernel.recvmmsg(messages, count);
  errno = EAGAIN;
  return -1;
}

int sendmmsg(int, mmsghdr* messages, unsigned count, int) {
  if (kernel.sendmmsg) return kernel.sendmmsg(messages, count);
  errno = EAGAIN;
  return -1;
}

ssize_t sendto(int, const void* bytes, size_t length, int, const sockaddr*, socklen_t) {
  if (kernel.sendto) return kernel.sendto(static_cast<const uint8_t*>(bytes), length);
  errno = EAGAIN;
  return -1;
}

}  // extern "C"
