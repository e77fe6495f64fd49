// What is kept of sent packets. That nothing else is sent for them is claimed where they are sealed:
// test/conformance-resends.test.ts.
#include "sent-tags.h"

#include "expect.h"
#include "tests.h"

namespace rivero {

namespace {

SealTag tagOf(uint8_t byte) {
  SealTag tag;
  tag.fill(byte);
  return tag;
}

bool isKept(const SentTags& tags, int64_t index, int length, uint8_t byte) {
  const SealedRtp* found = tags.find(index);
  return found != nullptr && found->length == length && found->tag == tagOf(byte);
}

void findsNothingBeforeTheFirst() {
  const SentTags tags(3);
  tags.prefetchPlace(1);
  for (const int64_t index : {int64_t{-1}, int64_t{0}, int64_t{1}}) EXPECT(tags.find(index) == nullptr);
}

void keepsTheLastFew() {
  constexpr int64_t cycle = 65'536;
  SentTags tags(3);
  for (uint8_t i = 0; i < 5; i++) tags.keep(cycle - 2 + i, 100 + i, tagOf(i));
  for (int64_t index = cycle - 2; index < cycle; index++) EXPECT(tags.find(index) == nullptr);
  for (uint8_t i = 2; i < 5; i++) EXPECT(isKept(tags, cycle - 2 + i, 100 + i, i));
  EXPECT(tags.find(cycle + 3) == nullptr);
  EXPECT(tags.find(2 * cycle) == nullptr);
}

void keepsOneBesideTheNewest() {
  SentTags tags(2);
  tags.keep(9, 50, tagOf(9));
  tags.keep(8, 60, tagOf(8));
  EXPECT(isKept(tags, 9, 50, 9) && isKept(tags, 8, 60, 8));
  tags.keep((int64_t{1} << 48) - 1, 70, tagOf(7));
  EXPECT(isKept(tags, (int64_t{1} << 48) - 1, 70, 7) && tags.find(9) == nullptr);
}

void keepsTheNewerOneOfAPlace() {
  SentTags tags(2);
  tags.keep(9, 50, tagOf(9));
  tags.keep(7, 60, tagOf(7));
  EXPECT(isKept(tags, 9, 50, 9) && tags.find(7) == nullptr);
}

}  // namespace

void testSentTags() {
  findsNothingBeforeTheFirst();
  keepsTheLastFew();
  keepsOneBesideTheNewest();
  keepsTheNewerOneOfAPlace();
}

}  // namespace rivero
