/*
 * The least that a program can do to fan packets out: seal each with each receiver's key (AES-128-GCM by OpenSSL) and send
 * all of them with sendmmsg, without segmentation offload. Nothing is received, rewritten, looked up, kept or counted.
 *
 * c-floor PACKET_BYTES PACKETS_AT_ONCE PORT...: for each number on standard input, sends so many packets to every port of
 * 127.0.0.1, and answers its CPU time for it in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { headerLength = 12, tagLength = 16, ivLength = 12, receiversMax = 1024, messagesMax = 64 };

struct Receiver {
  EVP_CIPHER_CTX *context;
  struct sockaddr_in address;
};

static struct Receiver receivers[receiversMax];
static struct mmsghdr messages[messagesMax];
static struct iovec vectors[messagesMax];
static uint8_t *packets;
static int waiting;

static double cpuMicroseconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void flush(int descriptor) {
  int sent = 0;
  while (sent < waiting) {
    const int count = sendmmsg(descriptor, messages + sent, (unsigned)(waiting - sent), 0);
    if (count <= 0) exit(1);
    sent += count;
  }
  waiting = 0;
}

static void seal(struct Receiver *receiver, const uint8_t *plain, uint8_t *sealed, int length, uint64_t index) {
  uint8_t iv[ivLength] = {0};
  memcpy(iv + 4, &index, sizeof index);
  int written = 0;
  memcpy(sealed, plain, headerLength);
  EVP_EncryptInit_ex(receiver->context, NULL, NULL, NULL, iv);
  EVP_EncryptUpdate(receiver->context, NULL, &written, plain, headerLength);
  EVP_EncryptUpdate(receiver->context, sealed + headerLength, &written, plain + headerLength, length - headerLength);
  EVP_EncryptFinal_ex(receiver->context, sealed + length, &written);
  EVP_CIPHER_CTX_ctrl(receiver->context, EVP_CTRL_GCM_GET_TAG, tagLength, sealed + length);
}

int main(int count, char **words) {
  if (count < 4 || count - 3 > receiversMax) return 2;
  const int length = atoi(words[1]);
  const int atOnce = atoi(words[2]);
  const int receiverCount = count - 3;
  const size_t place = (size_t)length + tagLength;
  uint8_t *plain = calloc(1, (size_t)length);
  packets = calloc(messagesMax, place);
  for (int i = 0; i < receiverCount; i++) {
    uint8_t key[16];
    RAND_bytes(key, sizeof key);
    receivers[i].context = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex(receivers[i].context, EVP_aes_128_gcm(), NULL, key, NULL);
    receivers[i].address.sin_family = AF_INET;
    receivers[i].address.sin_port = htons((uint16_t)atoi(words[i + 3]));
    receivers[i].address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  const int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
  uint64_t index = 0;
  long wanted = 0;
  while (scanf("%ld", &wanted) == 1) {
    const double before = cpuMicroseconds();
    for (long sent = 0; sent < wanted; sent += atOnce) {
      for (int i = 0; i < receiverCount; i++) {
        for (int packet = 0; packet < atOnce && sent + packet < wanted; packet++) {
          uint8_t *sealed = packets + place * (size_t)waiting;
          seal(&receivers[i], plain, sealed, length, index++);
          vectors[waiting] = (struct iovec){sealed, place};
          messages[waiting].msg_hdr = (struct msghdr){.msg_name = &receivers[i].address,
                                                      .msg_namelen = sizeof receivers[i].address,
                                                      .msg_iov = &vectors[waiting],
                                                      .msg_iovlen = 1};
          waiting += 1;
          if (waiting == messagesMax) flush(descriptor);
        }
      }
      flush(descriptor);
    }
    printf("%.0f\n", cpuMicroseconds() - before);
    fflush(stdout);
  }
  return 0;
}
