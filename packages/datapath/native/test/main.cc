// Ends with 0 when every claim holds; scripts/native-sanitized.mjs builds it with sanitizers, and runs it.
#include "tests.h"

int main() {
  rivero::testSendingUdpSocket();
  rivero::testReceivingUdpSocket();
  rivero::testSocketGroup();
  rivero::testSrtpIndexes();
  rivero::testSentTags();
  rivero::testProtectAgain();
}
