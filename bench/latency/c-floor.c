/*
 * What a forwarder in C takes on this machine just now: the traffic of latency.ts without encryption, RTCP and JavaScript. One
 * process sends a packet every interval from one of its sockets and reads all of its others all the time; the other, on one
 * core, waits for packets and sends each to the receivers of its room.
 *
 *     c-floor SECONDS CORE ROOMS PUBLISHERS RECEIVERS BYTES PACKETS_PER_SECOND
 *
 * Prints a line with p50, p99, p99.9 and the greatest latency in microseconds, and how many packets came.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { rooms_max = 64, receivers_max = 64, publishers_max = 4096, bytes_max = 1500, batch_max = 64, histogram_us = 1000000 };

struct header {
  uint64_t sent_at_ns;
  uint32_t room;
};

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int open_socket(struct sockaddr_in *address) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  int bytes = 4 << 20;
  socklen_t length = sizeof *address;
  memset(address, 0, sizeof *address);
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || bind(fd, (struct sockaddr *)address, sizeof *address) != 0) exit(1);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  getsockname(fd, (struct sockaddr *)address, &length);
  return fd;
}

static void watch(int epoll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) exit(1);
}

static void run_on(int first, int last) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  for (int core = first; core <= last; core++) CPU_SET(core, &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}

/* Until its parent ends. */
static void forward(int fd, struct sockaddr_in (*receivers)[receivers_max], int rooms, int receivers_count) {
  static unsigned char bytes[batch_max][bytes_max];
  struct mmsghdr in[batch_max] = {0}, out[receivers_max] = {0};
  struct iovec in_vectors[batch_max], out_vectors[receivers_max];
  int epoll = epoll_create1(0);
  watch(epoll, fd);
  for (;;) {
    struct epoll_event event;
    epoll_wait(epoll, &event, 1, -1);
    for (int i = 0; i < batch_max; i++) {
      in_vectors[i] = (struct iovec){bytes[i], bytes_max};
      in[i].msg_hdr.msg_iov = &in_vectors[i];
      in[i].msg_hdr.msg_iovlen = 1;
    }
    int count = recvmmsg(fd, in, batch_max, 0, NULL);
    for (int i = 0; i < count; i++) {
      struct header header;
      memcpy(&header, bytes[i], sizeof header);
      if (header.room >= (uint32_t)rooms) continue;
      for (int r = 0; r < receivers_count; r++) {
        out_vectors[r] = (struct iovec){bytes[i], in[i].msg_len};
        out[r].msg_hdr.msg_iov = &out_vectors[r];
        out[r].msg_hdr.msg_iovlen = 1;
        out[r].msg_hdr.msg_name = &receivers[header.room][r];
        out[r].msg_hdr.msg_namelen = sizeof receivers[header.room][r];
      }
      sendmmsg(fd, out, (unsigned)receivers_count, 0);
    }
  }
}

static uint32_t histogram[histogram_us + 1];
static uint64_t received;

static void receive(int epoll) {
  struct epoll_event events[batch_max];
  int ready = epoll_wait(epoll, events, batch_max, 0);
  for (int i = 0; i < ready; i++) {
    unsigned char bytes[bytes_max];
    struct header header;
    while (recv(events[i].data.fd, bytes, sizeof bytes, 0) >= (ssize_t)sizeof header) {
      memcpy(&header, bytes, sizeof header);
      uint64_t us = (now_ns() - header.sent_at_ns) / 1000;
      histogram[us < histogram_us ? us : histogram_us] += 1;
      received += 1;
    }
  }
}

static unsigned percentile(double part) {
  uint64_t seen = 0;
  for (unsigned us = 0; us <= histogram_us; us++) {
    seen += histogram[us];
    if ((double)seen >= part * (double)received) return us;
  }
  return histogram_us;
}

int main(int count, char **words) {
  if (count != 8) return 2;
  int seconds = atoi(words[1]), core = atoi(words[2]), rooms = atoi(words[3]), publishers = atoi(words[4]) * rooms;
  int receivers_count = atoi(words[5]), bytes = atoi(words[6]), rate = atoi(words[7]);
  if (rooms > rooms_max || publishers > publishers_max || receivers_count > receivers_max || bytes > bytes_max) return 2;
  static struct sockaddr_in receivers[rooms_max][receivers_max];
  static int senders[publishers_max];
  struct sockaddr_in server, own;
  int server_fd = open_socket(&server);
  int epoll = epoll_create1(0);
  for (int room = 0; room < rooms; room++)
    for (int r = 0; r < receivers_count; r++) watch(epoll, open_socket(&receivers[room][r]));
  for (int i = 0; i < publishers; i++) senders[i] = open_socket(&own);
  pid_t forwarder = fork();
  if (forwarder == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    run_on(core, core);
    forward(server_fd, receivers, rooms, receivers_count);
  }
  if (core > 0) run_on(0, core - 1);
  uint64_t start = now_ns(), interval = 1000000000u / (uint64_t)rate, sent = 0, end = start + (uint64_t)seconds * 1000000000u;
  unsigned char packet[bytes_max] = {0};
  for (uint64_t now = start; now < end + 200000000u; now = now_ns()) {
    for (; now < end && start + sent * interval <= now; sent++) {
      uint32_t publisher = (uint32_t)(sent % (uint64_t)publishers);
      struct header header = {now_ns(), publisher % (uint32_t)rooms};
      memcpy(packet, &header, sizeof header);
      sendto(senders[publisher], packet, (size_t)bytes, 0, (struct sockaddr *)&server, sizeof server);
    }
    receive(epoll);
  }
  kill(forwarder, SIGKILL);
  waitpid(forwarder, NULL, 0);
  unsigned most = percentile(1);
  printf("%u %u %u %u %lu\n", percentile(0.5), percentile(0.99), percentile(0.999), most, (unsigned long)received);
  return 0;
}
